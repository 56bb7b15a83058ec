import type { Realm } from '@tumbler/contract-users';
import { REALM_DEFAULTS } from './realm-defaults.js';
import type { RealmRow } from './realm.entity.js';

export function realmView({ id, name, settings }: Pick<RealmRow, 'id' | 'name' | 'settings'>): Realm {
  const realm = { ...REALM_DEFAULTS, ...settings, id, name };
  // An address that two people may have says neither who signs in nor what a new user is called.
  return realm.duplicateEmailsAllowed
    ? { ...realm, loginWithEmailAllowed: false, registrationEmailAsUsername: false }
    : realm;
}
