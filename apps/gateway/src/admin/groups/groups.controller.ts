import { Body, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import {
  CountGroups,
  GroupMembers,
  SearchGroups,
  users,
  type GroupView,
  type Realm,
} from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { fromQuery, idOf } from '../input.js';
import { located } from '../located.js';
import { rolesByContainer } from '../roles/role.representation.js';
import { TargetRealm } from '../target-realm.js';
import { UserLists } from '../user-lists.js';
import { groupRepresentation, readGroup } from './group.representation.js';

export const GroupId = (name = 'id') => Param(name, idOf('Could not find group by id'));
type Params = Record<string, string | string[]>;

@AdminController('realms/:realm/groups')
export class GroupsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly lists: UserLists,
  ) {}

  @Needs('query-groups')
  @Get()
  async search(@TargetRealm() realm: Realm, @Rights() rights: Authority, @Query() query: Params) {
    if (!rights.may('view-users', realm.name)) return [];
    const asked = await fromQuery(SearchGroups, query, {
      realmId: realm.id,
      parentId: undefined,
      hierarchy: query.populateHierarchy !== 'false',
    });
    const groups = await this.bus.call(users.searchGroups, asked);
    return groups.map((group) => groupRepresentation(group, query.briefRepresentation !== 'false'));
  }

  @Needs('query-groups')
  @Get('count')
  async count(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @Query() query: Params,
  ): Promise<{ count: number }> {
    if (!rights.may('view-users', realm.name)) return { count: 0 };
    const asked = await fromQuery(CountGroups, query, { realmId: realm.id, parentId: undefined });
    return { count: await this.bus.call(users.countGroups, asked) };
  }

  /** A group that is sent with its id is moved to the top. */
  @Needs('manage-users')
  @Post()
  create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.place(realm, by, input, reply);
  }

  @Needs('view-users')
  @Get(':id')
  async read(@TargetRealm() realm: Realm, @GroupId() groupId: string) {
    const [group, roles] = await Promise.all([
      this.find(realm, groupId),
      this.bus.call(users.rolesOf, {
        realmId: realm.id,
        holder: { kind: 'group', id: groupId },
        which: 'direct',
      }),
    ]);
    return { ...groupRepresentation(group), ...rolesByContainer(roles) };
  }

  @Needs('manage-users')
  @Put(':id')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @GroupId() groupId: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: _fixed, ...fields } = await readGroup(input);
    await this.bus.call(users.updateGroup, { by, realmId: realm.id, groupId, fields });
  }

  @Needs('manage-users')
  @Delete(':id')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @GroupId() groupId: string): Promise<void> {
    await this.bus.call(users.removeGroup, { by, realmId: realm.id, groupId });
  }

  @Needs('view-users')
  @Get(':id/children')
  async children(@TargetRealm() realm: Realm, @GroupId() parentId: string, @Query() query: Params) {
    await this.find(realm, parentId);
    const fixed = { realmId: realm.id, parentId, hierarchy: false };
    const groups = await this.bus.call(users.searchGroups, await fromQuery(SearchGroups, query, fixed));
    return groups.map((group) => groupRepresentation(group, query.briefRepresentation === 'true'));
  }

  @Needs('manage-users')
  @Post(':id/children')
  createChild(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @GroupId() parentId: string,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.place(realm, by, input, reply, parentId);
  }

  @Needs('view-users')
  @Get(':id/members')
  async members(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @GroupId() groupId: string,
    @Query() query: Params,
  ) {
    const asked = await fromQuery(GroupMembers, query, { realmId: realm.id, groupId });
    const members = await this.bus.call(users.groupMembers, asked);
    return this.lists.represent(realm, rights, members, query.briefRepresentation === 'true');
  }

  private async find({ id: realmId }: Realm, groupId: string): Promise<GroupView> {
    const group = await this.bus.call(users.findGroup, { realmId, groupId });
    if (!group) throw notFound('Could not find group by id');
    return group;
  }

  /** Moves a group that is there, and makes one that is not. */
  private async place(realm: Realm, by: Actor, input: unknown, reply: FastifyReply, parentId?: string) {
    const { id, ...fields } = await readGroup(input);
    const about = { by, realmId: realm.id };
    if (id !== undefined) {
      if (!isUUID(id)) throw notFound('Could not find group by id');
      await this.bus.call(users.moveGroup, { ...about, groupId: id, parentId });
      reply.status(204);
      return undefined;
    }
    const group = await this.bus.call(users.createGroup, { ...about, parentId, fields });
    located(reply.status(201), this.config, realm, `groups/${group.id}`);
    return groupRepresentation(group);
  }
}
