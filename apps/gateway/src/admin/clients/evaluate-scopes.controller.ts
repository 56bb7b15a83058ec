import { Get, Param, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users, type Realm } from '@tumbler/contract-users';
import { AppError, notFound } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { JWTPayload } from 'jose';
import { GatewayConfig } from '../../config.js';
import { ClientScopes, scopesOf } from '../../oidc/clients/client-scopes.js';
import { Clients } from '../../oidc/clients/clients.js';
import {
  accessClaims,
  grantedScope,
  idClaims,
  issuerOf,
  userinfoClaims,
  type TokenSubject,
} from '../../oidc/tokens/claims.js';
import { MappedFacts } from '../../oidc/tokens/mapped-facts.js';
import { accessLifespan } from '../../sessions/client-lifespans.js';
import { AdminController } from '../admin-controller.js';
import type { Authority } from '../authority.js';
import { Needs, Rights } from '../needs.js';
import { roleRepresentation } from '../roles/role.representation.js';
import { RolesOfRealm } from '../roles/roles-of-realm.js';
import { TargetRealm } from '../target-realm.js';
import { ClientId } from './clients.controller.js';

interface Asked {
  scope?: unknown;
  userId?: unknown;
}

/** What a client would be told, before anybody signs in to it. Nothing here is signed: an example is no token. */
@AdminController('realms/:realm/clients/:client/evaluate-scopes')
export class EvaluateScopesController {
  constructor(
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
    private readonly facts: MappedFacts,
    private readonly roles: RolesOfRealm,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  @Needs('view-clients')
  @Get('protocol-mappers')
  async mappers(@TargetRealm() realm: Realm, @ClientId() id: string, @Query('scope') scope: unknown) {
    const client = await this.clients.byId(realm, id);
    const scopes = scopesOf(client, await this.scopes.list(realm), textOf(scope));
    const containers = [
      ...scopes.map((each) => ({ ...each, containerType: 'client-scope' })),
      { ...client, name: client.clientId, containerType: 'client' },
    ];
    return containers.flatMap(({ id: containerId, name: containerName, containerType, protocolMappers }) =>
      protocolMappers.map((mapper) => ({
        ...{ mapperId: mapper.id, mapperName: mapper.name, protocolMapper: mapper.protocolMapper },
        ...{ containerId, containerName, containerType },
      })),
    );
  }

  /** Roles of the realm or of a client that the client would be told of if its user had them, or would not. */
  @Needs('view-clients')
  @Get('scope-mappings/:of/:which')
  async told(
    @TargetRealm() realm: Realm,
    @ClientId() id: string,
    @Param('of') of: string,
    @Param('which') which: string,
    @Query('scope') scope: unknown,
  ) {
    if (which !== 'granted' && which !== 'not-granted') throw notFound('HTTP 404 Not Found');
    const client = await this.clients.byId(realm, id);
    const container = await this.roles.container(realm, of === realm.name ? undefined : of);
    const [all, scopes] = await Promise.all([
      this.bus.call(users.listRoles, { realmId: realm.id, clientId: container?.id }),
      this.scopes.list(realm),
    ]);
    const given = scopesOf(client, scopes, textOf(scope)).flatMap(({ roles }) => roles);
    const known = await this.scopes.unfold(realm, [...client.scopeRoles, ...given]);
    const isTold = (roleId: string) =>
      client.fullScopeAllowed || container?.id === client.id || known.some((role) => role.id === roleId);
    return all
      .filter((role) => isTold(role.id) === (which === 'granted'))
      .map((role) => roleRepresentation(realm, role, true));
  }

  @Needs('view-clients')
  @Get('generate-example-access-token')
  async accessToken(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @ClientId() id: string,
    @Query() asked: Asked,
  ): Promise<Record<string, unknown>> {
    const subject = await this.subject(realm, rights, id, asked);
    return this.example(realm, subject, accessClaims(subject, await this.facts.of(realm, subject)));
  }

  @Needs('view-clients')
  @Get('generate-example-id-token')
  async idToken(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @ClientId() id: string,
    @Query() asked: Asked,
  ): Promise<Record<string, unknown>> {
    const subject = await this.subject(realm, rights, id, asked);
    const { at_hash: _none, ...claims } = idClaims(subject, await this.facts.of(realm, subject), '');
    return this.example(realm, subject, claims);
  }

  @Needs('view-clients')
  @Get('generate-example-userinfo')
  async userinfo(
    @TargetRealm() realm: Realm,
    @Rights() rights: Authority,
    @ClientId() id: string,
    @Query() asked: Asked,
  ): Promise<Record<string, unknown>> {
    const subject = await this.subject(realm, rights, id, asked);
    return userinfoClaims(subject, await this.facts.of(realm, subject));
  }

  private async subject(
    realm: Realm,
    rights: Authority,
    id: string,
    { scope, userId }: Asked,
  ): Promise<TokenSubject> {
    // What a client would be told of a user is told here: whoever may look at clients may not therefore look at users.
    if (!rights.may('view-users', realm.name)) throw new AppError('forbidden');
    if (typeof userId !== 'string' || userId === '') throw notFound('No userId provided');
    if (!isUUID(userId)) throw notFound('No user found');
    const [client, scopes, { user }] = await Promise.all([
      this.clients.byId(realm, id),
      this.scopes.list(realm),
      this.bus.call(users.get, { realmId: realm.id, userId }),
    ]);
    if (!user) throw notFound('No user found');
    const session = { id: 'example', authTime: this.clock.seconds(), amr: ['pwd'] };
    return { user, client, scope: grantedScope(client, scopes, `openid ${textOf(scope)}`), session };
  }

  private example(realm: Realm, { user, client }: TokenSubject, claims: JWTPayload): Record<string, unknown> {
    const iat = this.clock.seconds();
    const iss = issuerOf(this.config.publicUrl, realm);
    return { exp: iat + accessLifespan(realm, client), iat, jti: 'example', iss, sub: user.id, ...claims };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
