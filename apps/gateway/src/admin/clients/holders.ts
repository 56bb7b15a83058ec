import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ClientScopes } from '../../oidc/clients/client-scopes.js';
import type { ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';
import { settingsOf } from './client-changes.js';

export interface HolderId {
  kind: 'client' | 'scope';
  id: string;
}

export const Holding = createParamDecorator((_: unknown, context: ExecutionContext): HolderId => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest>();
  const { client, scope } = params as { client?: string; scope?: string };
  const kind = scope === undefined ? 'client' : 'scope';
  const id = scope ?? client;
  if (!isUUID(id))
    throw notFound(kind === 'client' ? 'Could not find client' : 'Could not find client scope');
  return { kind, id: id! };
});

export interface Held {
  mappers: ProtocolMapper[];
  /** Ids of roles. */
  roles: string[];
}

export interface Holder extends Held {
  /** Relative to the realm. */
  path: string;
  /** The client whose own roles it tells in any case. */
  clientId?: string;
  change: (by: Actor, held: Partial<Held>) => Promise<void>;
}

/** Clients and client scopes, as far as they are alike. */
@Injectable()
export class Holders {
  constructor(
    private readonly clients: Clients,
    private readonly scopes: ClientScopes,
  ) {}

  /** Throws `not_found`. */
  async of(realm: Realm, { kind, id }: HolderId): Promise<Holder> {
    if (kind === 'scope') {
      const scope = await this.scopes.byId(realm, id);
      return {
        path: `client-scopes/${id}`,
        mappers: scope.protocolMappers,
        roles: scope.roles,
        change: (by, { mappers: protocolMappers = scope.protocolMappers, roles = scope.roles }) =>
          this.scopes.update(realm, by, scope, { ...scope, protocolMappers, roles }),
      };
    }
    const client = await this.clients.byId(realm, id);
    const { clientId } = client;
    return {
      path: `clients/${id}`,
      clientId: id,
      mappers: client.protocolMappers,
      roles: client.scopeRoles,
      change: (by, { mappers = client.protocolMappers, roles = client.scopeRoles }) =>
        this.clients.update(client, by, {
          clientId,
          settings: { ...settingsOf(client), protocolMappers: mappers, scopeRoles: roles },
        }),
    };
  }
}
