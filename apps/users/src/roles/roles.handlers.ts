import { searchable } from '@tumbler/database';
import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  CreateRole,
  FindDefaultRole,
  FindRole,
  ListRoles,
  RemoveRole,
  UpdateRole,
  users,
  type RoleView,
} from '@tumbler/contract-users';
import { AppError, conflict, invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { CREATE_REALM, mustHold, powersOf } from '../administrators/powers.js';
import { explaining } from '../db/broken-constraint.js';
import { namedFields } from '../named-fields.js';
import { MASTER } from '../realms/realm-defaults.js';
import { addParts } from './add-parts.js';
import { introduce } from './clients.js';
import { ADMIN } from './first-roles.js';
import { roleEvent } from './role-event.js';
import { findRole, theRole } from './find-role.js';
import { readRoles } from './role.view.js';

const taken = (name: string) => () => conflict(`Role with name ${name} already exists`, 'name');

@Controller()
export class RolesHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.listRoles)
  list({ realmId, clientId, search = '', ...page }: ListRoles): Promise<RoleView[]> {
    return readRoles(
      this.db,
      `where r.realm_id = $1 and r.client_id is not distinct from $2::uuid
         and position(lower($3) in lower(r.name)) > 0`,
      [realmId, clientId, searchable(search)],
      page,
    );
  }

  @Answers(users.findRole)
  async find({ realmId, roleId, name, clientId }: FindRole): Promise<RoleView | null> {
    if (roleId) return findRole(this.db, realmId, roleId);
    if (name === undefined) throw invalid('roleId or name is needed', 'name');
    const [role] = await readRoles(
      this.db,
      'where r.realm_id = $1 and r.client_id is not distinct from $2::uuid and r.name = $3',
      [realmId, clientId, searchable(name)],
    );
    return role ?? null;
  }

  @Answers(users.defaultRole)
  async default({ realmId }: FindDefaultRole): Promise<RoleView> {
    const [role] = await readRoles(this.db, 'where r.realm_id = $1 and r.of_new_users', [realmId]);
    if (!role) throw new AppError('realm_not_found', { message: 'Realm not found.' });
    return role;
  }

  @Answers(users.createRole)
  create({ by, realmId, roleId = randomUUID(), client, ...asked }: CreateRole): Promise<RoleView> {
    const { name, description, attributes = {} } = namedFields(asked.fields);
    if (name === undefined) throw invalid('role has no name', 'name');
    return this.outbox.transaction(async (tx, tell) => {
      if (client) await introduce(tx, realmId, client);
      await tx
        .query(
          `insert into role (id, realm_id, client_id, name, description, attributes, of_new_users)
           values ($1, $2, $3, $4, $5, $6, false)`,
          [roleId, realmId, client?.id, name, description, attributes],
        )
        .catch(
          explaining({
            role_name: taken(name),
            role_pkey: () => conflict('Role exists with same id', 'roleId'),
            role_realm: () => new AppError('realm_not_found', { message: 'Realm not found.' }),
          }),
        );
      if (asked.parts?.length) {
        await mustHold(tx, by, await powersOf(tx, 'role', asked.parts));
        await addParts(tx, realmId, roleId, asked.parts);
      }
      const role = await theRole(tx, realmId, roleId);
      await tell(roleEvent(by, realmId, { operationType: 'CREATE', role, representation: role }));
      return role;
    });
  }

  @Answers(users.updateRole)
  update({ by, realmId, roleId, fields: sent }: UpdateRole): Promise<RoleView> {
    const { name, description, attributes } = namedFields(sent);
    return this.outbox.transaction(async (tx, tell) => {
      const [, changed] = await tx
        .query<[unknown[], number]>(
          `update role r set
             name = coalesce($3, r.name),
             description = coalesce($4, r.description),
             attributes = coalesce($5::jsonb, r.attributes)
           from realm
           where r.id = $2 and r.realm_id = $1 and realm.id = r.realm_id
             and (coalesce($3, r.name) = r.name or not ${ADMINISTERS})`,
          [realmId, roleId, name, description, attributes],
        )
        .catch(explaining({ role_name: taken(name ?? '') }));
      const role = await theRole(tx, realmId, roleId);
      if (changed === 0)
        throw invalid(`The role ${role.name} makes administrators and cannot be renamed`, 'name');
      await tell(roleEvent(by, realmId, { operationType: 'UPDATE', role, representation: role }));
      return role;
    });
  }

  @Answers(users.removeRole)
  remove({ by, realmId, roleId }: RemoveRole): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      const role = await theRole(tx, realmId, roleId);
      await mustHold(tx, by, await powersOf(tx, 'role', [roleId]));
      const [, removed] = await tx.query<[unknown[], number]>(
        `delete from role r using realm
          where r.id = $2 and r.realm_id = $1 and realm.id = r.realm_id and not r.of_new_users and not ${ADMINISTERS}`,
        [realmId, roleId],
      );
      if (removed === 0) {
        await theRole(tx, realmId, roleId);
        const { id } = await this.default({ realmId });
        throw invalid(
          `${role.name} is ${id === roleId ? 'default role of the realm' : 'what makes an administrator'} and cannot be removed.`,
          'name',
        );
      }
      await tell(roleEvent(by, realmId, { operationType: 'DELETE', role }));
      return {};
    });
  }
}

/**
 * The roles that administrators are known by. Without them nobody could administer anything; under another name, one
 * who may look would be one who may change.
 */
export const ADMINISTERS = `(
  (realm.name = '${MASTER}' and r.client_id is null and r.name in ('${ADMIN}', '${CREATE_REALM}'))
  or exists (select from client c where c.id = r.client_id and c.manages is not null))`;
