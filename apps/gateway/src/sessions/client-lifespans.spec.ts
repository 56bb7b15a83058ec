import { describe, expect, it } from 'vitest';
import { testRealm } from '../testing/stub-services.js';
import { accessLifespan, mayGoOn, offlineEnd, refreshLifespan } from './client-lifespans.js';
import type { Session } from './session.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const REALM = { ssoSessionIdleTimeout: 1000, ssoSessionMaxLifespan: 5000, accessTokenLifespan: 300 };
const OFFLINE = { offlineSessionIdleTimeout: 1000, offlineSessionMaxLifespan: 5000 };
const ENDS = { ...OFFLINE, offlineSessionMaxLifespanEnabled: true };

const session = ({ begun = 0, ...changes }: Partial<Session> & { begun?: number } = {}) =>
  ({
    ...{ rememberMe: false, offlineOf: null, createdAt: ago(begun), expiresAt: ago(begun - 5000) },
    ...changes,
  }) as Session;
const offline = (begun = 0) => session({ begun, offlineOf: 'browser' });

describe('a refresh token is good for', () => {
  it.each([
    ['as long as its session may idle', {}, {}, session(), 0, 1000],
    ['what is left of its session', {}, {}, session({ begun: 4500 }), 4500, 500],
    ['what the realm lets every client idle', { clientSessionIdleTimeout: 60 }, {}, session(), 0, 60],
    [
      'no longer than the session, whatever that says',
      { clientSessionIdleTimeout: 9000 },
      {},
      session(),
      0,
      1000,
    ],
    [
      'what the client says of itself',
      { clientSessionIdleTimeout: 60 },
      { 'client.session.idle.timeout': '90' },
      session(),
      0,
      90,
    ],
    [
      'what the realm says where the client says 0',
      { clientSessionIdleTimeout: 60 },
      { 'client.session.idle.timeout': '0' },
      session(),
      0,
      60,
    ],
    [
      'what is left of the client’s own time',
      { clientSessionMaxLifespan: 700 },
      {},
      session({ begun: 2000 }),
      600,
      100,
    ],
    [
      'the same, by what the client says',
      {},
      { 'client.session.max.lifespan': '650' },
      session({ begun: 2000 }),
      600,
      50,
    ],
    [
      'a session no longer than its realm allows now',
      { ssoSessionMaxLifespan: 800 },
      {},
      session({ begun: 700 }),
      700,
      100,
    ],
    [
      'a remembered session, longer',
      { rememberMe: true, ssoSessionIdleTimeoutRememberMe: 3000 },
      {},
      session({ rememberMe: true }),
      0,
      3000,
    ],
    ['an offline session that may idle', OFFLINE, {}, offline(90_000), 90_000, 1000],
    ['an offline session that ends', ENDS, {}, offline(4900), 4900, 100],
    [
      'an offline session of any client',
      { ...OFFLINE, clientOfflineSessionIdleTimeout: 50 },
      {},
      offline(),
      0,
      50,
    ],
    [
      'an offline session of this client',
      OFFLINE,
      { 'client.offline.session.idle.timeout': '40' },
      offline(),
      0,
      40,
    ],
    [
      'no end for all clients where offline sessions have none',
      { ...OFFLINE, clientOfflineSessionMaxLifespan: 10 },
      {},
      offline(500),
      500,
      1000,
    ],
    [
      'the end for all clients where they have',
      { ...ENDS, clientOfflineSessionMaxLifespan: 510 },
      {},
      offline(500),
      500,
      10,
    ],
    [
      'the end that this client says of itself in any case',
      OFFLINE,
      { 'client.offline.session.max.lifespan': '520' },
      offline(500),
      500,
      20,
    ],
    [
      'what nobody can read as if it were not there',
      {},
      { 'client.session.idle.timeout': 'soon' },
      session(),
      0,
      1000,
    ],
  ] as const)('%s', (_what, realm, attributes, of, begun, seconds) => {
    const changed = testRealm({ ...REALM, ...realm });
    const client = { attributes: attributes as Record<string, string> };
    expect(refreshLifespan(changed, client, of, ago(begun), NOW)).toBe(seconds);
    if (of.offlineOf) expect(offlineEnd(changed, client, of.createdAt, NOW)).toEqual(ago(-seconds));
  });

  it('nothing once it is allowed less than when it was given out', () => {
    const client = { attributes: {} };
    const held = { begunAt: ago(500), createdAt: ago(200) };
    const may = (changes: object) =>
      mayGoOn(testRealm({ ...REALM, ...changes }), client, session({ begun: 600 }), held, NOW);
    expect(may({})).toBe(true);
    expect(may({ clientSessionIdleTimeout: 201 })).toBe(true);
    expect(may({ clientSessionIdleTimeout: 200 })).toBe(false);
    expect(may({ clientSessionMaxLifespan: 501 })).toBe(true);
    expect(may({ clientSessionMaxLifespan: 500 })).toBe(false);
  });
});

describe('an access token is good for', () => {
  it.each([
    ['what the realm says', {}, 1000, 300],
    ['what the client says', { 'access.token.lifespan': '900' }, 1000, 900],
    ['no longer than what it belongs to', { 'access.token.lifespan': '900' }, 100, 100],
    ['as long as that, where the client says so', { 'access.token.lifespan': '-1' }, 1000, 1000],
    [
      'what the client says where it belongs to nothing',
      { 'access.token.lifespan': '90000' },
      undefined,
      90_000,
    ],
    ['as long as a session might', { 'access.token.lifespan': '-1' }, undefined, 5000],
  ] as const)('%s', (_what, attributes, left, seconds) => {
    const client = { attributes: attributes as Record<string, string> };
    expect(accessLifespan(testRealm(REALM), client, left)).toBe(seconds);
  });
});
