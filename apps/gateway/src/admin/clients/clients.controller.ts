import { Body, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import { invalid, notFound } from '@tumbler/errors';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { isConfidential, type Client } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { RegistrationTokens } from '../../oidc/registration/registration-tokens.js';
import { AdminController, By } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { idOf } from '../input.js';
import { located } from '../located.js';
import { TargetRealm } from '../target-realm.js';
import { userRepresentation } from '../user.representation.js';
import { ClientChanges } from './client-changes.js';
import { foundClients } from './client-search.js';
import {
  briefClient,
  clientRepresentation,
  readClientChange,
  readNewClient,
} from './client.representation.js';

export const ClientId = () => Param('client', idOf('Could not find client'));

@AdminController('realms/:realm/clients')
export class ClientsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly clients: Clients,
    private readonly changes: ClientChanges,
    private readonly registrationTokens: RegistrationTokens,
  ) {}

  @Needs('query-clients')
  @Get()
  async list(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @Query() query: Record<string, unknown>,
  ) {
    const { clientId, search, q, first, max } = query;
    const asked = { clientId, isPart: search === 'true', q, first, max };
    const page = foundClients(await this.clients.list(realm), asked);
    if (!rights.may('view-clients', realm.name)) return page.map(briefClient);
    return Promise.all(page.map((client) => this.represent(realm, rights, client)));
  }

  @Needs('manage-clients')
  @Post()
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const id = await this.changes.create(realm, by, await readNewClient(input));
    located(reply, this.config, realm, `clients/${id}`);
  }

  @Needs('view-clients')
  @Get(':client')
  async read(@TargetRealm() realm: Realm, @Rights() rights: Authority, @ClientId() id: string) {
    return this.represent(realm, rights, await this.clients.byId(realm, id));
  }

  @Needs('manage-clients')
  @Put(':client')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Body() input: unknown,
  ): Promise<void> {
    const client = await this.clients.byId(realm, id);
    await this.changes.update(realm, by, client, await readClientChange(input));
  }

  @Needs('manage-clients')
  @Delete(':client')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @ClientId() id: string): Promise<void> {
    await this.changes.remove(realm, by, await this.clients.byId(realm, id));
  }

  @Needs('manage-clients')
  @Get(':client/client-secret')
  async secret(@TargetRealm() realm: Realm, @ClientId() id: string) {
    const client = await this.clients.byId(realm, id);
    return { type: 'secret', value: await this.clients.secretOf(client) };
  }

  @Needs('manage-clients')
  @Post(':client/client-secret')
  @HttpCode(200)
  async renewSecret(@TargetRealm() realm: Realm, @By() by: Actor, @ClientId() id: string) {
    const client = await this.clients.byId(realm, id);
    if (!isConfidential(client)) throw invalid('A public client has no secret');
    return { type: 'secret', value: await this.clients.renewSecret(client, by) };
  }

  /** A secret is good until there is another one: none is kept beside it. */
  @Needs('manage-clients')
  @Get(':client/client-secret/rotated')
  async rotatedSecret(@TargetRealm() realm: Realm, @ClientId() id: string): Promise<void> {
    await this.clients.byId(realm, id);
    throw notFound('Client does not have a rotated secret');
  }

  @Needs('manage-clients')
  @Delete(':client/client-secret/rotated')
  @HttpCode(204)
  async removeRotatedSecret(@TargetRealm() realm: Realm, @ClientId() id: string): Promise<void> {
    await this.clients.byId(realm, id);
  }

  /** By which the application looks after its own registration (RFC 7592). The one before is good no more. */
  @Needs('manage-clients')
  @Post(':client/registration-access-token')
  @HttpCode(200)
  async registrationToken(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @By() by: Actor,
    @ClientId() id: string,
  ) {
    const client = await this.clients.byId(realm, id);
    const registrationAccessToken = await this.registrationTokens.renew(client, by);
    return { ...(await this.represent(realm, rights, client)), registrationAccessToken };
  }

  @Needs('view-clients')
  @Get(':client/service-account-user')
  async serviceAccount(@TargetRealm() realm: Realm, @ClientId() id: string) {
    const { serviceAccountId: userId, clientId } = await this.clients.byId(realm, id);
    const user = userId && (await this.bus.call(users.view, { realmId: realm.id, userId }));
    if (!user) throw invalid(`Service account not enabled for the client '${clientId}'`);
    return userRepresentation(user);
  }

  private async represent(realm: Realm, rights: Authority, client: Client) {
    const manage = rights.may('manage-clients', realm.name);
    const isTold = mayKnowSecret(realm, rights, client);
    return clientRepresentation(client, manage, isTold ? await this.clients.secretOf(client) : undefined);
  }
}

/**
 * Those who may change a client, since they could give it another secret. Where the client acts as a user, the secret has
 * an address of its own: there it is asked whether this user has more rights.
 */
export const mayKnowSecret = (realm: Realm, rights: Authority, client: Client): boolean =>
  isConfidential(client) &&
  rights.may('manage-clients', realm.name) &&
  (!client.serviceAccountId || rights.mayAll(realm.name));
