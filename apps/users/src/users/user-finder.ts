import { Injectable } from '@nestjs/common';
import type { FoundUser, RequiredAction, UserProfile } from '@tumbler/contract-users';
import { prepared } from '@tumbler/database';
import { AppError } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { ACTION_JSON } from '../actions/action.view.js';
import { byProfile } from '../profile/profile-faults.js';
import { EFFECTIVE_ROLES, HELD_ROLES } from '../roles/effective-roles.js';
import { RealmCache, type Held, type Said } from './realm-cache.js';
import { personOf, STORED_USER_COLUMNS, type ReadUser } from './user.view.js';

/** A user as stored, what they hold directly, and the version of their realm. */
type Stored = (ReadUser | { id: null }) & Held;

type Unfolded = Stored & {
  profile: UserProfile | null;
  actions: RequiredAction[];
  roles: string[];
  clientRoles: Record<string, string[]> | null;
};

/** The two statements that find somebody. */
export interface Who {
  stored: string;
  unfolded: string;
}

const STORED_COLUMNS = `version.version, ${STORED_USER_COLUMNS},
  array(select role_id from user_role where user_id = u.id order by role_id)::text
    || array(select group_id from group_member where user_id = u.id order by group_id)::text as held`;

/** @param who SQL that gives at most one row of `realm_user`; `$1` is the realm. */
export const finding = (who: string): Who => ({
  stored: `
    select ${STORED_COLUMNS}
      from realm_version version left join (${who}) u on true
     where version.realm_id = $1`,
  unfolded: `
    with recursive who as (${who}), ${EFFECTIVE_ROLES.user}, role_held as materialized (${HELD_ROLES})
    select ${STORED_COLUMNS}, realm.profile,
      array(select name from role_held where client_id is null order by name) as roles,
      (select json_object_agg(of_client.name, of_client.roles) from (
         select client.name, json_agg(role_held.name order by role_held.name) as roles
           from role_held join client on client.id = role_held.client_id
          group by client.name
       ) of_client) as "clientRoles",
      (select coalesce(json_agg(${ACTION_JSON} order by a.priority, a.alias), '[]')
         from required_action a where a.realm_id = realm.id) as actions
    from realm left join realm_version version on version.realm_id = realm.id left join who u on true
    where realm.id = $1`,
});

/**
 * Finds everything that a login wants to know of a user: it is asked at every step of every login. Most of it is said by
 * the realm, and remembered.
 */
@Injectable()
export class UserFinder {
  private readonly cache = new RealmCache();

  constructor(private readonly db: DataSource) {}

  /** Throws `realm_not_found`. */
  async find(who: Who, params: [realmId: string, ...unknown[]]): Promise<FoundUser> {
    const [realmId] = params;
    const [stored] = await prepared<Stored>(this.db, who.stored, params);
    const known = stored && this.cache.get(realmId, stored);
    if (known) return foundUser(stored, known);
    // All of it in one snapshot: roles of now with what somebody held before could be more, or less, than they ever had.
    const [unfolded] = await prepared<Unfolded>(this.db, who.unfolded, params);
    if (!unfolded) throw new AppError('realm_not_found', { message: 'Realm not found.' });
    const said = saidOf(unfolded);
    this.cache.set(realmId, unfolded, said);
    return foundUser(unfolded, said);
  }
}

const saidOf = ({ profile, actions, roles, clientRoles }: Unfolded): Said => ({
  rules: { profile, actions },
  roles: { roles, ...(clientRoles ? { clientRoles } : {}) },
});

function foundUser(stored: Stored, { rules, roles }: Said): FoundUser {
  const actions = rules.actions.filter(({ enabled }) => enabled);
  if (stored.id === null) return { user: null, actions };
  const aliasOf = (id: string) => rules.actions.find(({ providerId }) => providerId === id)?.alias ?? id;
  const person = personOf({ ...stored, requiredActions: stored.requiredActions.map(aliasOf) });
  return { user: { ...person, ...roles, ...byProfile(rules.profile, person, actions) }, actions };
}
