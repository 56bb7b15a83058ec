import type { Session } from '../sessions/session.js';

/** Keycloak's UserSessionRepresentation. */
export const sessionRepresentation = (session: Session, username: string) => ({
  id: session.id,
  username,
  userId: session.userId,
  ipAddress: session.address ?? undefined,
  start: session.createdAt.getTime(),
  lastAccess: session.lastSeenAt.getTime(),
  rememberMe: session.rememberMe,
  clients: { [session.clientId]: session.clientId },
});
