import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm, type RoleView } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { readRoles, roleRepresentation } from '../roles/role.representation.js';
import { RolesOfRealm } from '../roles/roles-of-realm.js';
import { TargetRealm } from '../target-realm.js';
import { Holders, Holding, type Holder, type HolderId } from './holders.js';

/** The client whose roles are meant; absent in addresses that end on `realm`. */
const Of = () => Param('of');

/** The roles that a client without the full scope is told of, and those that a client scope is for. */
@AdminController(
  'realms/:realm/clients/:client/scope-mappings',
  'realms/:realm/client-scopes/:scope/scope-mappings',
)
export class ScopeMappingsController {
  constructor(
    private readonly bus: Bus,
    private readonly holders: Holders,
    private readonly roles: RolesOfRealm,
  ) {}

  @Needs('view-clients')
  @Get()
  async all(@TargetRealm() realm: Realm, @Holding() holding: HolderId) {
    const mapped = await this.mapped(realm, await this.holders.of(realm, holding));
    const clients = new Map(mapped.flatMap(({ client }) => (client ? [[client.id, client]] : [])));
    const of = (id?: string) =>
      mapped.filter(({ client }) => client?.id === id).map((role) => roleRepresentation(realm, role, true));
    const ofClients = [...clients.values()].map(({ id, name }) => [
      name,
      { id, client: name, mappings: of(id) },
    ]);
    return {
      ...(of().length > 0 ? { realmMappings: of() } : {}),
      ...(ofClients.length > 0 ? { clientMappings: Object.fromEntries(ofClients) as object } : {}),
    };
  }

  @Needs('view-clients')
  @Get(['realm', 'clients/:of'])
  async direct(@TargetRealm() realm: Realm, @Holding() holding: HolderId, @Of() of: string | undefined) {
    const mapped = await this.mapped(realm, await this.holders.of(realm, holding));
    return this.shown(realm, of, mapped);
  }

  @Needs('view-clients')
  @Get(['realm/available', 'clients/:of/available'])
  async available(@TargetRealm() realm: Realm, @Holding() holding: HolderId, @Of() of: string | undefined) {
    const { roles, clientId } = await this.holders.of(realm, holding);
    if (of !== undefined && of === clientId) return [];
    const all = await this.every(realm, of);
    return this.shown(
      realm,
      of,
      all.filter(({ id }) => !roles.includes(id)),
    );
  }

  /** With all that they bring along; a client knows its own roles without a word, and with the full scope every role. */
  @Needs('view-clients')
  @Get(['realm/composite', 'clients/:of/composite'])
  async composite(@TargetRealm() realm: Realm, @Holding() holding: HolderId, @Of() of: string | undefined) {
    const { roles, clientId, fullScope } = await this.holders.of(realm, holding);
    const isToldAll = fullScope || (of !== undefined && of === clientId);
    const told = isToldAll
      ? await this.every(realm, of)
      : await this.bus.call(users.unfoldRoles, { realmId: realm.id, roles });
    return this.shown(realm, of, told);
  }

  @Needs('manage-clients')
  @Post(['realm', 'clients/:of'])
  @HttpCode(204)
  async add(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() holding: HolderId,
    @Of() of: string | undefined,
    @Body() input: unknown,
  ): Promise<void> {
    const holder = await this.holders.of(realm, holding);
    const added = await this.idsOf(realm, of, input);
    await holder.change(by, ({ roles }) => ({ roles: [...new Set([...roles, ...added])] }));
  }

  /** Without a body all of them are taken away, as Keycloak does. */
  @Needs('manage-clients')
  @Delete(['realm', 'clients/:of'])
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Holding() holding: HolderId,
    @Of() of: string | undefined,
    @Body() input: unknown,
  ): Promise<void> {
    const holder = await this.holders.of(realm, holding);
    const removed = input
      ? await this.idsOf(realm, of, input)
      : (await this.shown(realm, of, await this.mapped(realm, holder))).map(({ id }) => id);
    await holder.change(by, ({ roles }) => ({ roles: roles.filter((id) => !removed.includes(id)) }));
  }

  private async mapped({ id: realmId }: Realm, { roles }: Holder): Promise<RoleView[]> {
    const unfolded = await this.bus.call(users.unfoldRoles, { realmId, roles });
    return unfolded.filter(({ id }) => roles.includes(id));
  }

  private async shown(realm: Realm, of: string | undefined, roles: RoleView[]) {
    const container = await this.roles.container(realm, of);
    return roles
      .filter(({ client }) => client?.id === container?.id)
      .map((role) => roleRepresentation(realm, role, true));
  }

  private async every(realm: Realm, of: string | undefined): Promise<RoleView[]> {
    const container = await this.roles.container(realm, of);
    return this.bus.call(users.listRoles, { realmId: realm.id, clientId: container?.id });
  }

  /** The address says whose roles they are. */
  private async idsOf(realm: Realm, of: string | undefined, input: unknown): Promise<string[]> {
    const container = await this.roles.container(realm, of);
    const roles = await Promise.all(
      readRoles(input).map(({ id, name }) =>
        id ? this.roles.byId(realm, id) : this.roles.named(realm, name ?? '', container),
      ),
    );
    if (roles.some(({ client }) => client?.id !== container?.id)) throw notFound('Role not found');
    return roles.map(({ id }) => id);
  }
}
