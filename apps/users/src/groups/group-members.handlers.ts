import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  ChangeMembership,
  DefaultGroups,
  GroupMembers,
  GroupsOfUser,
  SetDefaultGroup,
  users,
  type GroupView,
  type UserView,
} from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { mustHold, powersOf } from '../administrators/powers.js';
import { adminEvent } from '../admin-event.js';
import { explaining } from '../db/broken-constraint.js';
import { userNotFound } from '../users/user-not-found.js';
import { UserRow } from '../users/user.entity.js';
import { readUsers } from '../users/read-users.js';
import { PAGE, USER_COLUMNS } from '../users/user.view.js';
import { groupNotFound } from './group-not-found.js';
import { GroupRow } from './group.entity.js';
import { groupViews } from './group.view.js';

/** Who is in which group. */
@Controller()
export class GroupMembersHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
  ) {}

  @Answers(users.groupMembers)
  async members({ realmId, groupId, first = 0, max = PAGE }: GroupMembers): Promise<UserView[]> {
    await mustBeGroup(this.db.manager, realmId, groupId);
    return readUsers(
      this.db,
      realmId,
      `select ${USER_COLUMNS} from group_member m join realm_user u on u.id = m.user_id
        where m.group_id = $1 and u.realm_id = $4 order by u.username limit $2 offset $3`,
      // The realm, so that a group of everybody is read in the order of an index.
      [groupId, max, first, realmId],
    );
  }

  @Answers(users.groupsOfUser)
  async groups({ realmId, userId, search = '', first = 0, max }: GroupsOfUser): Promise<GroupView[]> {
    await mustBeUser(this.db.manager, realmId, userId);
    const rows = await this.db.query<{ id: string }[]>(
      `select g.id from group_member m join user_group g on g.id = m.group_id
        where m.user_id = $1 and position(lower($2) in lower(g.name)) > 0
        order by g.name, g.id limit $3 offset $4`,
      [userId, searchable(search), max ?? null, first],
    );
    return groupViews(
      this.db,
      rows.map(({ id }) => id),
    );
  }

  @Answers(users.changeMembership)
  change({ by, realmId, userId, groupId, member }: ChangeMembership): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      await mustBeUser(tx, realmId, userId);
      await mustBeGroup(tx, realmId, groupId);
      await mustHold(tx, by, await powersOf(tx, 'group', [groupId]));
      await tx
        .query(
          member
            ? 'insert into group_member (user_id, group_id) values ($1, $2) on conflict do nothing'
            : 'delete from group_member where user_id = $1 and group_id = $2',
          [userId, groupId],
        )
        .catch(explaining({ group_member_user: userNotFound, group_member_group: groupNotFound }));
      await tell(
        adminEvent(by, realmId, {
          operationType: member ? 'CREATE' : 'DELETE',
          resourceType: 'GROUP_MEMBERSHIP',
          resourcePath: `users/${userId}/groups/${groupId}`,
        }),
      );
      return {};
    });
  }

  @Answers(users.defaultGroups)
  async defaults({ realmId }: DefaultGroups): Promise<GroupView[]> {
    const rows = await this.db.manager.find(GroupRow, {
      where: { realmId, ofNewUsers: true },
      order: { name: 'asc', id: 'asc' },
    });
    return groupViews(
      this.db,
      rows.map(({ id }) => id),
    );
  }

  @Answers(users.setDefaultGroup)
  setDefault({ by, realmId, groupId, isDefault }: SetDefaultGroup): Promise<Record<string, never>> {
    return this.outbox.transaction(async (tx, tell) => {
      await mustHold(tx, by, await powersOf(tx, 'group', [groupId]));
      const { affected } = await tx.update(GroupRow, { realmId, id: groupId }, { ofNewUsers: isDefault });
      if (affected === 0) throw groupNotFound();
      await tell(
        adminEvent(by, realmId, {
          operationType: isDefault ? 'CREATE' : 'DELETE',
          resourceType: 'GROUP',
          resourcePath: `default-groups/${groupId}`,
        }),
      );
      return {};
    });
  }
}

async function mustBeUser(tx: EntityManager, realmId: string, id: string): Promise<void> {
  if (!(await tx.existsBy(UserRow, { realmId, id }))) throw userNotFound();
}

async function mustBeGroup(tx: EntityManager, realmId: string, id: string): Promise<void> {
  if (!(await tx.existsBy(GroupRow, { realmId, id }))) throw groupNotFound();
}
