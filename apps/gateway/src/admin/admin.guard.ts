import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../http/bearer.js';
import { administers } from '../oidc/clients/built-in-clients.js';
import { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { MASTER } from './target-realm.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The administrator who asks; set by the guard of the admin API. */
    actor?: Actor;
  }
}

const ADMIN = 'admin';

/**
 * Lets administrators in and nobody else. Whether somebody is one is asked anew each time: a role that is taken away,
 * a user who is switched off and a session that has ended count at once (ASVS 8.2.1, 8.3.2).
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly bus: Bus,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // What an administrator reads is about people: nothing between here and there keeps it (ASVS 14.3.2).
    http.getResponse<FastifyReply>().header('cache-control', 'no-store');
    const token = await this.tokens.verify(bearerOf(request));
    if (!token) throw new AppError('unauthorized');
    // A token that an application was given to know its user is not one to administer with, whoever the user is; one
    // that it was given to act for itself is.
    if (token.realm.name !== MASTER || (token.session && !administers(token.clientId)))
      throw new AppError('forbidden');

    const { realm, userId, clientId, issuedAt } = token;
    const { user } = await this.bus.call(users.get, { realmId: realm.id, userId });
    if (!user?.enabled || issuedAt < user.notBefore) throw new AppError('unauthorized');
    if (!user.roles.includes(ADMIN)) throw new AppError('forbidden');
    request.actor = { realmId: realm.id, clientId, userId, ipAddress: request.ip };
    return true;
  }
}
