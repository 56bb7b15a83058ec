import type { AdminEventData, Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';

/** Tells what an administrator did in a realm. */
export function adminEvent(
  { realmId, clientId, userId, ipAddress }: Actor,
  where: string,
  what: Omit<AdminEventData, 'authDetails'>,
): Told {
  const authDetails = { realmId, clientId, userId, ...(ipAddress ? { ipAddress } : {}) };
  return { type: 'admin', realmId: where, data: { ...what, authDetails } };
}
