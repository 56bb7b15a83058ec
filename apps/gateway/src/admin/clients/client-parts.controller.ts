import { createParamDecorator, Delete, Get, HttpCode, Put, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import type { FastifyRequest } from 'fastify';
import { ClientScopes } from '../../oidc/clients/client-scopes.js';
import { Clients } from '../../oidc/clients/clients.js';
import { AdminController, By } from '../admin-controller.js';
import { Needs } from '../needs.js';
import { TargetRealm } from '../target-realm.js';
import { ScopeId } from './client-scopes.controller.js';
import { ClientId } from './clients.controller.js';

const KINDS = {
  'default-client-scopes': 'defaultClientScopes',
  'optional-client-scopes': 'optionalClientScopes',
} as const;
type Kind = keyof typeof KINDS;
type Lists = (typeof KINDS)[Kind];
const LISTS = Object.keys(KINDS) as Kind[];

/** Which of the two lists an address is about. */
const List = createParamDecorator((_: unknown, context: ExecutionContext): Lists => {
  const { url = '' } = context.switchToHttp().getRequest<FastifyRequest>().routeOptions;
  return KINDS[LISTS.find((kind) => url.includes(`/${kind}`))!];
});

/** The scopes of a client. */
@AdminController('realms/:realm/clients/:client')
export class ClientPartsController {
  constructor(
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
  ) {}

  @Needs('view-clients')
  @Get(LISTS)
  async list(@TargetRealm() realm: Realm, @ClientId() id: string, @List() list: Lists) {
    const [client, scopes] = await Promise.all([this.clients.byId(realm, id), this.scopes.list(realm)]);
    const ids = new Map(scopes.map((scope) => [scope.name, scope.id]));
    return client[list].filter((name) => ids.has(name)).map((name) => ({ id: ids.get(name)!, name }));
  }

  @Needs('manage-clients')
  @Put(LISTS.map((kind) => `${kind}/:scope`))
  @HttpCode(204)
  add(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @List() list: Lists,
    @ScopeId() scope: string,
  ): Promise<void> {
    return this.put(realm, by, { id, scope, list });
  }

  @Needs('manage-clients')
  @Delete(LISTS.map((kind) => `${kind}/:scope`))
  @HttpCode(204)
  remove(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @ClientId() id: string,
    @ScopeId() scope: string,
  ): Promise<void> {
    return this.put(realm, by, { id, scope });
  }

  /** A scope is in one of the two lists, or in none. */
  private async put(
    realm: Realm,
    by: Actor,
    { id, scope, list }: { id: string; scope: string; list?: Lists },
  ): Promise<void> {
    const { name } = await this.scopes.byId(realm, scope);
    await this.clients.update({ id, realmId: realm.id }, by, (client) => {
      const lists = Object.values(KINDS).map((each) => {
        const others = client[each].filter((had) => had !== name);
        return [each, each === list ? [...others, name] : others] as const;
      });
      return { settings: Object.fromEntries(lists) };
    });
  }
}
