import type { Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import type { RealmSettings, RequiredAction, UserProfile } from '@tumbler/contract-users';
import { conflict } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { ACTION_PROVIDERS } from '../actions/action-providers.js';
import { ActionRow } from '../actions/action.entity.js';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import type { MailPasswords } from './mail-passwords.js';
import { REALM_DEFAULTS } from './realm-defaults.js';
import { RealmRow } from './realm.entity.js';
import { settingsToStore } from './realm-settings.js';

export const realmTaken = (name: string) => () => conflict(`Realm ${name} already exists`, 'name');

export type NewRealm = Omit<RealmRow, 'profile'>;

/** The row of a realm that is not there yet. Throws `invalid_request` for settings that cannot be stored. */
export function newRealm(
  { id, name, settings, createdAt }: { id: string; name: string; settings: RealmSettings; createdAt: Date },
  mailPasswords: MailPasswords,
): NewRealm {
  const password = mailPasswords.change(id, settings);
  const sealed = password.kind === 'set' ? password.sealed : undefined;
  return {
    id,
    name,
    settings: settingsToStore(settings),
    emailsUnique: !(settings.duplicateEmailsAllowed ?? REALM_DEFAULTS.duplicateEmailsAllowed),
    mailPasswordKey: sealed?.keyId ?? null,
    mailPassword: sealed?.data ?? null,
    createdAt,
  };
}

/** What a new realm has besides its settings, unless told otherwise. */
interface Extras {
  profile?: UserProfile;
  /** In place of those of the same provider. */
  actions?: RequiredAction[];
}

/** Makes a realm with its required actions; its roles and its people come after. */
export async function makeRealm(
  tx: EntityManager,
  realm: NewRealm,
  { profile, actions = [] }: Extras = {},
): Promise<void> {
  await tx
    .insert(RealmRow, realm)
    .catch(explaining({ realm_name: realmTaken(realm.name), realm_pkey: realmTaken(realm.name) }));
  if (profile) await tx.query('update realm set profile = $2 where id = $1', [realm.id, profile]);
  const own = actions.map((action) => ({ ...action, realmId: realm.id }));
  const others = ACTION_PROVIDERS.filter(({ id }) => !actions.some(({ providerId }) => providerId === id));
  await tx
    .insert(ActionRow, [
      ...own,
      ...others.map(({ id: providerId, ...provider }) => ({
        ...provider,
        ...{ realmId: realm.id, providerId, alias: providerId },
        ...{ defaultAction: false, config: {} },
      })),
    ])
    .catch(
      explaining({
        required_action_alias: () => conflict('Two required actions have one alias', 'requiredActions'),
        required_action_pkey: () => conflict('A required action is there twice', 'requiredActions'),
      }),
    );
}

export const realmMade = (by: Actor, { id, name, settings }: NewRealm): Told[] => [
  { type: 'realm.created', realmId: id, data: { name } },
  adminEvent(by, homeOf(by.realmId, id), {
    operationType: 'CREATE',
    resourceType: 'REALM',
    resourcePath: name,
    representation: { id, name, ...settings },
  }),
];

/**
 * That a realm was made or removed is told in the realm of the one who did it: a removed realm keeps no log. The system
 * itself, which makes the first realm, is of none.
 */
export const homeOf = (actorRealmId: string, realmId: string) =>
  isUUID(actorRealmId) ? actorRealmId : realmId;
