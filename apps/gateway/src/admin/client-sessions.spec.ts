import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../sessions/sessions.js';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

const realm = 'acme';

describe('the sessions that a client takes part in, by the official client', () => {
  let world: AdminWorld;
  let userId: string;
  beforeAll(async () => {
    world = await adminWorld();
    ({ id: userId } = await world.admin.users.create({ realm, username: 'uma' }));
  });
  afterAll(() => world.gateway.close());

  const create = async () => {
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const { id } = await world.admin.clients.create({ realm, clientId, publicClient: true });
    return { id, clientId };
  };
  const now = () => world.gateway.clock.now();
  const signIn = (clientId: string, rememberMe = false) => {
    const authTime = Math.floor(now().getTime() / 1000);
    const finished = { userId, username: 'uma', clientId, authTime, amr: ['pwd'], rememberMe };
    const opening = { id: randomUUID(), realm: world.people.realm(realm), finished };
    return world.gateway.app.get(Sessions).openDirect(opening);
  };
  /** As of an application that the user went on to within the session. */
  const giveToken = async (sessionId: string, client: string, seconds: number) => {
    await world.gateway.app.get(DataSource).query(
      `insert into refresh_token (hash, realm_id, session_id, client, scope, begun_at, created_at, expires_at)
       values (decode(md5($1), 'hex'), $2, $3, $4, 'openid', $5, $5, $5::timestamptz + make_interval(secs => $6))`,
      [randomUUID(), world.people.realm(realm).id, sessionId, client, now(), seconds],
    );
  };
  const count = async (id: string) => (await world.admin.clients.getSessionCount({ realm, id })).count;
  const list = (id: string, page: { first?: number; max?: number } = {}) =>
    world.admin.clients.listSessions({ realm, id, ...page });
  const statsOf = async (clientId: string) =>
    (await world.admin.realms.getClientSessionStats({ realm })).find((each) => each.clientId === clientId);

  it('are counted and listed by pages, newest first', async () => {
    const { id, clientId } = await create();
    expect(await count(id)).toBe(0);
    expect(await statsOf(clientId)).toBeUndefined();
    const first = await signIn(clientId);
    world.gateway.clock.advance(1);
    const second = await signIn(clientId);
    expect(await count(id)).toBe(2);
    expect((await list(id)).map((session) => session.id)).toEqual([second.id, first.id]);
    expect(await list(id, { first: 1, max: 1 })).toEqual([
      {
        ...{ id: first.id, userId, username: 'uma', rememberMe: false, clients: { [id]: clientId } },
        ...{ start: first.createdAt.getTime(), lastAccess: first.lastSeenAt.getTime() },
      },
    ]);
    expect(await statsOf(clientId)).toEqual({ id, clientId, active: '2', offline: '0' });
  });

  it('are those, too, in which it has a token that is still good', async () => {
    const [{ clientId: first }, { id, clientId }] = [await create(), await create()];
    const session = await signIn(first);
    await giveToken(session.id, id, 1);
    await giveToken(session.id, id, 2);
    expect(await count(id)).toBe(1);
    expect((await list(id)).map((each) => each.id)).toEqual([session.id]);
    expect(await statsOf(clientId)).toMatchObject({ active: '1' });
    world.gateway.clock.advance(3);
    expect(await count(id)).toBe(0);
    expect(await statsOf(first)).toMatchObject({ active: '1' });
  });

  it('tell offline ones from those of somebody who is there', async () => {
    const { id, clientId } = await create();
    const session = await signIn(clientId);
    await world.gateway.app
      .get(Sessions)
      .openOffline(world.people.realm(realm), session, { id, attributes: {} });
    await world.admin.realms.removeSession({ realm, sessionId: session.id });
    expect(await count(id)).toBe(0);
    expect(await list(id)).toEqual([]);
    expect((await world.admin.clients.getOfflineSessionCount({ realm, id })).count).toBe(1);
    expect(await statsOf(clientId)).toEqual({ id, clientId, active: '0', offline: '1' });
  });

  it('are over when they were idle for too long (ASVS 7.3.1)', async () => {
    const { id, clientId } = await create();
    world.gateway.clock.advance(-1801);
    await signIn(clientId);
    world.gateway.clock.advance(1801);
    expect(await count(id)).toBe(0);
    expect(await list(id)).toEqual([]);
  });

  it('are nobody’s of another realm (ASVS 8.4.1)', async () => {
    const { id, clientId } = await create();
    await signIn(clientId);
    for (const path of ['user-sessions', 'session-count']) {
      expect((await world.ask('GET', `/master/clients/${id}/${path}`)).status).toBe(404);
    }
    const there = await world.admin.realms.getClientSessionStats({ realm: 'master' });
    expect(there.map((each) => each.clientId)).not.toContain(clientId);
  });
});
