import type { CloudEvent } from '@tumbler/contract-events';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignInWorld, type Application } from '../../testing/sign-in-world.js';
import { Clients } from '../clients/clients.js';

describe('a machine that an application runs on', () => {
  let world: SignInWorld;
  let app: Application;
  beforeAll(async () => {
    world = await SignInWorld.open();
    app = await world.register();
  });
  afterAll(() => world.gateway.close());

  const ask = async (
    what: 'register-node' | 'unregister-node',
    form: Record<string, string> | [string, string][],
    { clientId, secret }: Partial<Application> = app,
  ) => {
    const reply = await world.gateway.app.inject({
      ...{ method: 'POST', url: `/realms/acme/clients-managements/${what}` },
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(secret ? { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` } : {}),
      },
      payload: new URLSearchParams(form).toString(),
    });
    return { status: reply.statusCode, body: reply.payload ? reply.json<unknown>() : undefined };
  };
  const register = (client_cluster_host: string, as = app) =>
    ask('register-node', { client_cluster_host }, as);
  const nodesOf = async ({ clientId } = app) =>
    (await world.gateway.app.get(Clients).byClientId(world.people.realm('acme'), clientId))!.registeredNodes;

  it('makes itself known by what its application proves itself by, and takes itself away', async () => {
    expect(await register('node-1.example.org')).toEqual({ status: 204, body: undefined });
    const { clientId: client_id, secret: client_secret = '' } = app;
    const posted = { client_id, client_secret, client_cluster_host: '192.0.2.7' };
    expect((await ask('register-node', posted, {})).status).toBe(204);
    const now = world.gateway.clock.seconds();
    expect(await nodesOf()).toEqual({ 'node-1.example.org': now, '192.0.2.7': now });

    world.gateway.clock.advance(60);
    expect((await register('192.0.2.7')).status, 'again: it is still there').toBe(204);
    expect(await nodesOf()).toEqual({ 'node-1.example.org': now, '192.0.2.7': now + 60 });
    expect((await ask('unregister-node', { client_cluster_host: '192.0.2.7' })).status).toBe(204);
    expect((await ask('unregister-node', { client_cluster_host: '192.0.2.7' })).status).toBe(204);
    expect(await nodesOf()).toEqual({ 'node-1.example.org': now });
  });

  it('is told of in the log as what its application did by itself', async () => {
    await register('logged.example.org');
    const [row]: { event: CloudEvent<'admin'> }[] = await world.gateway.app
      .get(DataSource)
      .query(`select event from outbox where event->>'type' = 'admin' order by seq desc limit 1`);
    expect(row!.event.data).toMatchObject({
      operationType: 'UPDATE',
      resourcePath: expect.stringMatching(/\/nodes\/logged\.example\.org$/) as string,
      authDetails: { clientId: app.clientId },
    });
  });

  it('is nobody’s without proof, and never of another application', async () => {
    const other = await world.register();
    for (const proof of [{}, { ...app, secret: other.secret }, { ...app, secret: 'guessed' }]) {
      expect(
        await ask('register-node', { client_cluster_host: 'node', client_id: app.clientId }, proof),
      ).toEqual({
        status: 401,
        body: expect.objectContaining({ error: 'invalid_client' }) as object,
      });
    }
    const claimed = { client_cluster_host: 'node', client_id: app.clientId };
    expect((await ask('register-node', claimed, other)).status).toBe(400);
    expect(await nodesOf()).not.toHaveProperty('node');
    expect(await nodesOf(other)).toEqual({});
  });

  it('is none of an application that proves nothing', async () => {
    const { clientId: client_id } = await world.register({ publicClient: true });
    expect(await ask('register-node', { client_id, client_cluster_host: 'node' }, {})).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description: 'Public clients not allowed' },
    });
  });

  it('is a host and nothing more', async () => {
    for (const what of ['register-node', 'unregister-node'] as const) {
      expect(await ask(what, {})).toEqual({
        status: 400,
        body: { error: 'invalid_request', error_description: 'Client cluster host not specified' },
      });
      for (const wrong of ['', 'a/b', 'me@host', 'host:80', 'host?x', 'a b', 'x'.repeat(254)]) {
        expect((await ask(what, { client_cluster_host: wrong })).status, wrong).toBe(400);
      }
      const twice: [string, string][] = [
        ['client_cluster_host', 'a'],
        ['client_cluster_host', 'b'],
      ];
      expect((await ask(what, twice)).status).toBe(400);
    }
    expect(Object.keys(await nodesOf())).toEqual(expect.not.arrayContaining(['a', 'b', 'host']));
  });

  it('is one of a hundred at most', async () => {
    const many = await world.register();
    const all = await Promise.all(Array.from({ length: 105 }, (_, index) => register(`node-${index}`, many)));
    expect(all.filter(({ status }) => status === 204)).toHaveLength(100);
    expect(all.find(({ status }) => status !== 204)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('comes over https, or from near', async () => {
    world.setRealm({ sslRequired: 'all' });
    expect(await register('node')).toMatchObject({ status: 403 });
    world.setRealm({ sslRequired: 'none' });
    expect(await register('node')).toMatchObject({ status: 204 });
  });

  it('is no way to come by tokens that discovery tells of', async () => {
    const reply = await world.gateway.app.inject('/realms/acme/.well-known/openid-configuration');
    const { grant_types_supported: grants } = reply.json<{ grant_types_supported: string[] }>();
    expect(grants).toContain('authorization_code');
    expect(grants.filter((grant) => grant.startsWith('urn:tumbler'))).toEqual([]);
  });
});
