import type { Realm } from '@tumbler/contract-users';

/** A session that is alive, as the rest of the gateway sees it. */
export interface Session {
  id: string;
  realmId: string;
  userId: string;
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
}

/** What of a realm decides how long its sessions live. */
export type SessionRealm = Pick<
  Realm,
  | 'id'
  | 'notBefore'
  | 'ssoSessionIdleTimeout'
  | 'ssoSessionMaxLifespan'
  | 'ssoSessionIdleTimeoutRememberMe'
  | 'ssoSessionMaxLifespanRememberMe'
>;

/** Seconds; the values for remember-me are those of any session where a realm has 0 for them. */
export function lifetimes(realm: SessionRealm) {
  return {
    idle: realm.ssoSessionIdleTimeout,
    idleRemembered: realm.ssoSessionIdleTimeoutRememberMe || realm.ssoSessionIdleTimeout,
    max: (remembered: boolean): number =>
      (remembered && realm.ssoSessionMaxLifespanRememberMe) || realm.ssoSessionMaxLifespan,
  };
}

/** Whether a session is still within what its realm allows now, which may be less than when it began. */
export function allowedBy(realm: SessionRealm, { createdAt, rememberMe }: Session, now: Date): boolean {
  const begun = createdAt.getTime();
  const longest = lifetimes(realm).max(rememberMe) * 1000;
  return begun >= realm.notBefore * 1000 && begun + longest > now.getTime();
}
