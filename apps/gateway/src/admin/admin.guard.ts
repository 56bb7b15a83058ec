import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Bus } from '@tumbler/bus';
import type { Actor } from '@tumbler/contract-rpc';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerOf } from '../http/bearer.js';
import { administers } from '../oidc/clients/built-in-clients.js';
import { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { Authority } from './authority.js';
import { NEEDS, type Asked } from './needs.js';
import { Reaches } from './reach.js';
import { MASTER } from './target-realm.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The administrator who asks; set by the guard of the admin API. */
    actor?: Actor;
    /** What this administrator may do in the realm of the address; where that names none, in every realm. */
    authority?: Authority;
  }
}

/**
 * Lets in who may do what the route is for, and nobody else. Who may is asked anew each time and is not read from the
 * token: a role that is taken away, a user who is switched off and a session that has ended count at once (ASVS 8.2.1,
 * 8.3.2).
 */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly bus: Bus,
    private readonly reflector: Reflector,
    private readonly reaches: Reaches,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // What an administrator reads is about people: nothing between here and there keeps it (ASVS 14.3.2).
    http.getResponse<FastifyReply>().header('cache-control', 'no-store');
    const token = await this.tokens.verify(bearerOf(request));
    if (!token) throw new AppError('unauthorized');
    const { realm: target } = request.params as { realm?: string };
    const { realm, userId, clientId, issuedAt } = token;
    // A token that an application was given to know its user is not one to administer with, whoever the user is; one
    // that it was given to act for itself is.
    if (token.session && !administers(clientId)) throw new AppError('forbidden');
    // Nor is one of a client that is not told what its user may do (RFC 9700 §2.3): it was not to act on all of it.
    if (!token.session && !token.client.fullScopeAllowed) throw new AppError('forbidden');
    // Only people of master administer realms that they are not of.
    if (realm.name !== MASTER && target !== undefined && target !== realm.name)
      throw new AppError('forbidden');

    const asked = this.reflector.get<Asked | undefined>(NEEDS, context.getHandler()) ?? [];
    const needs = typeof asked === 'function' ? asked(request.routeOptions.url ?? '') : asked;
    const changes = request.method !== 'GET' || needs.some((need) => need.startsWith('manage-'));
    const reach = changes ? await this.reaches.of(request) : {};
    const question = { realmId: realm.id, userId, target, over: reach.userId };
    const found = await this.bus.call(users.administrator, question);
    if (!found?.enabled || issuedAt < found.notBefore) throw new AppError('unauthorized');
    const authority = new Authority(found, realm.name);
    if (!needs.some((need) => authority.fulfils(need, target))) throw new AppError('forbidden');
    if (!authority.covers || (reach.administration && !authority.mayAll(target!)))
      throw new AppError('forbidden');
    request.actor = { realmId: realm.id, clientId, userId, ipAddress: request.ip };
    request.authority = authority;
    return true;
  }
}
