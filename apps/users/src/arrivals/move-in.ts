import { conflict } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';
import { OWN_MANAGEMENT, type KeptIds } from '../administrators/management-clients.js';
import { powersOf, type Power } from '../administrators/powers.js';
import { explaining } from '../db/broken-constraint.js';
import { REALM_DEFAULTS } from '../realms/realm-defaults.js';
import { ADMINISTERS } from '../roles/roles.handlers.js';
import { roleNotFound } from '../roles/role-not-found.js';
import { groupNotFound } from '../groups/group-not-found.js';
import { emailTaken, usernameTaken } from '../users/namesakes.js';

/** What was laid down of a kind, as rows of the columns that are named. */
const arriving = (kind: 'roles' | 'groups' | 'users' | 'clients', columns: string) =>
  `arrival_part part, jsonb_to_recordset(part.content->'${kind}') as a (${columns})`;
const OURS = 'part.arrival_id = $1';

const idTaken = (what: string) => () => conflict(`A ${what} has an id that is taken`);

/** What makes room: whatever hangs on it goes as well. What the realm itself needs stays. */
export async function makeRoom(tx: EntityManager, arrivalId: string, realmId: string): Promise<string[]> {
  const removed = `(
    select id::uuid from arrival_part part, jsonb_array_elements_text(part.content->'removed') as gone (id)
     where ${OURS})`;
  const [users] = await tx.query<[{ id: string }[], number]>(
    `delete from realm_user where realm_id = $2 and id in ${removed} returning id`,
    [arrivalId, realmId],
  );
  for (const [table, but] of [
    ['user_group', ''],
    ['client', 'and manages is null'],
    ['role', `and not of_new_users and not ${ADMINISTERS}`],
  ]) {
    await tx.query(
      `delete from ${table} r using realm where realm.id = $2 and realm_id = $2 and r.id in ${removed} ${but}`,
      [arrivalId, realmId],
    );
  }
  return users.map(({ id }) => id);
}

/** The client whose roles let people of the realm administer it, where it arrives: it is made with the realm. */
export async function keptIds(tx: EntityManager, arrivalId: string): Promise<KeptIds | undefined> {
  const rows = await tx.query<{ client: string; id: string | null; name: string }[]>(
    `with roles as (select a.* from ${arriving('roles', 'id uuid, "clientId" uuid, name text')} where ${OURS})
     select a.id as client, roles.id, roles.name
       from ${arriving('clients', 'id uuid, name text')} left join roles on roles."clientId" = a.id
      where ${OURS} and a.name = $2`,
    [arrivalId, OWN_MANAGEMENT],
  );
  const roles = rows.flatMap(({ id, name }): [string, string][] => (id ? [[name, id]] : []));
  return rows[0] && { client: rows[0].client, roles: new Map(roles) };
}

export async function addRoles(tx: EntityManager, arrivalId: string, realmId: string): Promise<void> {
  await tx
    .query(
      `insert into client (id, realm_id, name)
       select distinct a.id, $2::uuid, a.name from ${arriving('clients', 'id uuid, name text')} where ${OURS}
       on conflict (id) do nothing`,
      [arrivalId, realmId],
    )
    .catch(explaining({ client_name: () => conflict('Two clients have one name', 'clients') }));
  await tx
    .query(
      `insert into role (id, realm_id, client_id, name, description, attributes, of_new_users)
       select a.id, $2, client.id, a.name, a.description, a.attributes, coalesce(a."ofNewUsers", false)
         from ${arriving(
           'roles',
           'id uuid, "clientId" uuid, name text, description text, attributes jsonb, "ofNewUsers" boolean',
         )}
         left join client on client.id = a."clientId" and client.realm_id = $2
        where ${OURS} and (a."clientId" is null or (client.id is not null and client.manages is null))`,
      [arrivalId, realmId],
    )
    .catch(
      explaining({
        role_name: () => conflict('A role has a name that is taken', 'roles'),
        role_pkey: idTaken('role'),
      }),
    );
}

/** Which role brings which along, once all of them are there. */
export async function linkRoles(tx: EntityManager, arrivalId: string, realmId: string): Promise<void> {
  await link(tx, [arrivalId, realmId], roleNotFound, {
    asked: `select a.id as whole, p.id::uuid as part
              from ${arriving('roles', 'id uuid, parts jsonb')}, jsonb_array_elements_text(a.parts) as p (id)
             where ${OURS}`,
    known: 'select id from role where realm_id = $2',
    into: 'role_composite (role_id, part_id)',
  });
}

export async function addGroups(tx: EntityManager, arrivalId: string, realmId: string): Promise<void> {
  await tx
    .query(
      `insert into user_group (id, realm_id, parent_id, name, description, attributes, of_new_users)
       select a.id, $2, a."parentId", a.name, a.description, a.attributes, coalesce(a."ofNewUsers", false)
         from ${arriving(
           'groups',
           'id uuid, "parentId" uuid, name text, description text, attributes jsonb, "ofNewUsers" boolean',
         )}
        where ${OURS}`,
      [arrivalId, realmId],
    )
    .catch(
      explaining({
        user_group_name: () => conflict('A group has a name that is taken', 'groups'),
        user_group_pkey: idTaken('group'),
        user_group_parent: groupNotFound,
      }),
    );
  await link(tx, [arrivalId, realmId], roleNotFound, {
    asked: `select a.id as whole, r.id::uuid as part
              from ${arriving('groups', 'id uuid, roles jsonb')}, jsonb_array_elements_text(a.roles) as r (id)
             where ${OURS}`,
    known: 'select id from role where realm_id = $2',
    into: 'group_role (group_id, role_id)',
  });
}

/** Whoever comes without a word about actions, roles or groups has those of every new user. */
export async function addUsers(
  tx: EntityManager,
  arrivalId: string,
  realmId: string,
  now: Date,
): Promise<void> {
  const about: [string, string] = [arrivalId, realmId];
  await tx
    .query(
      `insert into realm_user (id, realm_id, emails_unique, username, email, email_verified, first_name,
         last_name, enabled, attributes, required_actions, not_before, created_at)
       select a.id, realm.id, realm.emails_unique, a.username, nullif(a.email, ''),
         coalesce(a."emailVerified", false), nullif(a."firstName", ''), nullif(a."lastName", ''),
         coalesce(a.enabled, true), coalesce(a.attributes, '{}'),
         case when a."requiredActions" is null
           then array(select provider_id from required_action
                       where realm_id = realm.id and enabled and default_action order by priority, alias)
           else array(select jsonb_array_elements_text(a."requiredActions"))
         end,
         case when a."notBefore" > 0 then to_timestamp(a."notBefore") end,
         coalesce(to_timestamp(a."createdTimestamp" / 1000.0), $3)
       from realm, ${arriving(
         'users',
         `id uuid, username text, email text, "emailVerified" boolean, "firstName" text, "lastName" text,
          enabled boolean, attributes jsonb, "requiredActions" jsonb, "notBefore" bigint, "createdTimestamp" bigint`,
       )}
       where ${OURS} and realm.id = $2`,
      [...about, now],
    )
    .catch(
      explaining({
        realm_user_username: usernameTaken,
        realm_user_email: emailTaken,
        realm_user_pkey: idTaken('user'),
      }),
    );
  await link(tx, about, roleNotFound, {
    asked: `select a.id as whole, r.id::uuid as part
              from ${arriving('users', 'id uuid, roles jsonb')}, jsonb_array_elements_text(a.roles) as r (id)
             where ${OURS}`,
    known: 'select id from role where realm_id = $2',
    into: 'user_role (user_id, role_id)',
  });
  await link(tx, about, groupNotFound, {
    asked: `select a.id as whole, g.id::uuid as part
              from ${arriving('users', 'id uuid, groups jsonb')}, jsonb_array_elements_text(a.groups) as g (id)
             where ${OURS}`,
    known: 'select id from user_group where realm_id = $2',
    into: 'group_member (user_id, group_id)',
  });
  for (const [said, into, table] of [
    ['roles', 'user_role (user_id, role_id)', 'role'],
    ['groups', 'group_member (user_id, group_id)', 'user_group'],
  ] as const) {
    await tx.query(
      `insert into ${into}
       select a.id, given.id from ${table} given, ${arriving('users', `id uuid, ${said} jsonb`)}
        where ${OURS} and given.realm_id = $2 and given.of_new_users and a.${said} is null`,
      about,
    );
  }
  await refuseNamesakes(tx, about);
}

/** All that is asked for, each with a part that is of the realm; else what `missing` says. */
async function link(
  tx: EntityManager,
  about: [arrivalId: string, realmId: string],
  missing: () => Error,
  { asked, known, into }: { asked: string; known: string; into: string },
): Promise<void> {
  const [{ lost }] = await tx.query<[{ lost: number }]>(
    `with asked as (${asked}), linked as (
       insert into ${into} select whole, part from asked where part in (${known}) on conflict do nothing
     )
     select count(*)::int as lost from asked where part not in (${known})`,
    about,
  );
  if (lost > 0) throw missing();
}

/** The rule of `namesakes.ts` over all who arrived; the realm is locked, so that nobody else comes meanwhile. */
async function refuseNamesakes(tx: EntityManager, about: [string, string]): Promise<void> {
  const [namesake] = await tx.query<{ username: string }[]>(
    `select called.username
       from realm, realm_user called, realm_user addressed, ${arriving('users', 'id uuid')}
      where ${OURS} and realm.id = $2 and a.id in (called.id, addressed.id)
        and coalesce((realm.settings->>'loginWithEmailAllowed')::boolean, ${REALM_DEFAULTS.loginWithEmailAllowed})
        and called.realm_id = $2 and addressed.realm_id = $2 and called.username like '%@%'
        and addressed.emails_unique and addressed.email = called.username and addressed.id <> called.id
      limit 1`,
    about,
  );
  if (namesake) {
    throw conflict(`User ${namesake.username} is called what the address of another one reads`, 'users');
  }
}

/** What those who arrive, or make room, let administer. */
export async function powersAtStake(
  tx: EntityManager,
  arrivalId: string,
  which: 'arriving' | 'removed',
): Promise<Power[]> {
  const ids = async (path: string) => {
    const rows = await tx.query<{ ids: string[] }[]>(
      `select array(select jsonb_path_query(content, $2) #>> '{}') as ids from arrival_part where arrival_id = $1`,
      [arrivalId, path],
    );
    return rows.flatMap((row) => row.ids);
  };
  const removed = which === 'removed' ? await ids('$.removed[*]') : undefined;
  const powers: Power[] = [];
  for (const [kind, path] of [
    ['user', '$.users[*].id'],
    ['group', '$.groups[*].id'],
    ['role', '$.roles[*].id'],
  ] as const) {
    powers.push(...(await powersOf(tx, kind, removed ?? (await ids(path)))));
  }
  return powers;
}
