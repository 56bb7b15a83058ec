import { prepared } from '@tumbler/database';
import type { FoundUser, RequiredAction, UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { DataSource } from 'typeorm';
import { ACTION_JSON } from '../actions/action.view.js';
import { byProfile } from '../profile/profile-faults.js';
import { EFFECTIVE_ROLES, HELD_ROLES } from '../roles/effective-roles.js';
import { personOf, USER_COLUMNS, type ReadUser } from './user.view.js';

type Found = (ReadUser | { id: null }) & {
  roles: string[];
  clientRoles: Record<string, string[]> | null;
  actions: RequiredAction[];
  profile: UserProfile | null;
};

/**
 * Everything a login wants to know of a user, in one query: it is asked at every step of every login.
 *
 * @param who SQL that gives at most one row of `realm_user`; `$1` is the realm.
 */
export async function findUser(db: DataSource, who: string, params: unknown[]): Promise<FoundUser> {
  const rows = await prepared<Found>(
    db,
    `with recursive who as (${who}), ${EFFECTIVE_ROLES.user}, role_held as materialized (${HELD_ROLES})
     select ${USER_COLUMNS}, realm.profile,
       array(select name from role_held where client_id is null order by name) as roles,
       (select json_object_agg(of_client.name, of_client.roles) from (
          select client.name, json_agg(role_held.name order by role_held.name) as roles
            from role_held join client on client.id = role_held.client_id
           group by client.name
        ) of_client) as "clientRoles",
       (select coalesce(json_agg(${ACTION_JSON} order by a.priority, a.alias), '[]')
          from required_action a where a.realm_id = realm.id and a.enabled) as actions
     from realm left join who u on true
     where realm.id = $1`,
    params,
  );
  const [found] = rows;
  if (!found) throw new AppError('realm_not_found', { message: 'Realm not found.' });
  const { actions, roles, clientRoles, profile } = found;
  if (found.id === null) return { user: null, actions };
  const person = personOf(found);
  const held = { roles, ...(clientRoles ? { clientRoles } : {}) };
  return { user: { ...person, ...held, ...byProfile(profile, person, actions) }, actions };
}
