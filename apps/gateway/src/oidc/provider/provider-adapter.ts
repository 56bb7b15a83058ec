import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { Artifacts } from './artifacts.js';
import { usedBefore } from './client-assertions.js';
import { exchange } from './exchange.js';

/** What stands behind one of the provider's nouns. */
type Source = Partial<
  Pick<Adapter, 'find' | 'findByUid' | 'findByUserCode' | 'upsert' | 'destroy' | 'revokeByGrantId'>
>;

export interface Sources {
  /** The metadata of a client (RFC 7591). */
  client: (clientId: string) => Promise<AdapterPayload | undefined>;
  /** A token that is good now, for introspection and revocation. */
  accessToken: (value: string) => Promise<AdapterPayload | undefined>;
  refreshToken: (value: string) => Promise<AdapterPayload | undefined>;
  /** Takes back everything that a client has of a session. */
  revoke: (grantId: string) => Promise<void>;
}

const nothing = async (): Promise<undefined> => undefined;

/**
 * Tells oidc-provider where its nouns are. Sessions, grants and tokens are the gateway's own and only looked at from
 * there; a request that waits for its user stays with the exchange. The rest is kept as it is.
 */
export function adapterOf(realmId: string, artifacts: Artifacts, sources: Sources): AdapterFactory {
  const kept = (kind: string): Source => {
    const place = { realmId, kind };
    return {
      find: (id) => artifacts.find(place, id),
      findByUserCode: (code) => artifacts.findByUserCode(place, code),
      upsert: (id, payload, seconds = 0) => artifacts.put(place, id, payload, seconds),
      destroy: (id) => artifacts.remove(place, id),
    };
  };
  const own: Record<string, Source> = {
    Client: { find: sources.client },
    Session: {
      find: async () => sessionPayload(),
      findByUid: async () => sessionPayload(),
    },
    Interaction: {
      find: async (uid) => {
        const { pending } = exchange();
        return pending?.uid === uid ? pending.payload : undefined;
      },
      upsert: async (uid, payload) => void (exchange().pending = { uid, payload }),
    },
    Grant: { find: async (grantId) => grantPayload(grantId) },
    AccessToken: { find: sources.accessToken, revokeByGrantId: sources.revoke },
    RefreshToken: { find: sources.refreshToken },
    ClientCredentials: {},
    AuthorizationCode: {
      ...kept('AuthorizationCode'),
      find: (id) => artifacts.take({ realmId, kind: 'AuthorizationCode' }, id),
    },
    // The provider looks first and writes then: of two that come at once, both would be the first.
    ReplayDetection: {
      upsert: async (id, payload, seconds = 0) => {
        const place = { realmId, kind: 'ReplayDetection' };
        if (!(await artifacts.putFirst(place, id, payload, seconds))) throw usedBefore();
      },
    },
  };
  return (kind) => ({
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    upsert: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
    consume: (id) => (kind in own ? nothing() : artifacts.consume({ realmId, kind }, id)),
    ...(own[kind] ?? kept(kind)),
  });
}

/** The session of the gateway, as the provider sees it. */
function sessionPayload(): AdapterPayload | undefined {
  const { session } = exchange();
  if (!session) return undefined;
  const { id, userId, authTime, amr } = session;
  const now = Math.floor(Date.now() / 1000);
  return {
    ...{ kind: 'Session', jti: id, uid: id, accountId: userId, loginTs: authTime, amr, acr: '1' },
    ...{ iat: authTime, exp: now + 3600, authorizations: {} },
  };
}

/** `<session> <client> <user>`: what a client was granted follows from its settings and is stored nowhere. */
export const grantIdOf = (sessionId: string, clientId: string, userId: string): string =>
  [sessionId, clientId, userId].map(encodeURIComponent).join(' ');

export function partsOfGrant(grantId: string): { sessionId: string; clientId: string; userId: string } {
  const [sessionId = '', clientId = '', userId = ''] = grantId.split(' ').map(decodeURIComponent);
  return { sessionId, clientId, userId };
}

function grantPayload(grantId: string): AdapterPayload {
  const { clientId, userId } = partsOfGrant(grantId);
  const now = Math.floor(Date.now() / 1000);
  return { kind: 'Grant', jti: grantId, clientId, accountId: userId, iat: now, exp: now + 3600 };
}
