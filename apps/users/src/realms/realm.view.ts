import { MASK, type Realm } from '@tumbler/contract-users';
import { REALM_DEFAULTS } from './realm-defaults.js';
import type { RealmRow } from './realm.entity.js';

type Viewed = Pick<RealmRow, 'id' | 'name' | 'settings'> & { mailPasswordKey?: string | null };

export function realmView({ id, name, settings, mailPasswordKey }: Viewed): Realm {
  const { smtpServer = REALM_DEFAULTS.smtpServer } = settings;
  const masked = mailPasswordKey ? { ...smtpServer, password: MASK } : smtpServer;
  const realm = { ...REALM_DEFAULTS, ...settings, smtpServer: masked, id, name };
  // An address that two people may have says neither who signs in nor what a new user is called.
  return realm.duplicateEmailsAllowed
    ? { ...realm, loginWithEmailAllowed: false, registrationEmailAsUsername: false }
    : realm;
}
