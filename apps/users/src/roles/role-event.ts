import type { Operation, Told } from '@tumbler/contract-events';
import type { Actor } from '@tumbler/contract-rpc';
import type { RoleView } from '@tumbler/contract-users';
import { adminEvent } from '../admin-event.js';

interface RoleChange {
  operationType: Operation;
  role: RoleView;
  /** What follows the role in the path. */
  below?: string;
  representation?: unknown;
}

/** A change of a role, told under the noun that has it. */
export function roleEvent(
  by: Actor,
  realmId: string,
  { operationType, role: { name, client }, below = '', representation }: RoleChange,
): Told {
  return adminEvent(by, realmId, {
    operationType,
    resourceType: client ? 'CLIENT_ROLE' : 'REALM_ROLE',
    resourcePath: `${client ? `clients/${client.id}/` : ''}roles/${name}${below}`,
    ...(representation === undefined ? {} : { representation }),
  });
}
