import { randomUUID } from 'node:crypto';
import { users } from '@tumbler/contract-users';
import { compactVerify, createLocalJWKSet } from 'jose';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sessions } from '../../sessions/sessions.js';
import type { TestBrowser } from '../../testing/browser.js';
import { listeningApplication, type ListeningApplication } from '../../testing/listening-application.js';
import { SignInWorld } from '../../testing/sign-in-world.js';
import { ClientNodes } from '../clients/client-nodes.js';
import type { ClientSettings } from '../clients/client-settings.js';
import { Clients } from '../clients/clients.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { AdapterSessions } from './adapter-sessions.js';
import { BackchannelLogouts } from './backchannel-logouts.js';

interface Told {
  address: string;
  type: string;
  body: string;
}

describe('an adapter of Keycloak’s is told when a session ends', () => {
  let world: SignInWorld;
  let application: ListeningApplication;
  let told: Told[];
  /** By host: what the application answers there. */
  let answers: Record<string, number>;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.gateway.bus.stub(users.listRealms, () => world.people.realms);
    application = await listeningApplication(({ host, path, type, body }) => {
      told.push({ address: `http://${host}${path}`, type, body });
      return answers[host.split(':')[0]!] ?? 200;
    });
  });
  afterAll(async () => {
    application.close();
    await world.gateway.close();
  });
  beforeEach(() => {
    told = [];
    answers = {};
  });

  const url = (path: string, host?: string) => application.url(path, host);
  const registered = (settings: ClientSettings = {}) =>
    world.register({ adminUrl: url('/app'), ...settings });
  const signIn = (config: client.Configuration, named?: string, by?: TestBrowser, scope = 'openid') =>
    world.signIn(config, { scope }, by, named ? { client_session_state: named } : {});
  const endAll = () => world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
  const look = () => world.gateway.app.get(BackchannelLogouts).look();
  const rows = (table: string): Promise<object[]> =>
    world.gateway.app.get(DataSource).query(`select * from ${table}`);
  const byClientId = async (clientId: string) =>
    (await world.gateway.app.get(Clients).byClientId(world.people.realm('acme'), clientId))!;
  /** What was told, once its signature holds. */
  const read = async ({ body }: Told) => {
    const certs = await world.gateway.app.inject('/realms/acme/protocol/openid-connect/certs');
    const { payload } = await compactVerify(body, createLocalJWKSet(certs.json()));
    return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  };
  const namesTold = async () => (await Promise.all(told.map(read))).map((each) => each.adapterSessionIds);

  it('by a text that it can verify, with the names that it gave its own sessions', async () => {
    const { clientId, config } = await registered();
    const { tokens } = await signIn(config, 'cookie-1');
    await endAll();
    await look();
    expect(told).toMatchObject([
      { address: url('/app/k_logout'), type: expect.stringMatching(/^text\/plain/) },
    ]);
    expect(await read(told[0]!)).toEqual({
      ...{ id: expect.any(String), action: 'LOGOUT', resource: clientId, notBefore: 0 },
      expiration: Math.floor(world.gateway.clock.now().getTime() / 1000) + 30,
      ...{ adapterSessionIds: ['cookie-1'], keycloakSessionIds: [tokens.claims()!.sid] },
    });
    expect(await rows('logout_notice')).toEqual([]);
  });

  it('of its own sessions only, though another application is signed in for in the same browser', async () => {
    const one = await registered();
    const other = await registered();
    const { by } = await signIn(one.config, 'of one');
    await signIn(other.config, 'of the other', by);
    await endAll();
    await look();
    const all = await Promise.all(told.map(read));
    const names = Object.fromEntries(all.map((each) => [each.resource, each.adapterSessionIds]));
    expect(names).toEqual({ [one.clientId]: ['of one'], [other.clientId]: ['of the other'] });
  });

  it('of each that it keeps beside one session, also one that it named with a refresh token', async () => {
    const { config } = await registered();
    const { by } = await signIn(config, 'first');
    const { tokens } = await signIn(config, 'second', by);
    const third = { client_session_state: 'third' };
    const { refresh_token } = await client.refreshTokenGrant(config, tokens.refresh_token!, third);
    await client.refreshTokenGrant(config, refresh_token!, third);
    await endAll();
    await look();
    expect((await namesTold()).map((names) => [...(names as string[])].sort())).toEqual([
      ['first', 'second', 'third'],
    ]);
  });

  it('also where the application may go on when the user is gone', async () => {
    const { config } = await registered();
    world.people.change(world.ann.id, { roles: ['offline_access'] });
    const { tokens } = await signIn(config, 'away', undefined, 'openid offline_access');
    await client.refreshTokenGrant(config, tokens.refresh_token!, { client_session_state: 'still away' });
    await world.gateway.app.get(Sessions).end(world.people.realm('acme').id, tokens.claims()!.sid as string);
    await look();
    expect((await namesTold()).map((names) => [...(names as string[])].sort())).toEqual([
      ['away', 'still away'],
    ]);
  });

  it('of a session that ends as soon as there are tokens', async () => {
    const { config } = await registered();
    const tokens = world.gateway.app.get(RefreshTokens);
    const give = tokens.give.bind(tokens);
    const spy = vi.spyOn(tokens, 'give').mockImplementationOnce(async (...about) => {
      const given = await give(...about);
      await endAll();
      await look();
      return given;
    });
    await signIn(config, 'short');
    spy.mockRestore();
    expect(await namesTold()).toEqual([['short']]);
  });

  it('not of one that its user has signed in for anew under the same name, before that ends', async () => {
    const { config } = await registered();
    await signIn(config, 'one browser, one cookie');
    answers = { '127.0.0.1': 503 };
    await endAll();
    await look();
    expect(await namesTold()).toEqual([['one browser, one cookie']]);
    answers = {};
    told = [];
    await signIn(config, 'one browser, one cookie');
    world.gateway.clock.advance(10);
    await look();
    expect(told).toEqual([]);
    expect(await rows('logout_notice')).toEqual([]);
    await endAll();
    await look();
    expect(await namesTold()).toEqual([['one browser, one cookie']]);
  });

  it('whatever somebody else gives the same name', async () => {
    const { clientId, config } = await registered();
    await signIn(config, 'guessed');
    const bob = world.people.add('acme', `bob-${randomUUID().slice(0, 8)}`);
    const { app, clock } = world.gateway;
    const login = { username: bob.username, rememberMe: false, authTime: clock.seconds(), amr: ['pwd'] };
    const session = await app.get(Sessions).openDirect({
      ...{ id: randomUUID(), realm: world.people.realm('acme') },
      finished: { userId: bob.id, clientId, ...login },
    });
    await app.get(AdapterSessions).keep(session, await byClientId(clientId), 'guessed');
    await endAll();
    await look();
    expect(await namesTold()).toEqual([['guessed']]);
  });

  it('not where it named none: an adapter that hears no names refuses everybody', async () => {
    const { config } = await registered();
    await signIn(config);
    await signIn(config, '');
    await endAll();
    await look();
    expect(told).toEqual([]);
    expect(await rows('logout_notice')).toEqual([]);
  });

  it('as the standard has it, where it has an address for that', async () => {
    const { config } = await registered({ attributes: { 'backchannel.logout.url': url('/out') } });
    await signIn(config, 'cookie');
    await endAll();
    await look();
    expect(told).toMatchObject([
      { address: url('/out'), body: expect.stringMatching(/^logout_token=/) as string },
    ]);
  });

  it('at each of its nodes, and again until all have heard', async () => {
    const { clientId, config } = await registered();
    const found = await byClientId(clientId);
    const by = { realmId: found.realmId, clientId: 'admin-cli', userId: world.people.admin.id };
    for (const host of ['127.0.0.1', 'localhost']) {
      await world.gateway.app.get(ClientNodes).add(found, by, host);
    }
    const both = [url('/app/k_logout'), url('/app/k_logout', 'localhost')];
    const heard = () => told.map(({ address }) => address).sort();
    await signIn(config, 'cookie');
    answers = { localhost: 503 };
    await endAll();
    await look();
    await look();
    expect(heard(), 'not before it is due again').toEqual(both);
    answers = {};
    told = [];
    world.gateway.clock.advance(10);
    await look();
    expect(heard()).toEqual(both);
    expect(await namesTold()).toEqual([['cookie'], ['cookie']]);
    expect(await rows('logout_notice')).toEqual([]);
  });

  it('by names that nobody reads in the database, and that go with the application', async () => {
    const { clientId, config } = await registered();
    await signIn(config, 'a-cookie-of-ann');
    const kept = await rows('adapter_session');
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept.map((row) => Object.values(row).map(String)))).not.toContain(
      'a-cookie-of-ann',
    );
    const found = await byClientId(clientId);
    const by = { realmId: found.realmId, clientId: 'admin-cli', userId: world.people.admin.id };
    await world.gateway.app.get(Clients).remove(found, by);
    expect(await rows('adapter_session')).not.toContainEqual(expect.objectContaining({ client: found.id }));
    await endAll();
    await look();
    expect(told).toEqual([]);
  });
});
