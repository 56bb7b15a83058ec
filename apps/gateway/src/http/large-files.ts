import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AccessTokens } from '../oidc/tokens/access-tokens.js';
import { keycloakBody } from '../admin/keycloak-errors.js';
import { AppError } from '@tumbler/errors';
import { bearerOf } from './bearer.js';

/** What any request may hold. */
export const BODY_LIMIT = 64 * 1024;
/** What a file with a realm may hold: some fifty thousand users. All of it lies in memory while it is read. */
export const FILE_LIMIT = 64 * 1024 * 1024;

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
    if (!takesFiles(request) || !isLarge(request) || (await tokens.verify(bearerOf(request)))) return;
    const error = new AppError('unauthorized');
    // The rest of the body is not waited for.
    reply.header('connection', 'close').header('www-authenticate', 'Bearer realm="master"');
    return reply.status(error.status).send(keycloakBody(error));
  });
}

/** One that does not say how long it is may be of any length. */
function isLarge({ headers }: FastifyRequest): boolean {
  const length = Number(headers['content-length'] ?? Infinity);
  return length > BODY_LIMIT;
}
