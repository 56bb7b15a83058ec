import { prepared } from '@tumbler/database';
import type { FoundUser, RequiredAction } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { DataSource } from 'typeorm';
import { ACTION_JSON } from '../actions/action.view.js';
import { personOf, USER_COLUMNS, type ReadUser } from './user.view.js';

type Found = (ReadUser | { id: null }) & { roles: string[]; actions: RequiredAction[] };

/**
 * Everything a login wants to know of a user, in one query: it is asked at every step of every login.
 *
 * @param who SQL that gives at most one row of `realm_user`; `$1` is the realm.
 */
export async function findUser(db: DataSource, who: string, params: unknown[]): Promise<FoundUser> {
  const rows = await prepared<Found>(
    db,
    `with recursive who as (${who}),
     effective (id) as (
       select held.role_id from user_role held join who on who.id = held.user_id
       union
       select whole.part_id from effective join role_composite whole on whole.role_id = effective.id
     )
     select ${USER_COLUMNS},
       array(select role.name from effective join role using (id) order by role.name) as roles,
       (select coalesce(json_agg(${ACTION_JSON} order by a.priority, a.alias), '[]')
          from required_action a where a.realm_id = realm.id and a.enabled) as actions
     from realm left join who u on true
     where realm.id = $1`,
    params,
  );
  const [found] = rows;
  if (!found) throw new AppError('realm_not_found', { message: 'Realm not found.' });
  const { actions, roles } = found;
  return { user: found.id === null ? null : { ...personOf(found), roles }, actions };
}
