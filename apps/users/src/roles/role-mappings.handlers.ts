import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import {
  ChangeRoles,
  GrantRealmRoles,
  Holder,
  RolesOfHolder,
  users,
  type RoleView,
} from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { mustHold, powersOf } from '../administrators/powers.js';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { groupNotFound } from '../groups/group-not-found.js';
import { userNotFound } from '../users/user-not-found.js';
import { EFFECTIVE_ROLES } from './effective-roles.js';
import { roleNotFound } from './role-not-found.js';
import { inContainer, readRoles } from './role.view.js';

/** Where each kind of holder lies, and where its roles do. */
const HOLDERS = {
  user: { table: 'realm_user', roles: 'user_role', column: 'user_id', path: 'users', missing: userNotFound },
  group: {
    table: 'user_group',
    roles: 'group_role',
    column: 'group_id',
    path: 'groups',
    missing: groupNotFound,
  },
} as const;

@Controller()
export class RoleMappingsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.rolesOf)
  async rolesOf({ realmId, holder, which, container }: RolesOfHolder): Promise<RoleView[]> {
    await mustBeThere(this.db, realmId, holder);
    const { roles, column } = HOLDERS[holder.kind];
    const params: unknown[] = [realmId, holder.id];
    const own = `where r.realm_id = $1 and ${inContainer(container, (value) => `$${params.push(value)}`)}`;
    const direct = `(select held.role_id from ${roles} held where held.${column} = $2)`;
    switch (which) {
      case 'direct':
        return readRoles(this.db, `${own} and r.id in ${direct}`, params);
      case 'available':
        return readRoles(this.db, `${own} and r.id not in ${direct}`, params);
      case 'effective': {
        const unfolding = `with recursive who as (select $2::uuid as id), ${EFFECTIVE_ROLES[holder.kind]}`;
        return readRoles(this.db, `${own} and r.id in (select id from effective)`, params, {}, unfolding);
      }
    }
  }

  @Answers(users.grantRoles)
  grant({ by, realmId, holder, roles: ids }: ChangeRoles): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      const roles = await theRoles(tx, realmId, 'r.id = any($2::uuid[])', ids);
      await mustHold(tx, by, await powersOf(tx, 'role', ids));
      await give(tx, realmId, holder, roles);
      await tell(...told(by, realmId, { operationType: 'CREATE', holder, roles }));
      return {};
    });
  }

  @Answers(users.revokeRoles)
  revoke({ by, realmId, holder, roles: ids }: ChangeRoles): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      const roles = await theRoles(tx, realmId, 'r.id = any($2::uuid[])', ids);
      await mustBeThere(tx, realmId, holder);
      await mustHold(tx, by, await powersOf(tx, 'role', ids));
      const { roles: table, column } = HOLDERS[holder.kind];
      await tx.query(`delete from ${table} where ${column} = $1 and role_id = any($2::uuid[])`, [
        holder.id,
        ids,
      ]);
      await tell(...told(by, realmId, { operationType: 'DELETE', holder, roles }));
      return {};
    });
  }

  @Answers(users.grantRealmRoles)
  grantByName({ by, realmId, userId, roles: names }: GrantRealmRoles): Promise<Record<string, never>> {
    const holder: Holder = { kind: 'user', id: userId };
    return this.outbox.transaction(async (tx, tell) => {
      const named = 'r.client_id is null and r.name = any($2::text[])';
      const roles = await theRoles(tx, realmId, named, names.map(searchable));
      const ids = roles.map(({ id }) => id);
      if (by) await mustHold(tx, by, await powersOf(tx, 'role', ids));
      await give(tx, realmId, holder, roles);
      if (by) await tell(...told(by, realmId, { operationType: 'CREATE', holder, roles }));
      return {};
    });
  }
}

/** All roles that are asked for, or `not_found`. */
async function theRoles(
  tx: EntityManager,
  realmId: string,
  condition: string,
  asked: string[],
): Promise<RoleView[]> {
  const different = [...new Set(asked)];
  const roles = await readRoles(tx, `where r.realm_id = $1 and ${condition}`, [realmId, different]);
  if (roles.length < different.length) throw roleNotFound();
  return roles;
}

/** Both looks name the realm: a role of one realm is never given in another. */
async function give(tx: EntityManager, realmId: string, holder: Holder, roles: RoleView[]): Promise<void> {
  await mustBeThere(tx, realmId, holder);
  const { roles: table, column, missing } = HOLDERS[holder.kind];
  await tx
    .query(`insert into ${table} (${column}, role_id) select $1, unnest($2::uuid[]) on conflict do nothing`, [
      holder.id,
      roles.map(({ id }) => id),
    ])
    .catch(
      explaining({
        user_role_user: missing,
        group_role_group: missing,
        user_role_role: roleNotFound,
        group_role_role: roleNotFound,
      }),
    );
}

async function mustBeThere(
  db: DataSource | EntityManager,
  realmId: string,
  { kind, id }: Holder,
): Promise<void> {
  const { table, missing } = HOLDERS[kind];
  const found = await db.query<unknown[]>(`select from ${table} where realm_id = $1 and id = $2`, [
    realmId,
    id,
  ]);
  if (found.length === 0) throw missing();
}

interface Mapping {
  operationType: 'CREATE' | 'DELETE';
  holder: Holder;
  roles: RoleView[];
}

/** One event for the roles of the realm, and one for those of each client. */
function told(by: Actor, realmId: string, { operationType, holder, roles }: Mapping): Told[] {
  const path = `${HOLDERS[holder.kind].path}/${holder.id}/role-mappings`;
  const containers = new Map(roles.map(({ client }) => [client?.id, client]));
  return [...containers.values()].map((client) =>
    adminEvent(by, realmId, {
      operationType,
      resourceType: client ? 'CLIENT_ROLE_MAPPING' : 'REALM_ROLE_MAPPING',
      resourcePath: client ? `${path}/clients/${client.id}` : `${path}/realm`,
      representation: roles
        .filter((role) => role.client?.id === client?.id)
        .map(({ id, name }) => ({ id, name })),
    }),
  );
}
