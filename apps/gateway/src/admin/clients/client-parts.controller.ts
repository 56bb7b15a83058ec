import { randomUUID } from 'node:crypto';
import {
  Body,
  createParamDecorator,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Put,
  Res,
  type ExecutionContext,
} from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { conflict, invalid, notFound } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { CLIENT_SCOPES, scopeId } from '../../oidc/clients/client-scopes.js';
import type { Client, ClientSettings, ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { settingsOf } from './client-changes.js';
import { ClientId } from './clients.controller.js';
import { readMapper } from './protocol-mapper.representation.js';

const KINDS = {
  'default-client-scopes': 'defaultClientScopes',
  'optional-client-scopes': 'optionalClientScopes',
} as const;
type Kind = keyof typeof KINDS;
const LISTS = Object.keys(KINDS) as Kind[];

/** Which of the two lists an address is about. */
const List = createParamDecorator((_: unknown, context: ExecutionContext): (typeof KINDS)[Kind] => {
  const { url = '' } = context.switchToHttp().getRequest<FastifyRequest>().routeOptions;
  return KINDS[LISTS.find((kind) => url.includes(`/${kind}`))!];
});

/** The scopes and the mappers of a client. */
@AdminController('realms/:realm/clients/:client')
export class ClientPartsController {
  constructor(
    private readonly clients: Clients,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('view-clients')
  @Get(LISTS)
  async scopes(@TargetRealm() realm: Realm, @ClientId() id: string, @List() list: (typeof KINDS)[Kind]) {
    const client = await this.clients.byId(realm, id);
    return client[list].map((name) => ({ id: scopeId(realm.id, name), name }));
  }

  @Needs('manage-clients')
  @Put(LISTS.map((kind) => `${kind}/:scope`))
  @HttpCode(204)
  async addScope(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @List() list: (typeof KINDS)[Kind],
    @Param('scope') scope: string,
  ): Promise<void> {
    const name = nameOfScope(realm, scope);
    await this.change(realm, by, id, (client) => ({
      defaultClientScopes: client.defaultClientScopes.filter((each) => each !== name),
      optionalClientScopes: client.optionalClientScopes.filter((each) => each !== name),
      [list]: [...client[list].filter((each) => each !== name), name],
    }));
  }

  @Needs('manage-clients')
  @Delete(LISTS.map((kind) => `${kind}/:scope`))
  @HttpCode(204)
  async removeScope(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @List() list: (typeof KINDS)[Kind],
    @Param('scope') scope: string,
  ): Promise<void> {
    const name = nameOfScope(realm, scope);
    await this.change(realm, by, id, (client) => ({
      [list]: client[list].filter((each) => each !== name),
    }));
  }

  @Needs('view-clients')
  @Get(['protocol-mappers/models', 'protocol-mappers/protocol/openid-connect'])
  async mappers(@TargetRealm() realm: Realm, @ClientId() id: string): Promise<ProtocolMapper[]> {
    return (await this.clients.byId(realm, id)).protocolMappers;
  }

  @Needs('manage-clients')
  @Post('protocol-mappers/models')
  @HttpCode(201)
  async addMapper(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const mapper = { id: randomUUID(), ...(await readMapper(input)) };
    await this.change(realm, by, id, (client) => withMappers(client, [mapper]));
    const path = `admin/realms/${encodeURIComponent(realm.name)}/clients/${id}/protocol-mappers/models/${mapper.id}`;
    reply.header('location', `${this.config.publicUrl}/${path}`);
  }

  @Needs('manage-clients')
  @Post('protocol-mappers/add-models')
  @HttpCode(204)
  async addMappers(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Body() input: unknown,
  ): Promise<void> {
    if (!Array.isArray(input)) throw invalid('An array of mappers was expected');
    const read = await Promise.all(input.map(readMapper));
    const mappers = read.map((mapper) => ({ id: randomUUID(), ...mapper }));
    await this.change(realm, by, id, (client) => withMappers(client, mappers));
  }

  @Needs('view-clients')
  @Get('protocol-mappers/models/:mapper')
  async mapper(@TargetRealm() realm: Realm, @ClientId() id: string, @Param('mapper') mapperId: string) {
    return mapperOf(await this.clients.byId(realm, id), mapperId);
  }

  @Needs('manage-clients')
  @Put('protocol-mappers/models/:mapper')
  @HttpCode(204)
  async updateMapper(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Param('mapper') mapperId: string,
    @Body() input: unknown,
  ): Promise<void> {
    const changed = { ...(await readMapper(input)), id: mapperId };
    await this.change(realm, by, id, (client) => {
      const old = mapperOf(client, mapperId);
      return { protocolMappers: client.protocolMappers.map((each) => (each === old ? changed : each)) };
    });
  }

  @Needs('manage-clients')
  @Delete('protocol-mappers/models/:mapper')
  @HttpCode(204)
  async removeMapper(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @Param('mapper') mapperId: string,
  ): Promise<void> {
    await this.change(realm, by, id, (client) => {
      const old = mapperOf(client, mapperId);
      return { protocolMappers: client.protocolMappers.filter((each) => each !== old) };
    });
  }

  private async change(realm: Realm, by: Actor, id: string, changes: (client: Client) => ClientSettings) {
    const client = await this.clients.byId(realm, id);
    const settings = { ...settingsOf(client), ...changes(client) };
    await this.clients.update(client, by, { clientId: client.clientId, settings });
  }
}

/** The scopes that a realm has to offer. */
@AdminController('realms/:realm/client-scopes')
export class ClientScopesController {
  @Needs('view-clients')
  @Get()
  list(@TargetRealm() realm: Realm) {
    return CLIENT_SCOPES.map((scope) => ({
      id: scopeId(realm.id, scope.name),
      name: scope.name,
      description: scope.description,
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': String(scope.inToken) },
    }));
  }
}

function nameOfScope({ id }: Realm, wanted: string): string {
  const scope = CLIENT_SCOPES.find(({ name }) => scopeId(id, name) === wanted);
  if (!scope) throw notFound('Client scope not found');
  return scope.name;
}

function mapperOf({ protocolMappers }: Client, id: string): ProtocolMapper {
  const mapper = protocolMappers.find((each) => each.id === id);
  if (!mapper) throw notFound('Model not found');
  return mapper;
}

function withMappers({ protocolMappers }: Client, added: ProtocolMapper[]): ClientSettings {
  const names = new Set(protocolMappers.map(({ name }) => name));
  for (const { name } of added) {
    if (names.has(name)) throw conflict('Protocol mapper exists with same name');
    names.add(name);
  }
  return { protocolMappers: [...protocolMappers, ...added] };
}
