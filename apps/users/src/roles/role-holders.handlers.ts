import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import { RoleHolders, users, type GroupView, type UserView } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { groupViews } from '../groups/group.view.js';
import { readUsers } from '../users/read-users.js';
import { PAGE, USER_COLUMNS } from '../users/user.view.js';
import { theRole } from './find-role.js';

/** Who was given a role. */
@Controller()
export class RoleHoldersHandlers {
  constructor(private readonly db: DataSource) {}

  @Answers(users.usersWithRole)
  async users({ realmId, roleId, first = 0, max = PAGE }: RoleHolders): Promise<UserView[]> {
    await theRole(this.db, realmId, roleId);
    return readUsers(
      this.db,
      realmId,
      `select ${USER_COLUMNS} from user_role held join realm_user u on u.id = held.user_id
        where held.role_id = $1 and u.realm_id = $4 order by u.username limit $2 offset $3`,
      // The realm, so that a role of everybody is read in the order of an index.
      [roleId, max, first, realmId],
    );
  }

  @Answers(users.groupsWithRole)
  async groups({ realmId, roleId, first = 0, max = PAGE }: RoleHolders): Promise<GroupView[]> {
    await theRole(this.db, realmId, roleId);
    const rows = await this.db.query<{ id: string }[]>(
      `select g.id from group_role held join user_group g on g.id = held.group_id
        where held.role_id = $1 order by g.name, g.id limit $2 offset $3`,
      [roleId, max, first],
    );
    return groupViews(
      this.db,
      rows.map(({ id }) => id),
    );
  }
}
