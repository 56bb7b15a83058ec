import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { keycloakBody } from '../admin/keycloak-errors.js';
import { AppError } from '@tumbler/errors';
import { bearerOf } from './bearer.js';

/** What any request may hold. */
export const BODY_LIMIT = 64 * 1024;
/** What a file with a realm may hold: some fifty thousand users. All of it lies in memory while it is read. */
const FILE_LIMIT = 64 * 1024 * 1024;

const LARGE = ['/admin/realms', '/admin/realms/:realm/partialImport'];

export const TOO_LARGE_A_FILE =
  'A file may hold 64 MB: import the realm first, and its users in pieces with partialImport';

export const takesFiles = ({ method, routeOptions: { url } }: FastifyRequest): boolean =>
  method === 'POST' && LARGE.includes(url ?? '');

/**
 * Files with a whole realm are taken at the addresses where realms are imported, and from those alone who show a token that
 * holds: a body is read before a guard is asked, and a stranger's is not worth the memory.
 */
export function takeLargeFiles(http: FastifyInstance, tokens: AccessTokens): void {
  http.addHook('onRoute', (route) => {
    const isPost = [route.method].flat().includes('POST');
    if (isPost && LARGE.includes(route.url)) route.bodyLimit = FILE_LIMIT;
  });
  http.addHook('onRequest', async (request, reply) => {
    if (!takesFiles(request) || lengthOf(request) <= BODY_LIMIT) return;
    const refusal = (await tokens.verify(bearerOf(request)))
      ? tooLarge(request)
      : new AppError('unauthorized');
    if (!refusal) return;
    if (refusal.code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="master"');
    return refuseUnread(reply, refusal);
  });
}

/** Refuses what is still being sent. The connection stays open: a client that is cut off while it sends never reads why. */
export const refuseUnread = (reply: FastifyReply, refusal: AppError): FastifyReply =>
  reply.status(refusal.status).send(keycloakBody(refusal));

/** A file that does not say how long it is is measured while it is read. */
function tooLarge(request: FastifyRequest): AppError | undefined {
  const length = lengthOf(request);
  return length > FILE_LIMIT && length < Infinity
    ? new AppError('payload_too_large', { message: TOO_LARGE_A_FILE })
    : undefined;
}

const lengthOf = ({ headers }: FastifyRequest): number => Number(headers['content-length'] ?? Infinity);
