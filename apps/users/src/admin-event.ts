import type { AdminEventData, Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';

type AdminChange = Omit<AdminEventData, 'authDetails'>;

/** What an administrator did in a realm. */
export function adminEvent(by: Actor, realmId: string, change: AdminChange): Told {
  const { realmId: from, clientId, userId, ipAddress } = by;
  const authDetails = { realmId: from, clientId, userId, ...(ipAddress ? { ipAddress } : {}) };
  return { type: 'admin', realmId, data: { ...change, authDetails } };
}
