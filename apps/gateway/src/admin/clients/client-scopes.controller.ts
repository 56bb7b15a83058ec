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
import { invalid } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../../config.js';
import { assignedNames, ClientScopes } from '../../oidc/clients/client-scopes.js';
import { AdminController, By } from '../admin-controller.js';
import { idOf } from '../input.js';
import { located } from '../located.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { withMappers } from './named-mappers.js';
import { readScope, scopeRepresentation } from './client-scope.representation.js';

export const ScopeId = () => Param('scope', idOf('Could not find client scope'));

/** The scopes that a realm has to offer. */
@AdminController('realms/:realm/client-scopes')
export class ClientScopesController {
  constructor(
    private readonly scopes: ClientScopes,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('view-clients')
  @Get()
  async list(@TargetRealm() realm: Realm) {
    return (await this.scopes.list(realm)).map(scopeRepresentation);
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
    const { name, attributes = {}, protocolMappers = [], ...rest } = await readScope(input);
    if (!name) throw invalid('name is missing', 'name');
    const id = await this.scopes.create(realm, by, {
      ...{ ...rest, name, attributes, protocolMappers: withMappers([], protocolMappers) },
      ...{ protocol: 'openid-connect', roles: [], assigned: 'none' },
    });
    located(reply, this.config, realm, `client-scopes/${id}`);
  }

  @Needs('view-clients')
  @Get(':scope')
  async read(@TargetRealm() realm: Realm, @ScopeId() id: string) {
    return scopeRepresentation(await this.scopes.byId(realm, id));
  }

  /** Mappers are changed at addresses of their own, as in Keycloak. */
  @Needs('manage-clients')
  @Put(':scope')
  @HttpCode(204)
  async update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ScopeId() id: string,
    @Body() input: unknown,
  ): Promise<void> {
    const { id: _fixed, protocolMappers: _own, attributes, ...changes } = await readScope(input);
    await this.scopes.update(realm, by, id, (scope) => ({
      ...changes,
      attributes: { ...scope.attributes, ...attributes },
    }));
  }

  @Needs('manage-clients')
  @Delete(':scope')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @ScopeId() id: string): Promise<void> {
    await this.scopes.remove(realm, by, await this.scopes.byId(realm, id));
  }
}

/** Which of the two lists of the realm an address is about. */
const List = createParamDecorator((_: unknown, context: ExecutionContext): 'default' | 'optional' => {
  const { url = '' } = context.switchToHttp().getRequest<FastifyRequest>().routeOptions;
  return url.includes('/default-default-client-scopes') ? 'default' : 'optional';
});

/** What clients that come after get without a word, and what they may ask for. */
@AdminController(
  'realms/:realm/default-default-client-scopes',
  'realms/:realm/default-optional-client-scopes',
)
export class RealmScopesController {
  constructor(private readonly scopes: ClientScopes) {}

  @Needs('view-clients')
  @Get()
  async list(@TargetRealm() realm: Realm, @List() list: 'default' | 'optional') {
    const scopes = await this.scopes.list(realm);
    return assignedNames(scopes, list).map((name) =>
      scopeRepresentation(scopes.find((each) => each.name === name)!),
    );
  }

  @Needs('manage-clients')
  @Put(':scope')
  @HttpCode(204)
  async add(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ScopeId() id: string,
    @List() list: 'default' | 'optional',
  ): Promise<void> {
    await this.scopes.update(realm, by, id, () => ({ assigned: list }));
  }

  @Needs('manage-clients')
  @Delete(':scope')
  @HttpCode(204)
  async remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ScopeId() id: string,
    @List() list: 'default' | 'optional',
  ): Promise<void> {
    const { assigned } = await this.scopes.byId(realm, id);
    if (assigned === list) await this.scopes.update(realm, by, id, () => ({ assigned: 'none' }));
  }
}
