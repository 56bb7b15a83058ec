import type { Realm } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import type { GatewayConfig } from '../config.js';

/** Says where what was made can be read: `path` is relative to its realm. */
export function located(
  reply: FastifyReply,
  { publicUrl }: GatewayConfig,
  { name }: Realm,
  path: string,
): void {
  reply.header('location', `${publicUrl}/admin/realms/${encodeURIComponent(name)}/${path}`);
}
