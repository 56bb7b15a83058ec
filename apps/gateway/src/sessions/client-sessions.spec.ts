import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { ClientSessions } from './client-sessions.js';

/** $1 the realm, $2 now. Most have no session. */
const TEN_CLIENTS = `
  insert into client (id, realm_id, client_id, settings, created_at)
  select gen_random_uuid(), $1, 'app-' || n, '{}', $2 from generate_series(0, 9) n`;

/** $1 the realm, $2 how many sessions, $3 now. They begin in turn for app-0, app-1 and app-2. */
const SESSIONS = `
  insert into session (id, realm_id, user_id, client, client_id, auth_time, amr, remember_me, user_agent, created_at, last_seen_at, expires_at)
  select gen_random_uuid(), $1, gen_random_uuid(), client.id, client_id, $3, array['pwd'], false, n, $3, $3, $3::timestamptz + interval '1 h'
    from generate_series(1, $2::int) n join client on realm_id = $1 and client_id = 'app-' || n % 3`;

/** $2 now. Each has a token for the application that it began for, and each tenth two more, for app-3. */
const TOKENS = `
  insert into refresh_token (hash, realm_id, session_id, client, scope, begun_at, created_at, expires_at)
  select decode(md5(concat(session.id, clientname, nth)), 'hex'), $1, session.id, client.id, 'openid', $2, $2, $2::timestamptz + interval '1 h'
    from session join (values (1, null, 1), (10, 'app-3', 1), (10, 'app-3', 2)) each (step, clientname, nth)
      on user_agent::int % step = 0
    join client on client.realm_id = $1 and client.client_id = coalesce(clientname, session.client_id)
   where session.realm_id = $1`;

/** $2 now. Each twentieth goes on offline, for app-4. */
const OFFLINE = `
  insert into session (id, realm_id, user_id, client, client_id, auth_time, amr, remember_me, created_at, last_seen_at, expires_at, offline_of)
  select gen_random_uuid(), $1, user_id, client.id, client.client_id, auth_time, amr, false, $2, $2, $2::timestamptz + interval '1 h', session.id
    from session join client on client.realm_id = $1 and client.client_id = 'app-4'
   where session.realm_id = $1 and user_agent::int % 20 = 0`;

describe('how many sessions each client of a realm takes part in', () => {
  const realm = () => testRealm({ id: randomUUID() });
  const [crowded, quiet] = [realm(), realm()];
  const others = Array.from({ length: 20 }, realm);
  let gateway: TestGateway;
  /** Of its own: the gateway's has its housekeeping. */
  let db: DataSource;
  let clients: ClientSessions;

  beforeAll(async () => {
    gateway = await testGateway();
    const { options } = gateway.app.get(DataSource);
    db = await new DataSource({ ...options, migrationsRun: false }).initialize();
    clients = new ClientSessions(db, gateway.clock);
    const now = gateway.clock.now();
    for (const { id } of [crowded, quiet, ...others]) {
      await db.query(TEN_CLIENTS, [id, now]);
      await db.query(SESSIONS, [id, id === crowded.id ? 20_000 : 3, now]);
      await db.query(TOKENS, [id, now]);
      await db.query(OFFLINE, [id, now]);
    }
    await db.query('vacuum analyze client, session, refresh_token');
  });
  afterAll(async () => {
    await db.destroy();
    await gateway.close();
  });
  afterEach(() => vi.restoreAllMocks());

  it('is one statement, of which no more rows are read than there are such clients', async () => {
    const query = vi.spyOn(db, 'query');
    const counts = await clients.counts(crowded);
    expect(counts.map(({ clientId, online, offline }) => [clientId, online, offline])).toEqual([
      ['app-0', 6_666, 0],
      ['app-1', 6_667, 0],
      ['app-2', 6_667, 0],
      ['app-3', 2_000, 0],
      ['app-4', 0, 1_000],
    ]);
    expect(query).toHaveBeenCalledOnce();
    const [read] = query.mock.results;
    expect(await read!.value).toHaveLength(counts.length);
  });

  it('is found by index in a realm that has few, beside one that has many', async () => {
    const query = vi.spyOn(db, 'query');
    const counts = await clients.counts(quiet);
    expect(counts.map(({ clientId, online }) => [clientId, online])).toEqual([
      ['app-0', 1],
      ['app-1', 1],
      ['app-2', 1],
    ]);
    const [sql, values] = query.mock.calls[0]!;
    const lines = await db.query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`, values as unknown[]);
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    expect(plan).toContain('session_of_client');
    expect(plan).toMatch(/refresh_token_of_(client|session)/);
    expect(plan).not.toContain('Seq Scan on refresh_token');
  });
});
