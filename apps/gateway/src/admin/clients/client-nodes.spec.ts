import { randomUUID } from 'node:crypto';
import { compactVerify, createLocalJWKSet } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';
import {
  listeningApplication,
  type Heard,
  type ListeningApplication,
} from '../../testing/listening-application.js';

const realm = 'acme';
const NOBODY = { successRequests: [], failedRequests: [] };

describe('an application with an adapter of Keycloak’s, by the official client', () => {
  let world: AdminWorld;
  let application: ListeningApplication;
  let told: Heard[];
  let status: number;
  beforeAll(async () => {
    world = await adminWorld();
    application = await listeningApplication((heard) => {
      told.push(heard);
      return status;
    });
  });
  afterAll(async () => {
    application.close();
    await world.gateway.close();
  });
  beforeEach(() => {
    told = [];
    status = 204;
  });

  const url = (host?: string) => application.url('/adapter', host);
  const now = () => Math.floor(world.gateway.clock.now().getTime() / 1000);
  const create = async (more: object = {}) => {
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const { id } = await world.admin.clients.create({ realm, clientId, adminUrl: url(), ...more });
    return { id, clientId };
  };
  const remove = (id: string) => world.admin.clients.del({ realm, id });
  const nodesOf = async (id: string) => (await world.admin.clients.findOne({ realm, id }))!.registeredNodes;
  /** What was told, once its signature holds. */
  const read = async ({ body }: Heard) => {
    const certs = await world.gateway.app.inject('/realms/acme/protocol/openid-connect/certs');
    const { payload } = await compactVerify(body, createLocalJWKSet(certs.json()));
    return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  };

  it('is told before when tokens are void, by a text that it can verify and nobody takes for a token', async () => {
    const { id, clientId } = await create();
    await world.admin.clients.update({ realm, id }, { clientId, notBefore: 1000 });
    expect(await world.admin.clients.pushRevocation({ realm, id })).toEqual({
      ...NOBODY,
      successRequests: [url()],
    });
    expect(told).toMatchObject([{ path: '/adapter/k_push_not_before' }]);
    expect(told[0]!.type).toMatch(/^text\/plain/);
    expect(await read(told[0]!)).toEqual({
      ...{ id: expect.any(String), action: 'PUSH_NOT_BEFORE', resource: clientId, notBefore: 1000 },
      expiration: now() + 30,
    });
    const userinfo = await world.gateway.app.inject({
      url: '/realms/acme/protocol/openid-connect/userinfo',
      headers: { authorization: `Bearer ${told[0]!.body}` },
    });
    expect(userinfo.statusCode).toBe(401);
    await remove(id);
  });

  it('is told with all others of its realm, and its own time does not undo that of the realm', async () => {
    const [one, other] = [
      await create(),
      await create({ adminUrl: '/adapter', rootUrl: url().slice(0, -8) }),
    ];
    const silent = await create({ adminUrl: '' });
    world.people.realm(realm).notBefore = 2000;
    const result = await world.admin.realms.pushRevocation({ realm });
    world.people.realm(realm).notBefore = 0;
    expect(result).toEqual({ ...NOBODY, successRequests: [url(), url()] });
    const all = await Promise.all(told.map(read));
    expect(all.map(({ notBefore }) => notBefore)).toEqual([2000, 2000]);
    expect(all.map(({ resource }) => resource).sort()).toEqual([one.clientId, other.clientId].sort());
    for (const { id } of [one, other, silent]) await remove(id);
  });

  it('is told that nothing from before is good any more when all sessions of its realm end', async () => {
    const heard = await create();
    const deaf = await create({ adminUrl: 'http://127.0.0.1:9/adapter' });
    const off = await create({ enabled: false });
    const later = await create({ notBefore: now() + 1000 });
    expect(await world.admin.realms.logoutAll({ realm })).toEqual({
      successRequests: [url(), url()],
      failedRequests: ['http://127.0.0.1:9/adapter'],
    });
    expect(told.map(({ path }) => path)).toEqual(['/adapter/k_logout', '/adapter/k_logout']);
    const byName = Object.fromEntries(
      (await Promise.all(told.map(read))).map((each) => [each.resource, each]),
    );
    const about = (clientId: string, notBefore: number) => ({
      ...{ id: expect.any(String) as string, action: 'LOGOUT', resource: clientId, notBefore },
      expiration: now() + 30,
    });
    expect(byName, 'with no names of sessions: all of them').toEqual({
      [heard.clientId]: about(heard.clientId, now()),
      [later.clientId]: about(later.clientId, now() + 1000),
    });
    for (const { id } of [heard, deaf, off, later]) await remove(id);
  });

  it('has not heard it where it refuses, leads elsewhere or does not answer', async () => {
    const { id } = await create();
    for (status of [302, 500]) {
      expect(await world.admin.clients.pushRevocation({ realm, id })).toEqual({
        ...NOBODY,
        failedRequests: [url()],
      });
    }
    expect(told.map(({ path }) => path)).toEqual([
      '/adapter/k_push_not_before',
      '/adapter/k_push_not_before',
    ]);
    const gone = await create({ adminUrl: 'http://127.0.0.1:9/adapter' });
    expect(await world.admin.clients.pushRevocation({ realm, id: gone.id })).toEqual({
      ...NOBODY,
      failedRequests: ['http://127.0.0.1:9/adapter'],
    });
    await remove(id);
    await remove(gone.id);
  });

  it('is asked at each of its nodes, but for those that have been silent for too long', async () => {
    const { id, clientId } = await create({ nodeReRegistrationTimeout: 20 });
    expect(await nodesOf(id)).toBeUndefined();
    for (const node of ['127.0.0.2', 'localhost'])
      await world.admin.clients.addClusterNode({ realm, id, node });
    expect(await nodesOf(id)).toEqual({ '127.0.0.2': now(), localhost: now() });
    const result = await world.admin.clients.testNodesAvailable({ realm, id });
    expect(result).toEqual({ successRequests: [url('localhost')], failedRequests: [url('127.0.0.2')] });
    expect(told).toMatchObject([{ path: '/adapter/k_test_available' }]);
    expect(await read(told[0]!)).toMatchObject({ action: 'TEST_AVAILABLE', resource: clientId });

    world.gateway.clock.advance(21);
    await world.admin.clients.addClusterNode({ realm, id, node: 'localhost' });
    const later = await world.admin.clients.testNodesAvailable({ realm, id });
    expect(later).toEqual({ ...NOBODY, successRequests: [url('localhost')] });
    await world.admin.clients.deleteClusterNode({ realm, id, node: '127.0.0.2' });
    expect(Object.keys((await nodesOf(id))!)).toEqual(['localhost']);
    const path = `/${realm}/clients/${id}/nodes/127.0.0.2`;
    for (const missing of [path, `${path}%00`]) {
      expect(await world.ask('DELETE', missing)).toMatchObject({
        status: 404,
        body: { error: 'Client does not have node ' },
      });
    }
    await remove(id);
  });

  it('has nodes that are hosts and nothing more, and not without end', async () => {
    const { id } = await create();
    const add = async (node?: string) =>
      (await world.ask('POST', `/${realm}/clients/${id}/nodes`, { node })).status;
    for (const wrong of [undefined, '', 'a/b', 'me@host', 'host:80', 'host?x', 'a b']) {
      expect(await add(wrong), wrong).toBe(400);
    }
    expect(await add('[::1]')).toBe(204);
    const all = await Promise.all(Array.from({ length: 110 }, (_, index) => add(`node-${index}`)));
    expect(all.filter((each) => each === 204)).toHaveLength(99);
    expect(Object.keys((await nodesOf(id))!)).toHaveLength(100);
    await remove(id);
  });

  it('is told nothing by who may only look at clients', async () => {
    const { id } = await create();
    const viewer = world.people.add(realm, `viewer-${randomUUID().slice(0, 8)}`);
    world.people.rights.set(viewer.id, { acme: ['view-clients'] });
    const token = await world.tokenOf(realm, viewer.username);
    for (const [method, what] of [
      ['POST', 'push-revocation'],
      ['GET', 'test-nodes-available'],
      ['POST', 'nodes'],
      ['DELETE', 'nodes/localhost'],
    ] as const) {
      expect((await world.ask(method, `/${realm}/clients/${id}/${what}`, undefined, token)).status).toBe(403);
    }
    expect(told).toEqual([]);
    await remove(id);
  });
});
