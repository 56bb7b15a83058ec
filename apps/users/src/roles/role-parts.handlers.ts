import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { Operation } from '@tumbler/contract-events';
import { ChangeRoleParts, RoleParts, UnfoldRoles, users, type RoleView } from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { Outbox, type Tell } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { mustHold, powersOf } from '../administrators/powers.js';
import { addParts } from './add-parts.js';
import { EFFECTIVE_ROLES } from './effective-roles.js';
import { theRole } from './find-role.js';
import { roleEvent } from './role-event.js';
import { inContainer, readRoles } from './role.view.js';

/** The roles that a role brings along. */
@Controller()
export class RolePartsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.roleParts)
  async list({ realmId, roleId, container, search = '', ...page }: RoleParts): Promise<RoleView[]> {
    await theRole(this.db, realmId, roleId);
    const params: unknown[] = [realmId, roleId, searchable(search)];
    return readRoles(
      this.db,
      `join role_composite whole on whole.part_id = r.id and whole.role_id = $2
       where r.realm_id = $1 and position(lower($3) in lower(r.name)) > 0
         and ${inContainer(container, (value) => `$${params.push(value)}`)}`,
      params,
      page,
    );
  }

  @Answers(users.unfoldRoles)
  unfold({ realmId, roles }: UnfoldRoles): Promise<RoleView[]> {
    return readRoles(
      this.db,
      'where r.realm_id = $1 and r.id in (select id from effective)',
      [realmId, roles],
      {},
      `with recursive who as (select unnest($2::uuid[]) as id), ${EFFECTIVE_ROLES.role}`,
    );
  }

  @Answers(users.addRoleParts)
  add({ by, realmId, roleId, parts }: ChangeRoleParts): Promise<Record<string, never>> {
    return this.change({ by, realmId, roleId, parts }, 'CREATE', (tx) =>
      addParts(tx, realmId, roleId, parts),
    );
  }

  @Answers(users.removeRoleParts)
  remove({ by, realmId, roleId, parts }: ChangeRoleParts): Promise<Record<string, never>> {
    return this.change({ by, realmId, roleId, parts }, 'DELETE', async (tx) => {
      await tx.query('delete from role_composite where role_id = $1 and part_id = any($2::uuid[])', [
        roleId,
        parts,
      ]);
    });
  }

  private change(
    { by, realmId, roleId, parts }: ChangeRoleParts,
    operationType: Operation,
    work: (tx: EntityManager) => Promise<void>,
  ): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell: Tell) => {
      const role = await theRole(tx, realmId, roleId);
      await mustHold(tx, by, await powersOf(tx, 'role', parts));
      await work(tx);
      const representation = parts.map((id) => ({ id }));
      await tell(roleEvent(by, realmId, { operationType, role, below: '/composites', representation }));
      return {};
    });
  }
}
