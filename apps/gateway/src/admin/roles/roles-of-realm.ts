import { Injectable } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type ClientRef, type Realm, type RoleView } from '@tumbler/contract-users';
import { AppError, notFound } from '@tumbler/errors';
import { Clients } from '../../oidc/clients/clients.js';
import type { Authority } from '../authority.js';
import { Reaches } from '../reach.js';
import type { NamedRole, RoleBody } from './role.representation.js';

/** Roles of a realm and of its clients, as addresses and representations name them. */
@Injectable()
export class RolesOfRealm {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly reaches: Reaches,
  ) {}

  /** The client whose roles are meant; undefined for those of the realm. Throws `not_found`. */
  async container(realm: Realm, client: string | undefined): Promise<ClientRef | undefined> {
    if (client === undefined) return undefined;
    const { id, clientId } = await this.clients.byId(realm, client);
    return { id, name: clientId };
  }

  /** Throws `not_found`. */
  async named({ id: realmId }: Realm, name: string, client?: ClientRef): Promise<RoleView> {
    const role = await this.bus.call(users.findRole, { realmId, name, clientId: client?.id });
    if (!role) throw notFound('Could not find role');
    return role;
  }

  /** Throws `not_found`. */
  async byId({ id: realmId }: Realm, roleId: string): Promise<RoleView> {
    const role = await this.bus.call(users.findRole, { realmId, roleId });
    if (!role) throw notFound('Could not find role with id');
    return role;
  }

  /**
   * For an address that does not say whose role it is. The roles that administrators are made of are for those who may do
   * all of it. Throws `forbidden`, and `not_found`.
   */
  async mustManage(realm: Realm, rights: Authority, roleId: string): Promise<void> {
    const { client } = await this.byId(realm, roleId);
    const right = client ? 'manage-clients' : 'manage-realm';
    const { administration } = client ? await this.reaches.ofClient(realm.name, client.id) : {};
    const may = rights.may(right, realm.name) && (!administration || rights.mayAll(realm.name));
    if (!may) throw new AppError('forbidden');
  }

  /** Throws `not_found` where a name is that of no role. */
  idsOf(realm: Realm, roles: NamedRole[], client?: ClientRef): Promise<string[]> {
    return Promise.all(
      roles.map(async ({ id, name }) => id ?? (await this.named(realm, name ?? '', client)).id),
    );
  }

  async create(realm: Realm, by: Actor, body: RoleBody, client?: ClientRef): Promise<RoleView> {
    const { id: _given, composites, ...fields } = body;
    const parts = await this.partsOf(realm, composites);
    return this.bus.call(users.createRole, { by, realmId: realm.id, client, fields, parts });
  }

  private async partsOf(realm: Realm, { realm: own = [], client = {} }: RoleBody['composites'] = {}) {
    const named = own.map((name) => this.named(realm, name));
    const ofClients = Object.entries(client).flatMap(([clientId, names]) =>
      names.map(async (name) => this.named(realm, name, await this.clientNamed(realm, clientId))),
    );
    return (await Promise.all([...named, ...ofClients])).map(({ id }) => id);
  }

  private async clientNamed(realm: Realm, clientId: string): Promise<ClientRef> {
    const client = await this.clients.byClientId(realm, clientId);
    if (!client) throw notFound('Could not find client');
    return { id: client.id, name: clientId };
  }
}
