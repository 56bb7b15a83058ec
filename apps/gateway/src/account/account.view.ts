import type { Session } from '../sessions/session.js';
import type { Account } from './accounts.js';

/** The account page as JSON, for clients that draw it themselves. */
export const accountJson = ({ user, credentials, sessions, applications }: Account, current: Session) => ({
  username: user.username,
  email: user.email,
  firstName: user.firstName,
  lastName: user.lastName,
  credentials: credentials.map(({ id, type, label, createdDate }) => ({ id, type, label, createdDate })),
  sessions: sessions.map(({ id, createdAt, address, userAgent }) => ({
    id,
    createdAt,
    address,
    userAgent,
    current: id === current.id,
  })),
  applications: applications.map(({ clientId, name, scopes, since }) => ({ clientId, name, scopes, since })),
});
