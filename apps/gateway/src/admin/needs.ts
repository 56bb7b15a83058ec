import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { AdminRight } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { FastifyRequest } from 'fastify';
import type { Authority } from './authority.js';

/**
 * A right in the realm of the address; or `any right` (in that realm, or in some realm where the address names none),
 * `create-realm`, or nothing more than to be `signed in`.
 */
export type Need = AdminRight | 'any right' | 'create-realm' | 'signed in';

export const NEEDS = 'tumbler:needs';

/** What a route asks for, or, where it has several addresses, what it asks for at each of them. */
export type Asked = readonly Need[] | ((url: string) => readonly Need[]);

/** What a route of the admin API asks of whoever comes: one of these. A route that does not say lets nobody in. */
export const Needs = (...needs: [Need, ...Need[]]) => SetMetadata<string, Asked>(NEEDS, needs);

/** Roles of the realm are a matter of the realm, those of a client one of the clients. */
export const NeedsForRoles = (verb: 'view' | 'manage', ...others: Need[]) =>
  SetMetadata<string, Asked>(NEEDS, (url) => [
    url.includes('/clients/:client/') ? `${verb}-clients` : `${verb}-realm`,
    ...others,
  ]);

/** What the administrator who asks may do. */
export const Rights = createParamDecorator((_: unknown, context: ExecutionContext): Authority => {
  const { authority } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!authority) throw new AppError('unauthorized');
  return authority;
});
