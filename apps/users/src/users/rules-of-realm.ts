import type { Realm, UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';
import { providerOf } from '../actions/action-providers.js';
import { DEFAULT_PROFILE } from '../profile/default-profile.js';
import type { StoredSettings } from '../realms/realm-settings.js';
import { realmView } from '../realms/realm.view.js';

interface Action {
  alias: string;
  providerId: string;
  given: boolean;
}

/** What a realm says about the users who are made or changed in it. */
export interface RulesOfRealm {
  realm: Realm;
  profile: UserProfile;
  /** Provider ids of the required actions that new users get. */
  defaultActions: string[];
  /** Provider ids for aliases or provider ids; unknown ones are left out. */
  providersOf: (names: string[]) => string[];
}

/**
 * Throws `realm_not_found`. Until the end of the transaction the realm stays, and so does whether its e-mail addresses
 * are unique; other settings may change meanwhile.
 */
export async function rulesOfRealm(tx: EntityManager, realmId: string): Promise<RulesOfRealm> {
  const [row] = await tx.query<
    { id: string; name: string; settings: StoredSettings; profile: UserProfile | null; actions: Action[] }[]
  >(
    `select realm.id, realm.name, realm.settings, realm.profile,
       (select coalesce(json_agg(json_build_object(
           'alias', a.alias, 'providerId', a.provider_id, 'given', a.enabled and a.default_action
         ) order by a.priority, a.alias), '[]')
        from required_action a where a.realm_id = realm.id) as actions
     from realm where realm.id = $1 for key share of realm`,
    [realmId],
  );
  if (!row) throw new AppError('realm_not_found', { message: 'Realm not found.' });
  const { actions } = row;
  const providerIdOf = (name: string) =>
    actions.find(({ alias }) => alias === name)?.providerId ?? providerOf(name)?.id;
  return {
    realm: realmView(row),
    profile: row.profile ?? DEFAULT_PROFILE,
    defaultActions: actions.filter(({ given }) => given).map(({ providerId }) => providerId),
    providersOf: (names) => [...new Set(names.map(providerIdOf).filter((id) => id !== undefined))],
  };
}
