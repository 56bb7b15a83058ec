import type { Realm } from '@tumbler/contract-users';

/** A session that is alive, as the rest of the gateway sees it. */
export interface Session {
  id: string;
  realmId: string;
  userId: string;
  /** The application that the user signed in for, by its id; null where it is none that is here still. */
  client: string | null;
  clientId: string;
  authTime: Date;
  /** RFC 8176 */
  amr: string[];
  /** By level of authentication, when it was reached. Seconds since 1970. */
  levels: Record<string, number>;
  rememberMe: boolean;
  address: string | null;
  userAgent: string | null;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  /** The session that it began in, where it is one application's that goes on when nobody is there. */
  offlineOf: string | null;
}

/** What of a realm decides how long its sessions live. */
export type SessionRealm = Pick<
  Realm,
  | 'id'
  | 'notBefore'
  | 'rememberMe'
  | 'ssoSessionIdleTimeout'
  | 'ssoSessionMaxLifespan'
  | 'ssoSessionIdleTimeoutRememberMe'
  | 'ssoSessionMaxLifespanRememberMe'
  | 'offlineSessionIdleTimeout'
  | 'offlineSessionMaxLifespanEnabled'
  | 'offlineSessionMaxLifespan'
  | 'clientSessionIdleTimeout'
  | 'clientSessionMaxLifespan'
  | 'clientOfflineSessionIdleTimeout'
  | 'clientOfflineSessionMaxLifespan'
>;

/**
 * Seconds; the values for remember-me are those of any session where a realm has 0 for them. Where it remembers nobody any
 * more, sessions that were to be remembered are over (CVE-2025-11429 of Keycloak).
 */
export function lifetimes(realm: SessionRealm) {
  const { rememberMe, ssoSessionIdleTimeout: idle, ssoSessionMaxLifespan: longest } = realm;
  const remembered = {
    idle: rememberMe ? realm.ssoSessionIdleTimeoutRememberMe || idle : 0,
    max: rememberMe ? realm.ssoSessionMaxLifespanRememberMe || longest : 0,
  };
  return {
    idle,
    idleRemembered: remembered.idle,
    max: (isRemembered: boolean): number => (isRemembered ? remembered.max : longest),
  };
}

/** Whether a session is still within what its realm allows now, which may be less than when it began. */
export function allowedBy(realm: SessionRealm, session: Session, now: Date): boolean {
  const begun = session.createdAt.getTime();
  const longest = session.offlineOf ? offlineMax(realm) : lifetimes(realm).max(session.rememberMe);
  return begun >= realm.notBefore * 1000 && begun + longest * 1000 > now.getTime();
}

/** Seconds of what has no end. */
const FOREVER = 100 * 365 * 24 * 3600;

export const offlineMax = (realm: SessionRealm): number =>
  realm.offlineSessionMaxLifespanEnabled ? realm.offlineSessionMaxLifespan : FOREVER;
