import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { ClientScopes } from '../../oidc/clients/client-scopes.js';
import type { ClientScope } from '../../oidc/clients/built-in-scopes.js';
import type { Client, ProtocolMapper } from '../../oidc/clients/client-settings.js';
import { Clients } from '../../oidc/clients/clients.js';

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
  /** Tells every role. */
  fullScope: boolean;
  /** Changes them as they are by then, which may be others than the ones above. */
  change: (by: Actor, change: (held: Held) => Partial<Held>) => Promise<void>;
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
      const heldBy = ({ protocolMappers, roles }: ClientScope): Held => ({ mappers: protocolMappers, roles });
      return {
        path: `client-scopes/${id}`,
        fullScope: false,
        ...heldBy(await this.scopes.byId(realm, id)),
        change: (by, change) =>
          this.scopes.update(realm, by, id, (scope) => {
            const { mappers, roles } = { ...heldBy(scope), ...change(heldBy(scope)) };
            return { protocolMappers: mappers, roles };
          }),
      };
    }
    const client = await this.clients.byId(realm, id);
    const heldBy = ({ protocolMappers, scopeRoles }: Client): Held => ({
      mappers: protocolMappers,
      roles: scopeRoles,
    });
    return {
      path: `clients/${id}`,
      clientId: id,
      fullScope: client.fullScopeAllowed,
      ...heldBy(client),
      change: (by, change) =>
        this.clients.update(client, by, (now) => {
          const { mappers, roles } = { ...heldBy(now), ...change(heldBy(now)) };
          return { settings: { protocolMappers: mappers, scopeRoles: roles } };
        }),
    };
  }
}
