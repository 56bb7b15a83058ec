import { AppError } from '@tumbler/errors';
import type { Realm } from '@tumbler/contract-users';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayConfig } from '../config.js';
import { CALLER } from '../http/callers.js';
import { Clients } from '../oidc/clients/clients.js';
import { webOriginsOf } from '../oidc/provider/client-metadata.js';

/** Attribute of a client: pages of its web origins may ask their users for passwords and codes themselves. */
const LOGIN_OVER_JSON = 'login.over.json.enabled';

const REMEMBERED_SECONDS = 600;

/**
 * Which pages of other origins may drive a login (CORS): those of a client that an administrator allows it. A program
 * that is no page can do whatever a browser can, so that there is nothing to allow it.
 */
@Injectable()
export class WebPages {
  constructor(
    private readonly clients: Clients,
    private readonly config: GatewayConfig,
  ) {}

  /** Lets the page of another origin read the answer; throws `forbidden` where it may not. */
  async admit(request: FastifyRequest, reply: FastifyReply, realm: Realm): Promise<void> {
    const { origin } = request.headers;
    if (origin === undefined || origin === this.config.publicUrl) return;
    const client = await this.clients.byClientId(realm, clientIdIn(request.query));
    // `*` is no origin: not every page of the world may ask for passwords. Nor is `null`, which any page can be.
    const may =
      client?.enabled &&
      client.attributes[LOGIN_OVER_JSON] === 'true' &&
      webOriginsOf(client).includes(origin);
    if (!may)
      throw new AppError('forbidden', { message: 'This page may not sign in the users of the client' });
    reply.header('access-control-allow-origin', origin).header('vary', 'Origin');
  }

  /** What a browser asks before such a page may send anything. */
  async preflight(request: FastifyRequest, reply: FastifyReply, realm: Realm): Promise<FastifyReply> {
    await this.admit(request, reply, realm);
    return reply
      .header('access-control-allow-methods', 'GET, POST')
      .header('access-control-allow-headers', `accept, accept-language, content-type, ${CALLER}`)
      .header('access-control-max-age', REMEMBERED_SECONDS)
      .status(204)
      .send();
  }
}

function clientIdIn(query: unknown): string {
  const named = typeof query === 'object' && query !== null && 'client_id' in query ? query.client_id : '';
  return typeof named === 'string' ? named.slice(0, 255) : '';
}
