import {
  Body,
  createParamDecorator,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  type ExecutionContext,
} from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type ClientRef, type Holder, type Realm, type RolesOfHolder } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { readRoles, roleRepresentation } from './role.representation.js';
import { RolesOfRealm } from './roles-of-realm.js';

type Which = RolesOfHolder['which'];
const LISTS: Record<string, Which> = { available: 'available', composite: 'effective' };

/** Whose roles they are: what the address says before `role-mappings`. */
const Of = createParamDecorator((_: unknown, context: ExecutionContext): Holder => {
  const { params, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
  const { holder: id } = params as { holder: string };
  const kind = routeOptions.url?.includes('/groups/') ? 'group' : 'user';
  if (!isUUID(id)) throw notFound(kind === 'group' ? 'Could not find group by id' : 'User not found');
  return { kind, id };
});

/** The client whose roles are meant; absent in addresses that end on `realm`. */
const Client = () => Param('client');

@AdminController('realms/:realm/users/:holder/role-mappings', 'realms/:realm/groups/:holder/role-mappings')
export class RoleMappingsController {
  constructor(
    private readonly bus: Bus,
    private readonly roles: RolesOfRealm,
  ) {}

  @Needs('view-users')
  @Get()
  async all(@TargetRealm() realm: Realm, @Of() holder: Holder) {
    const roles = await this.bus.call(users.rolesOf, { realmId: realm.id, holder, which: 'direct' });
    const clients = new Map(roles.flatMap(({ client }) => (client ? [[client.id, client]] : [])));
    const of = (id?: string) =>
      roles.filter(({ client }) => client?.id === id).map((role) => roleRepresentation(realm, role, true));
    const clientMappings = [...clients.values()].map(
      ({ id, name }) => [name, { id, client: name, mappings: of(id) }] as const,
    );
    return {
      ...(of().length > 0 ? { realmMappings: of() } : {}),
      ...(clientMappings.length > 0 ? { clientMappings: Object.fromEntries(clientMappings) } : {}),
    };
  }

  @Needs('view-users')
  @Get(['realm', 'clients/:client'])
  direct(@TargetRealm() realm: Realm, @Of() holder: Holder, @Client() client: string | undefined) {
    return this.list(realm, holder, client, 'direct');
  }

  @Needs('view-users')
  @Get(['realm/:list', 'clients/:client/:list'])
  async other(
    @TargetRealm() realm: Realm,
    @Of() holder: Holder,
    @Client() client: string | undefined,
    @Param('list') list: string,
    @Query('briefRepresentation') brief?: string,
  ) {
    const which = Object.hasOwn(LISTS, list) ? LISTS[list] : undefined;
    if (!which) throw notFound('HTTP 404 Not Found');
    return this.list(realm, holder, client, which, brief !== 'false');
  }

  @Needs('manage-users')
  @Post(['realm', 'clients/:client'])
  @HttpCode(204)
  async grant(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Of() holder: Holder,
    @Client() client: string | undefined,
    @Body() input: unknown,
  ): Promise<void> {
    const container = await this.roles.container(realm, client);
    const roles = await this.ownIds(realm, container, input);
    await this.bus.call(users.grantRoles, { by, realmId: realm.id, holder, roles });
  }

  /** Without a body all of them are taken away, as Keycloak does. */
  @Needs('manage-users')
  @Delete(['realm', 'clients/:client'])
  @HttpCode(204)
  async revoke(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Of() holder: Holder,
    @Client() client: string | undefined,
    @Body() input: unknown,
  ): Promise<void> {
    const container = await this.roles.container(realm, client);
    const named = input ?? (await this.list(realm, holder, client, 'direct'));
    const roles = await this.ownIds(realm, container, named);
    await this.bus.call(users.revokeRoles, { by, realmId: realm.id, holder, roles });
  }

  /** The address says whose roles they are: one of another client would be given under a wrong name. */
  private async ownIds(realm: Realm, client: ClientRef | undefined, input: unknown): Promise<string[]> {
    const roles = await Promise.all(
      readRoles(input).map(({ id, name }) =>
        id ? this.roles.byId(realm, id) : this.roles.named(realm, name ?? '', client),
      ),
    );
    if (roles.some((role) => role.client?.id !== client?.id)) throw notFound('Role not found');
    return roles.map(({ id }) => id);
  }

  private async list(realm: Realm, holder: Holder, client: string | undefined, which: Which, brief = true) {
    const { id: container = 'realm' } = (await this.roles.container(realm, client)) ?? {};
    const roles = await this.bus.call(users.rolesOf, { realmId: realm.id, holder, which, container });
    return roles.map((role) => roleRepresentation(realm, role, brief));
  }
}
