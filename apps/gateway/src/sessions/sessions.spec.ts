import { randomUUID } from 'node:crypto';
import type { FinishedLogin } from '@tumbler/contract-flows';
import { drift } from '@tumbler/database';
import { Keyring } from '@tumbler/sealing';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { SessionEnds } from './session-ends.js';
import type { SessionRealm } from './session.js';
import { Sessions } from './sessions.js';

const realm: SessionRealm = {
  id: randomUUID(),
  notBefore: 0,
  rememberMe: true,
  ssoSessionIdleTimeout: 1800,
  ssoSessionMaxLifespan: 36_000,
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 72_000,
  offlineSessionIdleTimeout: 100_000,
  offlineSessionMaxLifespanEnabled: false,
  offlineSessionMaxLifespan: 500_000,
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
};
const SECRET = 'the secret of one browser';

describe('sessions', () => {
  let gateway: TestGateway;
  let sessions: Sessions;
  beforeAll(async () => {
    gateway = await testGateway();
    sessions = gateway.app.get(Sessions);
  });
  afterAll(() => gateway.close());

  const finished = (changes: Partial<FinishedLogin> = {}): FinishedLogin => ({
    userId: randomUUID(),
    username: 'ann',
    clientId: 'account',
    authTime: Math.floor(gateway.clock.now().getTime() / 1000),
    amr: ['pwd', 'otp'],
    rememberMe: false,
    ...changes,
  });
  const open = async (changes: Partial<FinishedLogin> = {}) => {
    const opening = { loginId: randomUUID(), realm, finished: finished(changes), browserSecret: SECRET };
    const opened = await sessions.open(opening);
    return { ...opening, token: opened?.token ?? '' };
  };

  it('has a database that fits its entities', async () => {
    expect(await drift(gateway.app.get(DataSource))).toEqual([]);
  });

  it('finds a session by its cookie, with how and when the user signed in', async () => {
    const { token, loginId, finished } = await open();
    const session = await sessions.byToken(realm, token);
    expect(session).toMatchObject({
      id: loginId,
      userId: finished.userId,
      amr: ['pwd', 'otp'],
      authTime: gateway.clock.now(),
    });
  });

  it('reads one session and no other, also by plans that were made while there were none', async () => {
    const db = new DataSource({
      ...(gateway.app.get(DataSource).options as object),
      ...{ migrationsRun: false, poolSize: 1, extra: { options: '-c plan_cache_mode=force_generic_plan' } },
    } as DataSourceOptions);
    await db.initialize();
    const onOneConnection = new Sessions(db, gateway.clock, gateway.app.get(Keyring));
    await onOneConnection.byId(realm, randomUUID());
    await onOneConnection.byToken(realm, 'a cookie');
    await onOneConnection.heldBy(realm, randomUUID(), { id: randomUUID() });
    const prepared: { name: string; n: number }[] = await db.query(
      'select name, cardinality(parameter_types) as n from pg_prepared_statements',
    );
    expect(prepared).toHaveLength(3);
    const indexes = new Set<string>();
    for (const { name, n } of prepared) {
      const nothing = Array.from({ length: n }, () => 'null').join(', ');
      const [plan] = await db.query(`explain (format json) execute "${name}" (${nothing})`);
      expect(JSON.stringify(plan)).not.toContain('Seq Scan');
      for (const [, index] of JSON.stringify(plan).matchAll(/"Index Name":"(\w+)"/g)) indexes.add(index!);
    }
    await db.destroy();
    expect([...indexes].sort()).toEqual(['refresh_token_of_client', 'session_pkey', 'session_token_hash']);
  });

  it('keeps no cookie in the database (ASVS 11.5.1, 16.2.5)', async () => {
    const { token } = await open();
    const rows: unknown[] = await gateway.app.get(DataSource).query('select * from session');
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('answers the same token when a login is finished twice at once', async () => {
    const opening = { loginId: randomUUID(), realm, finished: finished(), browserSecret: SECRET };
    const opened = await Promise.all(Array.from({ length: 8 }, () => sessions.open(opening)));
    expect(new Set(opened.map((each) => each?.token)).size).toBe(1);
    expect(await sessions.list(realm, opening.finished.userId)).toHaveLength(1);
  });

  it('gives each login another token, and another browser none that fits', async () => {
    const first = await open();
    const again = await open({ userId: first.finished.userId });
    expect(again.token).not.toBe(first.token);
    expect(await sessions.open({ ...first, browserSecret: 'another browser' })).toBeUndefined();
  });

  it('ends the session that a new login takes the place of (ASVS 7.2.4)', async () => {
    const old = await open();
    const login = { loginId: randomUUID(), realm, finished: finished(), browserSecret: SECRET };
    const fresh = await sessions.open({ ...login, replaces: old.loginId });
    expect(await sessions.byToken(realm, old.token)).toBeUndefined();
    expect(await sessions.byToken(realm, fresh!.token)).toBeDefined();
  });

  it('goes on with what was proven on top of it, under another cookie (ASVS 7.2.4)', async () => {
    const { token, loginId: id, finished: first } = await open({ amr: ['pwd'], levels: { '1': 1 } });
    gateway.clock.advance(60);
    const { userId } = first;
    const raise = (changes: Partial<FinishedLogin> = {}) =>
      sessions.raise({
        ...{ id, loginId, realm, browserSecret: SECRET },
        finished: finished({ userId, levels: { '2': 2 }, ...changes }),
      });
    const loginId = randomUUID();
    const [raised, again] = [await raise(), await raise()];
    expect(again).toEqual(raised);
    expect(await sessions.byToken(realm, token)).toBeUndefined();
    expect(await sessions.byToken(realm, raised!.token)).toMatchObject({
      ...{ id, amr: ['pwd', 'otp'], levels: { '1': 1, '2': 2 }, authTime: gateway.clock.now() },
    });
    // Neither for somebody else, nor by what is older, nor once it has ended.
    expect(await raise({ userId: randomUUID() })).toBeUndefined();
    expect(await raise({ authTime: first.authTime })).toBeUndefined();
    await sessions.end(realm.id, id);
    expect(await raise()).toBeUndefined();
  });

  it('does not end what came after a login that is finished once more', async () => {
    const old = await open();
    const fresh = await open();
    await sessions.end(realm.id, old.loginId);
    expect(await sessions.open({ ...old, replaces: fresh.loginId })).toBeUndefined();
    expect(await sessions.byToken(realm, fresh.token)).toBeDefined();
  });

  it('never opens an ended session again (ASVS 7.4.1)', async () => {
    const { token, ...opening } = await open();
    expect(await sessions.end(realm.id, opening.loginId)).toBe(true);
    expect(await sessions.end(realm.id, opening.loginId)).toBe(false);
    expect(await sessions.open(opening)).toBeUndefined();
    expect(await sessions.byToken(realm, token)).toBeUndefined();
    expect(await sessions.byId(realm, opening.loginId)).toBeUndefined();
  });

  it('knows a session in its own realm only (ASVS 8.4.1)', async () => {
    const { token, loginId } = await open();
    const other = { ...realm, id: randomUUID() };
    expect(await sessions.byToken(other, token)).toBeUndefined();
    expect(await sessions.byId(other, loginId)).toBeUndefined();
    expect(await sessions.end(other.id, loginId)).toBe(false);
  });

  it('lets an idle session go, and keeps one that is used (ASVS 7.3.1)', async () => {
    const idle = await open();
    const used = await open();
    gateway.clock.advance(1000);
    expect(await sessions.byToken(realm, used.token)).toBeDefined();
    gateway.clock.advance(1000);
    expect(await sessions.byToken(realm, used.token)).toBeDefined();
    expect(await sessions.byToken(realm, idle.token)).toBeUndefined();
  });

  it('lets a session go at the end of its longest life, however busy (ASVS 7.3.2)', async () => {
    const short = { ...realm, ssoSessionIdleTimeout: 100_000 };
    const plain = await open();
    const remembered = await open({ rememberMe: true });
    gateway.clock.advance(36_000);
    expect(await sessions.byToken(short, plain.token)).toBeUndefined();
    expect(await sessions.byToken(short, remembered.token)).toBeDefined();
    gateway.clock.advance(36_000);
    expect(await sessions.byToken(short, remembered.token)).toBeUndefined();
  });

  it('holds a session against what its realm allows now, when that became less', async () => {
    const { token, loginId, finished } = await open();
    gateway.clock.advance(600);
    const isAlive = async (changes: Partial<SessionRealm>) => {
      const now = { ...realm, ...changes };
      const found = [await sessions.byToken(now, token), await sessions.byId(now, loginId)];
      const listed = await sessions.list(now, finished.userId);
      expect(found.filter(Boolean).length, 'all of them agree').toBe(listed.length * 2);
      return listed.length > 0;
    };
    expect(await isAlive({ ssoSessionMaxLifespan: 600 })).toBe(false);
    expect(await isAlive({ ssoSessionMaxLifespan: 601 })).toBe(true);
    const now = Math.floor(gateway.clock.now().getTime() / 1000);
    expect(await isAlive({ notBefore: now })).toBe(false);
    expect(await isAlive({ notBefore: now - 600 })).toBe(true);
  });

  it('lets a remembered session idle for as long as the realm says for it (ASVS 7.3.1)', async () => {
    const patient = { ...realm, ssoSessionIdleTimeoutRememberMe: 7200 };
    const [plain, remembered] = [await open(), await open({ rememberMe: true })];
    gateway.clock.advance(7000);
    expect(await sessions.byToken(patient, plain.token)).toBeUndefined();
    expect(await sessions.byToken(patient, remembered.token)).toBeDefined();
    gateway.clock.advance(7200);
    expect(await sessions.byToken(patient, remembered.token)).toBeUndefined();
  });

  it('is over for whoever was to be remembered, where the realm remembers nobody any more (CVE-2025-11429)', async () => {
    const [plain, remembered] = [await open(), await open({ rememberMe: true })];
    const stopped = { ...realm, rememberMe: false };
    const { token, loginId, finished } = remembered;
    expect(await sessions.byToken(stopped, token)).toBeUndefined();
    expect(await sessions.use(stopped, loginId)).toBeUndefined();
    expect(await sessions.list(stopped, finished.userId)).toEqual([]);
    expect(await sessions.raise({ ...remembered, realm: stopped, id: loginId })).toBeUndefined();
    expect(await sessions.byToken(stopped, plain.token)).toBeDefined();
    expect(await sessions.byToken(realm, token)).toBeDefined();
  });

  it('writes that a session was seen once a minute at most', async () => {
    const { token, loginId } = await open();
    const seen = async () => (await sessions.byId(realm, loginId))?.lastSeenAt.getTime();
    const begun = await seen();
    gateway.clock.advance(59);
    await sessions.byToken(realm, token);
    expect(await seen()).toBe(begun);
    gateway.clock.advance(1);
    await sessions.byToken(realm, token);
    expect(await seen()).toBe(begun! + 60_000);
  });

  it('opens a session without a browser for a password grant', async () => {
    const id = randomUUID();
    await sessions.openDirect({ id, realm, finished: finished({ clientId: 'admin-cli' }) });
    expect(await sessions.byId(realm, id)).toMatchObject({ clientId: 'admin-cli' });
  });

  it('ends the other sessions of a user, or all of them', async () => {
    const here = await open();
    const there = await open({ userId: here.finished.userId });
    const stranger = await open();
    await sessions.endOfUser(realm.id, here.finished.userId, here.loginId);
    expect(await sessions.byToken(realm, there.token)).toBeUndefined();
    expect(await sessions.byToken(realm, here.token)).toBeDefined();
    await sessions.endOfUser(realm.id, here.finished.userId);
    expect(await sessions.byToken(realm, here.token)).toBeUndefined();
    expect(await sessions.byToken(realm, stranger.token)).toBeDefined();
  });

  it('ends the sessions of a user who is removed or disabled (ASVS 7.4.2), and forgets a realm', async () => {
    const removed = await open();
    const disabled = await open();
    const other = await open();
    const ends = gateway.app.get(SessionEnds);
    const event = {
      specversion: '1.0',
      source: 'tumbler/users',
      time: '',
      datacontenttype: 'application/json',
    } as const;
    await ends.usersWent([
      {
        ...event,
        id: '1',
        type: 'user.removed',
        realmid: realm.id,
        data: { userId: removed.finished.userId },
      },
      {
        ...event,
        id: '2',
        type: 'user.disabled',
        realmid: realm.id,
        data: { userId: disabled.finished.userId },
      },
    ]);
    expect(await sessions.byToken(realm, removed.token)).toBeUndefined();
    expect(await sessions.byToken(realm, disabled.token)).toBeUndefined();
    expect(await sessions.byToken(realm, other.token)).toBeDefined();
    await ends.realmsWent([
      { ...event, id: '3', type: 'realm.removed', realmid: realm.id, data: { name: 'r' } },
    ]);
    expect(await sessions.byToken(realm, other.token)).toBeUndefined();
  });

  it('clears away what has been over for a day', async () => {
    const { loginId } = await open();
    gateway.clock.advance(36_000 + 24 * 3600 + 1);
    await gateway.app.get(SessionEnds).prune();
    expect(
      await gateway.app.get(DataSource).query('select id from session where id = $1', [loginId]),
    ).toEqual([]);
  });
});
