import { Body, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { RoleParts, users, type Realm } from '@tumbler/contract-users';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { fromQuery, idOf } from '../input.js';
import { TargetRealm } from '../target-realm.js';
import { readRole, readRoles, roleRepresentation } from './role.representation.js';
import { RolesOfRealm } from './roles-of-realm.js';

type Params = Record<string, string | string[]>;
const RoleId = () => Param('role', idOf('Could not find role with id'));

/** Roles of the realm and of all clients, by their ids. */
@AdminController('realms/:realm/roles-by-id/:role')
export class RolesByIdController {
  constructor(
    private readonly bus: Bus,
    private readonly roles: RolesOfRealm,
  ) {}

  @Needs('view-realm', 'view-clients', 'view-users')
  @Get()
  async read(@TargetRealm() realm: Realm, @RoleId() roleId: string) {
    return roleRepresentation(realm, await this.roles.byId(realm, roleId));
  }

  @Needs('manage-realm', 'manage-clients')
  @Put()
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() rights: Authority,
    @RoleId() roleId: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: _fixed, composites: _own, ...fields } = await readRole(input);
    await this.roles.mustManage(realm, rights, roleId);
    await this.bus.call(users.updateRole, { by, realmId: realm.id, roleId, fields });
  }

  @Needs('manage-realm', 'manage-clients')
  @Delete()
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() rights: Authority,
    @RoleId() roleId: string,
  ): Promise<void> {
    await this.roles.mustManage(realm, rights, roleId);
    await this.bus.call(users.removeRole, { by, realmId: realm.id, roleId });
  }

  @Needs('view-realm', 'view-clients', 'view-users')
  @Get('composites')
  parts(@TargetRealm() realm: Realm, @RoleId() roleId: string, @Query() query: Params) {
    return this.partsOf(realm, roleId, query);
  }

  @Needs('view-realm', 'view-clients', 'view-users')
  @Get('composites/realm')
  realmParts(@TargetRealm() realm: Realm, @RoleId() roleId: string, @Query() query: Params) {
    return this.partsOf(realm, roleId, { ...query, container: 'realm' });
  }

  @Needs('view-realm', 'view-clients', 'view-users')
  @Get('composites/clients/:client')
  clientParts(
    @TargetRealm() realm: Realm,
    @RoleId() roleId: string,
    @Param('client') container: string,
    @Query() query: Params,
  ) {
    return this.partsOf(realm, roleId, { ...query, container });
  }

  @Needs('manage-realm', 'manage-clients')
  @Post('composites')
  @HttpCode(204)
  async addParts(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() rights: Authority,
    @RoleId() roleId: string,
    @Body() input: unknown,
  ): Promise<void> {
    await this.roles.mustManage(realm, rights, roleId);
    const parts = await this.roles.idsOf(realm, readRoles(input));
    await this.bus.call(users.addRoleParts, { by, realmId: realm.id, roleId, parts });
  }

  @Needs('manage-realm', 'manage-clients')
  @Delete('composites')
  @HttpCode(204)
  async removeParts(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Rights() rights: Authority,
    @RoleId() roleId: string,
    @Body() input: unknown,
  ): Promise<void> {
    await this.roles.mustManage(realm, rights, roleId);
    const parts = await this.roles.idsOf(realm, readRoles(input));
    await this.bus.call(users.removeRoleParts, { by, realmId: realm.id, roleId, parts });
  }

  private async partsOf(realm: Realm, roleId: string, query: Params) {
    const asked = await fromQuery(RoleParts, query, { realmId: realm.id, roleId });
    const parts = await this.bus.call(users.roleParts, asked);
    return parts.map((role) => roleRepresentation(realm, role, true));
  }
}
