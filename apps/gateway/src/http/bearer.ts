import type { FastifyRequest } from 'fastify';

/** RFC 6750 §2.1; a token in the address would end up in logs, so there alone it is looked for. */
export function bearerOf({ headers }: FastifyRequest): string {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
}
