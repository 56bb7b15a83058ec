import type { FastifyReply } from 'fastify';
import type { ProviderAnswer } from './exchange.js';

/** Cookies of the provider stay here, and the length is counted anew. */
const KEPT_BACK = new Set(['set-cookie', 'content-length', 'date', 'connection', 'keep-alive']);

/** Sends on what the provider answered. */
export async function relay(
  reply: FastifyReply,
  { status, headers, body }: ProviderAnswer,
): Promise<FastifyReply> {
  for (const [name, value] of Object.entries(headers)) {
    if (!KEPT_BACK.has(name) && value !== undefined) void reply.header(name, value);
  }
  // Keycloak's adapter asks with credentials. There are none to misuse: nothing that is relayed looks at a cookie.
  const { 'access-control-allow-origin': origin } = headers;
  if (origin && origin !== '*') void reply.header('access-control-allow-credentials', 'true');
  if (status === 503) void reply.header('retry-after', '3');
  return reply.status(status).send(body);
}
