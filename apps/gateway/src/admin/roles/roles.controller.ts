import { Body, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { ListRoles, RoleHolders, users, type Realm } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, NeedsForRoles, Rights } from '../needs.js';
import { groupRepresentation } from '../groups/group.representation.js';
import { fromQuery } from '../input.js';
import { located } from '../located.js';
import { TargetRealm } from '../target-realm.js';
import { UserLists } from '../user-lists.js';
import { readRole, readRoles, roleRepresentation } from './role.representation.js';
import { RolesOfRealm } from './roles-of-realm.js';

type Params = Record<string, string | string[]>;
/** The id of a client in the address of its roles; absent in that of the realm's. */
const Client = () => Param('client');

/** Roles by their names: those of the realm and, at the address of a client, those of the client. */
@AdminController('realms/:realm/roles', 'realms/:realm/clients/:client/roles')
export class RolesController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly lists: UserLists,
    private readonly roles: RolesOfRealm,
  ) {}

  @NeedsForRoles('view', 'view-users')
  @Get()
  async list(@TargetRealm() realm: Realm, @Client() client: string | undefined, @Query() query: Params) {
    const container = await this.roles.container(realm, client);
    const fixed = { realmId: realm.id, clientId: container?.id };
    const roles = await this.bus.call(users.listRoles, await fromQuery(ListRoles, query, fixed));
    return roles.map((role) => roleRepresentation(realm, role, query.briefRepresentation !== 'false'));
  }

  @NeedsForRoles('manage')
  @Post()
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Client() client: string | undefined,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const container = await this.roles.container(realm, client);
    const { name } = await this.roles.create(realm, by, await readRole(input), container);
    const path = container ? `clients/${container.id}/roles` : 'roles';
    located(reply, this.config, realm, `${path}/${encodeURIComponent(name)}`);
  }

  @NeedsForRoles('view', 'view-users')
  @Get(':role')
  async read(@TargetRealm() realm: Realm, @Client() client: string | undefined, @Param('role') name: string) {
    return roleRepresentation(realm, await this.find(realm, client, name));
  }

  @NeedsForRoles('manage')
  @Put(':role')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: _fixed, composites: _own, ...fields } = await readRole(input);
    const { id: roleId } = await this.find(realm, client, name);
    await this.bus.call(users.updateRole, { by, realmId: realm.id, roleId, fields });
  }

  @NeedsForRoles('manage')
  @Delete(':role')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Client() client: string | undefined,
    @Param('role') name: string,
  ): Promise<void> {
    const { id: roleId } = await this.find(realm, client, name);
    await this.bus.call(users.removeRole, { by, realmId: realm.id, roleId });
  }

  @NeedsForRoles('view', 'view-users')
  @Get(':role/composites')
  parts(@TargetRealm() realm: Realm, @Client() client: string | undefined, @Param('role') name: string) {
    return this.partsOf(realm, client, name);
  }

  @NeedsForRoles('view', 'view-users')
  @Get(':role/composites/realm')
  realmParts(@TargetRealm() realm: Realm, @Client() client: string | undefined, @Param('role') name: string) {
    return this.partsOf(realm, client, name, 'realm');
  }

  @NeedsForRoles('view', 'view-users')
  @Get(':role/composites/clients/:of')
  clientParts(
    @TargetRealm() realm: Realm,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Param('of') container: string,
  ) {
    return this.partsOf(realm, client, name, container);
  }

  @NeedsForRoles('manage')
  @Post(':role/composites')
  @HttpCode(204)
  async addParts(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: roleId } = await this.find(realm, client, name);
    const parts = await this.roles.idsOf(realm, readRoles(input));
    await this.bus.call(users.addRoleParts, { by, realmId: realm.id, roleId, parts });
  }

  @NeedsForRoles('manage')
  @Delete(':role/composites')
  @HttpCode(204)
  async removeParts(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: roleId } = await this.find(realm, client, name);
    const parts = await this.roles.idsOf(realm, readRoles(input));
    await this.bus.call(users.removeRoleParts, { by, realmId: realm.id, roleId, parts });
  }

  @Needs('view-users')
  @Get(':role/users')
  async users(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Query() query: Params,
  ) {
    const { id: roleId } = await this.find(realm, client, name);
    const asked = await fromQuery(RoleHolders, query, { realmId: realm.id, roleId });
    const found = await this.bus.call(users.usersWithRole, asked);
    return this.lists.represent(realm, rights, found, query.briefRepresentation === 'true');
  }

  @Needs('view-users')
  @Get(':role/groups')
  async groups(
    @TargetRealm() realm: Realm,
    @Client() client: string | undefined,
    @Param('role') name: string,
    @Query() query: Params,
  ) {
    const { id: roleId } = await this.find(realm, client, name);
    const asked = await fromQuery(RoleHolders, query, { realmId: realm.id, roleId });
    const found = await this.bus.call(users.groupsWithRole, asked);
    return found.map((group) => groupRepresentation(group, query.briefRepresentation !== 'false'));
  }

  private async find(realm: Realm, client: string | undefined, name: string) {
    return this.roles.named(realm, name, await this.roles.container(realm, client));
  }

  private async partsOf(realm: Realm, client: string | undefined, name: string, container?: string) {
    const { id: roleId } = await this.find(realm, client, name);
    const parts = await this.bus.call(users.roleParts, { realmId: realm.id, roleId, container });
    return parts.map((role) => roleRepresentation(realm, role, true));
  }
}
