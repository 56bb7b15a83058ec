import { Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { GroupsOfUser, users, type Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { fromQuery, idOf } from '../input.js';
import { rolesByContainer } from '../roles/role.representation.js';
import { TargetRealm } from '../target-realm.js';
import { groupRepresentation } from './group.representation.js';
import { GroupId } from './groups.controller.js';

type Params = Record<string, string | string[]>;
const UserId = () => Param('user', idOf('User not found'));

/** Groups where they are reached from elsewhere: by their path, as default groups, and from a user. */
@AdminController('realms/:realm')
export class GroupPathsController {
  constructor(private readonly bus: Bus) {}

  @Needs('view-users')
  @Get('group-by-path/*')
  async byPath(@TargetRealm() realm: Realm, @Param('*') path: string) {
    const asked = { realmId: realm.id, path };
    const group = await this.bus.call(users.findGroup, asked);
    if (!group) throw notFound('Group path does not exist');
    const holder = { kind: 'group' as const, id: group.id };
    const roles = await this.bus.call(users.rolesOf, { realmId: realm.id, holder, which: 'direct' });
    return { ...groupRepresentation(group), ...rolesByContainer(roles) };
  }

  @Needs('view-realm', 'view-users')
  @Get('default-groups')
  async defaults(@TargetRealm() realm: Realm) {
    const groups = await this.bus.call(users.defaultGroups, { realmId: realm.id });
    return groups.map((group) => groupRepresentation(group, true));
  }

  @Needs('manage-realm')
  @Put('default-groups/:id')
  @HttpCode(204)
  async addDefault(@TargetRealm() realm: Realm, @By() by: Actor, @GroupId() groupId: string): Promise<void> {
    await this.bus.call(users.setDefaultGroup, { by, realmId: realm.id, groupId, isDefault: true });
  }

  @Needs('manage-realm')
  @Delete('default-groups/:id')
  @HttpCode(204)
  async removeDefault(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @GroupId() groupId: string,
  ): Promise<void> {
    await this.bus.call(users.setDefaultGroup, { by, realmId: realm.id, groupId, isDefault: false });
  }

  @Needs('view-users')
  @Get('users/:user/groups')
  async ofUser(@TargetRealm() realm: Realm, @UserId() userId: string, @Query() query: Params) {
    const asked = await fromQuery(GroupsOfUser, query, { realmId: realm.id, userId });
    const groups = await this.bus.call(users.groupsOfUser, asked);
    return groups.map((group) => groupRepresentation(group, query.briefRepresentation !== 'false'));
  }

  @Needs('view-users')
  @Get('users/:user/groups/count')
  async countOfUser(@TargetRealm() realm: Realm, @UserId() userId: string, @Query() query: Params) {
    const { search } = await fromQuery(GroupsOfUser, query, { realmId: realm.id, userId });
    const groups = await this.bus.call(users.groupsOfUser, { realmId: realm.id, userId, search });
    return { count: groups.length };
  }

  @Needs('manage-users')
  @Put('users/:user/groups/:id')
  @HttpCode(204)
  async join(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @GroupId() groupId: string,
  ): Promise<void> {
    await this.bus.call(users.changeMembership, { by, realmId: realm.id, userId, groupId, member: true });
  }

  @Needs('manage-users')
  @Delete('users/:user/groups/:id')
  @HttpCode(204)
  async leave(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @UserId() userId: string,
    @GroupId() groupId: string,
  ): Promise<void> {
    await this.bus.call(users.changeMembership, { by, realmId: realm.id, userId, groupId, member: false });
  }
}
