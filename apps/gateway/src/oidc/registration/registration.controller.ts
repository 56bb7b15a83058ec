import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { validated } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientChanges } from '../../admin/clients/client-changes.js';
import { readClient, readClientChange } from '../../admin/clients/client.representation.js';
import { GatewayConfig } from '../../config.js';
import { bearerOf } from '../../http/bearer.js';
import { demandHttps } from '../../realms/https-required.js';
import { Realms } from '../../realms/realms.js';
import { assignedNames, ClientScopes } from '../clients/client-scopes.js';
import { isConfidential, type Client } from '../clients/client-settings.js';
import { Clients } from '../clients/clients.js';
import { OAuthError } from '../oauth-error.js';
import { OAuthErrorsFilter } from '../oauth-errors.filter.js';
import { issuerOf } from '../tokens/claims.js';
import { InitialAccesses } from './initial-accesses.js';
import { itself } from './itself.js';
import {
  ClientMetadata,
  metadataFor,
  REGISTRATION,
  settingsFor,
  wrong,
  type RegisteredClient,
} from './registered-metadata.js';
import { RegistrationTokens } from './registration-tokens.js';

/**
 * Applications register themselves (RFC 7591), those that an administrator gave a token to; and each looks after its own
 * registration (RFC 7592) by the token that it was given then.
 */
@Controller(`realms/:realm/${REGISTRATION}`)
@UseFilters(OAuthErrorsFilter)
export class RegistrationController {
  constructor(
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
    private readonly realms: Realms,
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
    private readonly changes: ClientChanges,
    private readonly initial: InitialAccesses,
    private readonly tokens: RegistrationTokens,
  ) {}

  @Post()
  @HttpCode(201)
  async register(
    @Param('realm') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() input: unknown,
  ): Promise<RegisteredClient> {
    const realm = await this.realm(name, request, reply);
    const access = await this.initial.find(realm, bearerOf(request));
    if (!access) throw unknownToken(reply);
    const said = await readMetadata(input);
    if (said.client_id !== undefined) throw wrong('client_id is chosen here');
    const clientId = randomUUID();
    const settings = settingsFor(said, await this.offered(realm));
    const body = await inItsWords(readClient({ clientId, ...settings }));
    let token = '';
    // In the log, who registers is the token that was used.
    const by = { realmId: realm.id, clientId, userId: access, ipAddress: request.ip };
    const id = await this.changes.create(realm, by, body, async (tx, made) => {
      if (!(await this.initial.spend(tx, realm, access))) throw unknownToken(reply);
      token = await this.tokens.give(tx, made);
    });
    const issuedAt = this.clock.seconds();
    const registered = await this.represent(realm, await this.clients.byId(realm, id), token);
    reply.header('location', registered.registration_client_uri);
    return { ...registered, client_id_issued_at: issuedAt };
  }

  @Get(':clientId')
  async read(
    @Param('realm') name: string,
    @Param('clientId') clientId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RegisteredClient> {
    const realm = await this.realm(name, request, reply);
    const client = await this.holder(realm, clientId, request, reply);
    return this.represent(realm, client, bearerOf(request));
  }

  /** What is not said is taken away. */
  @Put(':clientId')
  async update(
    @Param('realm') name: string,
    @Param('clientId') clientId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() input: unknown,
  ): Promise<RegisteredClient> {
    const realm = await this.realm(name, request, reply);
    const client = await this.holder(realm, clientId, request, reply);
    const said = await readMetadata(input);
    if (said.client_id !== clientId) throw wrong('client_id must be that of the client');
    if (said.client_secret !== undefined && said.client_secret !== (await this.clients.secretOf(client)))
      throw wrong('client_secret is chosen here');
    const settings = settingsFor(said, await this.offered(realm));
    const body = await inItsWords(readClientChange(settings));
    await this.changes.update(realm, itself(client, request.ip), client, body);
    return this.represent(realm, await this.clients.byId(realm, client.id), bearerOf(request));
  }

  @Delete(':clientId')
  @HttpCode(204)
  async remove(
    @Param('realm') name: string,
    @Param('clientId') clientId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const realm = await this.realm(name, request, reply);
    const client = await this.holder(realm, clientId, request, reply);
    await this.changes.remove(realm, itself(client, request.ip), client);
  }

  private async realm(name: string, request: FastifyRequest, reply: FastifyReply): Promise<Realm> {
    reply.header('cache-control', 'no-store');
    const realm = await this.realms.enabledByName(name);
    demandHttps(realm, request);
    return realm;
  }

  private async holder(
    realm: Realm,
    clientId: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Client> {
    const client = await this.tokens.holder(realm, clientId, bearerOf(request));
    if (!client) throw unknownToken(reply);
    return client;
  }

  private async offered(realm: Realm) {
    const scopes = await this.scopes.ofRealm(realm);
    return { always: assignedNames(scopes, 'default'), optional: assignedNames(scopes, 'optional') };
  }

  private async represent(realm: Realm, client: Client, token: string): Promise<RegisteredClient> {
    const secret = isConfidential(client) ? await this.clients.secretOf(client) : undefined;
    const issuer = issuerOf(this.config.publicUrl, realm);
    return {
      ...metadataFor(client, secret),
      registration_client_uri: `${issuer}/${REGISTRATION}/${encodeURIComponent(client.clientId)}`,
      registration_access_token: token,
    };
  }
}

/** RFC 6750 §3. One that is used up, over, or of something else is one that nobody knows. */
function unknownToken(reply: FastifyReply): OAuthError {
  reply.header('www-authenticate', 'Bearer error="invalid_token"');
  return new OAuthError(401, 'invalid_token', 'Token is missing, unknown, or good no more');
}

const readMetadata = (input: unknown): Promise<ClientMetadata> =>
  inItsWords(validated(ClientMetadata, input, { unknownFields: 'drop' }));

/** RFC 7591 §3.2.2 */
async function inItsWords<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_request') throw error;
    const { message, field = '' } = error.details;
    if (/^redirect_?uris/i.test(field)) throw new OAuthError(400, 'invalid_redirect_uri', message);
    throw wrong(message ?? 'The metadata cannot be read');
  }
}
