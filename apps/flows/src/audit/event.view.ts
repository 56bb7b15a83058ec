import type { AdminEventView, EventView } from '@tumbler/contract-flows';
import type { AdminEventRow } from './admin-event.entity.js';
import type { UserEventRow } from './user-event.entity.js';

/** What is null is left out, as in Keycloak's representations. */
const given = <T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

export const eventView = (row: UserEventRow): EventView => {
  const { id, time, type, realmId, clientId, userId, sessionId, ipAddress, error, details } = row;
  return {
    id,
    time: time.getTime(),
    type,
    realmId,
    ...given({ clientId, userId, sessionId, ipAddress, error, details }),
  };
};

export const adminEventView = (row: AdminEventRow): AdminEventView => {
  const { id, time, realmId, authDetails, operationType, resourceType, resourcePath, representation } = row;
  return {
    id,
    time: time.getTime(),
    realmId,
    authDetails,
    operationType,
    resourceType,
    resourcePath,
    ...given({ representation }),
  };
};
