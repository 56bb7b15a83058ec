import { Injectable } from '@nestjs/common';
import { administers } from '../oidc/clients/built-in-clients.js';
import { Clients } from '../oidc/clients/clients.js';
import { Realms } from '../realms/realms.js';
import { isUUID } from 'class-validator';
import type { FastifyRequest } from 'fastify';

/** Whom a request reaches besides the thing that it is about. */
export interface Reach {
  /** A user who is changed, or whom one could pass for afterwards. */
  userId?: string;
  /** Something that decides who administers the realm. */
  administration?: boolean;
}

const USER = /^\/admin\/realms\/:realm\/(?:attack-detection\/brute-force\/)?users\/:(\w+)/;
const CLIENT = /^\/admin\/realms\/:realm\/clients\/:(\w+)/;

/**
 * Read from the address and declared nowhere, so that no route can forget it: a change below the address of a user
 * changes that user; whoever changes a client, or is told its secret, can come as the user that it acts as, and whoever
 * changes the clients that administrators sign in by gets hold of their tokens.
 */
@Injectable()
export class Reaches {
  constructor(
    private readonly clients: Clients,
    private readonly realms: Realms,
  ) {}

  async of({ params, routeOptions: { url = '' } }: FastifyRequest): Promise<Reach> {
    const named = params as Record<string, string>;
    const user = named[USER.exec(url)?.[1] ?? ''];
    if (isUUID(user)) return { userId: user };
    const client = named[CLIENT.exec(url)?.[1] ?? ''];
    return isUUID(client) ? this.ofClient(named.realm ?? '', client!) : {};
  }

  async ofClient(realm: string, id: string): Promise<Reach> {
    const client = await this.clients.find(await this.realms.byName(realm), id);
    if (!client) return {};
    return {
      userId: client.serviceAccountId,
      administration: client.manages !== undefined || administers(client.clientId),
    };
  }
}
