import type { Actor } from '@tumbler/contract-rpc';
import type { AdminEventData, Told } from '@tumbler/contract-events';

type Change = Pick<AdminEventData, 'operationType' | 'resourceType' | 'resourcePath'>;

/** What an administrator did, for the audit log; nothing where a user did it to themselves. */
export function adminEvent(realmId: string, by: Actor | undefined, change: Change): Told[] {
  if (!by) return [];
  const { realmId: realm, clientId, userId, ipAddress } = by;
  return [
    {
      type: 'admin',
      realmId,
      data: { ...change, authDetails: { realmId: realm, clientId, userId, ipAddress } },
    },
  ];
}
