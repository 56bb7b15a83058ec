// How long an application may go on with a session: the smaller bound of the session's and its own wins, as in Keycloak.
import { lifetimes, offlineMax, type Session, type SessionRealm } from './session.js';

/** What of a client says how long it may go on, where it says so. */
export interface LastingClient {
  attributes: Record<string, string>;
}

export const LIFESPAN_ATTRIBUTES = [
  'client.session.idle.timeout',
  'client.session.max.lifespan',
  'client.offline.session.idle.timeout',
  'client.offline.session.max.lifespan',
] as const;
export const ACCESS_TOKEN_LIFESPAN = 'access.token.lifespan';

/** When an application was given its first token, and the one that it has. */
export interface Held {
  begunAt: Date;
  createdAt: Date;
}

/** Seconds. What a client says of itself goes before what its realm says of all of them, and nothing before the session. */
function bounds(
  realm: SessionRealm,
  { attributes }: LastingClient,
  session: Kind,
): { idle: number; max: number } {
  const own = (name: (typeof LIFESPAN_ATTRIBUTES)[number]) => Math.max(0, Number(attributes[name]) || 0);
  if (session.offlineOf) {
    const ofAll = realm.offlineSessionMaxLifespanEnabled ? realm.clientOfflineSessionMaxLifespan : 0;
    return smaller(
      { idle: realm.offlineSessionIdleTimeout, max: offlineMax(realm) },
      own('client.offline.session.idle.timeout') || realm.clientOfflineSessionIdleTimeout,
      own('client.offline.session.max.lifespan') || ofAll,
    );
  }
  const { idle, idleRemembered, max } = lifetimes(realm);
  return smaller(
    { idle: session.rememberMe ? idleRemembered : idle, max: max(session.rememberMe) },
    own('client.session.idle.timeout') || realm.clientSessionIdleTimeout,
    own('client.session.max.lifespan') || realm.clientSessionMaxLifespan,
  );
}

type Kind = Pick<Session, 'offlineOf' | 'rememberMe'>;

/** 0 bounds nothing. */
const smaller = (session: { idle: number; max: number }, idle: number, max: number) => ({
  idle: Math.min(session.idle, idle || session.idle),
  max: Math.min(session.max, max || session.max),
});

/** The end of an offline session that was begun then and is used now. */
export function offlineEnd(realm: SessionRealm, client: LastingClient, begun: Date, now: Date): Date {
  const { idle, max } = bounds(realm, client, { offlineOf: 'itself', rememberMe: false });
  return new Date(Math.min(now.getTime() + idle * 1000, begun.getTime() + max * 1000));
}

/** Seconds for which a refresh token is good that is given out now to an application that was given its first one then. */
export function refreshLifespan(
  realm: SessionRealm,
  client: LastingClient,
  session: Session,
  begun: Date,
  now: Date,
): number {
  const { idle, max } = bounds(realm, client, session);
  const ends = [
    begun.getTime() + max * 1000,
    ...(session.offlineOf
      ? [session.createdAt.getTime() + offlineMax(realm) * 1000]
      : [
          session.expiresAt.getTime(),
          session.createdAt.getTime() + lifetimes(realm).max(session.rememberMe) * 1000,
        ]),
  ];
  return Math.min(idle, Math.floor((Math.min(...ends) - now.getTime()) / 1000));
}

/** Whether that is allowed still, which may be less than when the token was given out. */
export function mayGoOn(
  realm: SessionRealm,
  client: LastingClient,
  session: Session,
  { begunAt, createdAt }: Held,
  now: Date,
): boolean {
  const { idle } = bounds(realm, client, session);
  return (
    createdAt.getTime() + idle * 1000 > now.getTime() &&
    refreshLifespan(realm, client, session, begunAt, now) > 0
  );
}

/**
 * Seconds for which an access token is good that is given out now. A client says -1 where it is to be good for as long as
 * what it belongs to, beyond which it is good for nothing.
 * @param left seconds of that: of the refresh token beside it; where there is none, nothing but the lifespan ends it
 */
export function accessLifespan(
  realm: { accessTokenLifespan: number; ssoSessionMaxLifespan: number },
  { attributes }: LastingClient,
  left?: number,
): number {
  const seconds = Number(attributes[ACCESS_TOKEN_LIFESPAN]) || realm.accessTokenLifespan;
  if (seconds < 0) return left ?? realm.ssoSessionMaxLifespan;
  return Math.min(seconds, left ?? seconds);
}
