import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { Operation, Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import {
  CountGroups,
  CreateGroup,
  FindGroup,
  MoveGroup,
  RemoveGroup,
  SearchGroups,
  UpdateGroup,
  users,
  type GroupView,
} from '@tumbler/contract-users';
import { AppError, conflict, invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { mustHold, powersOf } from '../administrators/powers.js';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { namedFields } from '../named-fields.js';
import { RealmRow } from '../realms/realm.entity.js';
import { groupNotFound } from './group-not-found.js';
import { groupsWhere, idOfPath } from './group-search.js';
import { groupViews, hierarchies } from './group.view.js';

const taken = (name: string, parentId?: string | null) => () =>
  conflict(
    parentId
      ? `Sibling group named '${name}' already exists.`
      : `Top level group named '${name}' already exists.`,
  );

@Controller()
export class GroupsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.searchGroups)
  async search({ first = 0, max, hierarchy, ...filter }: SearchGroups): Promise<GroupView[]> {
    const { sql, params } = groupsWhere(filter);
    const rows = await this.db.query<{ id: string }[]>(
      `select g.id from user_group g where ${sql} order by g.name, g.id
       limit $${params.length + 1} offset $${params.length + 2}`,
      [...params, max ?? null, first],
    );
    const ids = rows.map(({ id }) => id);
    return hierarchy ? hierarchies(this.db, ids) : groupViews(this.db, ids);
  }

  @Answers(users.countGroups)
  async count({ top, ...filter }: CountGroups): Promise<number> {
    const { sql, params } = groupsWhere(filter, top ? 'top' : 'all');
    const [{ n }] = await this.db.query<[{ n: number }]>(
      `select count(*)::int as n from user_group g where ${sql}`,
      params,
    );
    return n;
  }

  @Answers(users.findGroup)
  async find({ realmId, groupId, path }: FindGroup): Promise<GroupView | null> {
    const id = groupId ?? (await idOfPath(this.db, realmId, path ?? ''));
    return id ? findGroup(this.db, realmId, id) : null;
  }

  @Answers(users.createGroup)
  create({ by, realmId, groupId = randomUUID(), parentId, fields: sent }: CreateGroup): Promise<GroupView> {
    const { name, description, attributes = {} } = namedFields(sent);
    if (name === undefined) throw invalid('Group name is missing', 'name');
    return this.outbox.transaction(async (tx, tell) => {
      if (parentId) await theGroup(tx, realmId, parentId);
      await tx
        .query(
          `insert into user_group (id, realm_id, parent_id, name, description, attributes, of_new_users)
           values ($1, $2, $3, $4, $5, $6, false)`,
          [groupId, realmId, parentId, name, description, attributes],
        )
        .catch(
          explaining({
            user_group_name: taken(name, parentId),
            user_group_pkey: () => conflict('Group exists with same id', 'groupId'),
            user_group_parent: groupNotFound,
            user_group_realm: () => new AppError('realm_not_found', { message: 'Realm not found.' }),
          }),
        );
      const group = await theGroup(tx, realmId, groupId);
      await tell(told(by, realmId, { operationType: 'CREATE', groupId, representation: group }));
      return group;
    });
  }

  @Answers(users.updateGroup)
  update({ by, realmId, groupId, fields: sent }: UpdateGroup): Promise<GroupView> {
    const fields = namedFields(sent);
    return this.outbox.transaction(async (tx, tell) => {
      const before = await theGroup(tx, realmId, groupId);
      const [, changed] = await tx
        .query<[unknown[], number]>(
          `update user_group set
             name = coalesce($3, name),
             description = coalesce($4, description),
             attributes = coalesce($5::jsonb, attributes)
           where realm_id = $1 and id = $2`,
          [realmId, groupId, fields.name, fields.description, fields.attributes],
        )
        .catch(explaining({ user_group_name: taken(fields.name ?? '', before.parentId) }));
      if (changed === 0) throw groupNotFound();
      await tell(told(by, realmId, { operationType: 'UPDATE', groupId, representation: fields }));
      return theGroup(tx, realmId, groupId);
    });
  }

  @Answers(users.moveGroup)
  move({ by, realmId, groupId, parentId }: MoveGroup): Promise<GroupView> {
    return this.outbox.transaction(async (tx, tell) => {
      // Two moves at once could hang each of two groups below the other: whoever moves next waits here.
      await tx.findOne(RealmRow, { where: { id: realmId }, lock: { mode: 'for_no_key_update' } });
      const { name } = await theGroup(tx, realmId, groupId);
      if (parentId) await theGroup(tx, realmId, parentId);
      // Members have what the groups above have: they get what is there, and lose what was.
      const concerned = [groupId, ...(parentId ? [parentId] : [])];
      await mustHold(tx, by, await powersOf(tx, 'group', concerned));
      const [, moved] = await tx
        .query<[unknown[], number]>(
          `with recursive above (id) as (
             select $3::uuid
             union
             select g.parent_id from above join user_group g using (id) where g.parent_id is not null
           )
           update user_group set parent_id = $3
            where realm_id = $1 and id = $2 and id not in (select id from above where id is not null)`,
          [realmId, groupId, parentId ?? null],
        )
        .catch(explaining({ user_group_name: taken(name, parentId), user_group_parent: groupNotFound }));
      if (moved === 0) throw invalid('A group cannot be moved into itself', 'parentId');
      const group = await theGroup(tx, realmId, groupId);
      await tell(told(by, realmId, { operationType: 'UPDATE', groupId, representation: group }));
      return group;
    });
  }

  @Answers(users.removeGroup)
  remove({ by, realmId, groupId }: RemoveGroup): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      await mustHold(tx, by, await powersOf(tx, 'group', [groupId]));
      const [, removed] = await tx.query<[unknown[], number]>(
        'delete from user_group where realm_id = $1 and id = $2',
        [realmId, groupId],
      );
      if (removed === 0) throw groupNotFound();
      await tell(told(by, realmId, { operationType: 'DELETE', groupId }));
      return {};
    });
  }
}

async function findGroup(
  db: DataSource | EntityManager,
  realmId: string,
  groupId: string,
): Promise<GroupView | null> {
  const here = await db.query<unknown[]>('select from user_group where realm_id = $1 and id = $2', [
    realmId,
    groupId,
  ]);
  if (here.length === 0) return null;
  const [group] = await groupViews(db, [groupId]);
  return group ?? null;
}

/** Throws `not_found`. */
async function theGroup(
  db: DataSource | EntityManager,
  realmId: string,
  groupId: string,
): Promise<GroupView> {
  const group = await findGroup(db, realmId, groupId);
  if (!group) throw groupNotFound();
  return group;
}

interface GroupChange {
  operationType: Operation;
  groupId: string;
  representation?: unknown;
}

function told(by: Actor, realmId: string, { operationType, groupId, representation }: GroupChange): Told {
  return adminEvent(by, realmId, {
    operationType,
    resourceType: 'GROUP',
    resourcePath: `groups/${groupId}`,
    ...(representation === undefined ? {} : { representation }),
  });
}
