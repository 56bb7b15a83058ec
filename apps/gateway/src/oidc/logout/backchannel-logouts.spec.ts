import { Bus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Sessions } from '../../sessions/sessions.js';
import { listeningApplication, type ListeningApplication } from '../../testing/listening-application.js';
import { PUBLIC_URL, SignInWorld } from '../../testing/sign-in-world.js';
import { Clients } from '../clients/clients.js';
import { BackchannelLogouts } from './backchannel-logouts.js';
import { LogoutCalls } from './logout-calls.js';

describe('an application is told when a session ends (Back-Channel Logout 1.0)', () => {
  let world: SignInWorld;
  let application: ListeningApplication;
  let told: string[];
  let answer: number;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.gateway.bus.stub(users.listRealms, () => world.people.realms);
    application = await listeningApplication(({ body }) => {
      told.push(new URLSearchParams(body).get('logout_token')!);
      return answer;
    });
  });
  afterAll(async () => {
    application.close();
    await world.gateway.close();
  });
  beforeEach(() => {
    told = [];
    answer = 204;
  });

  const registered = (attributes: Record<string, string> = {}) => {
    const url = application.url('/out');
    return world.register({ attributes: { 'backchannel.logout.url': url, ...attributes } });
  };
  const endAll = () => world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
  const look = () => world.gateway.app.get(BackchannelLogouts).look();
  const waiting = async () => {
    const rows: unknown[] = await world.gateway.app.get(DataSource).query('select 1 from logout_notice');
    return rows.length;
  };
  /** As another gateway. */
  const elsewhere = () => {
    const { app, clock } = world.gateway;
    return new BackchannelLogouts(
      app.get(DataSource),
      app.get(Bus),
      clock,
      app.get(Clients),
      app.get(LogoutCalls),
    );
  };

  it('once, by a token that it can verify, whatever ended it', async () => {
    const { clientId, config } = await registered();
    const { tokens } = await world.signIn(config);
    await endAll();
    await Promise.all([look(), elsewhere().look(), elsewhere().look()]);
    expect(told).toHaveLength(1);
    const certs = await world.gateway.app.inject('/realms/acme/protocol/openid-connect/certs');
    const { payload } = await jwtVerify(told[0]!, createLocalJWKSet(certs.json()), {
      ...{ issuer: `${PUBLIC_URL}/realms/acme`, audience: clientId, typ: 'logout+jwt' },
      currentDate: world.gateway.clock.now(),
    });
    expect(payload).toMatchObject({ sub: world.ann.id, sid: tokens.claims()!.sid });
    expect(payload.events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect(payload).not.toHaveProperty('nonce');
    expect(decodeProtectedHeader(told[0]!).alg).toBe('RS256');
    expect(await waiting()).toBe(0);
  });

  it('by the algorithm of its id tokens', async () => {
    const { config } = await world.register(
      {
        attributes: {
          'backchannel.logout.url': application.url('/'),
          'id.token.signed.response.alg': 'ES256',
        },
      },
      { id_token_signed_response_alg: 'ES256' },
    );
    await world.signIn(config);
    await endAll();
    await look();
    expect(told.map((token) => decodeProtectedHeader(token).alg)).toEqual(['ES256']);
  });

  it('again, where it does not answer, and for a day at most', async () => {
    const { config } = await registered();
    await world.signIn(config);
    answer = 503;
    await endAll();
    await look();
    await look();
    expect(told, 'not before it is due again').toHaveLength(1);
    world.gateway.clock.advance(10);
    await look();
    expect(told).toHaveLength(2);
    const ids = told.map((token) => decodeJwt(token).jti);
    expect(new Set(ids).size, 'each with a token of its own, which lives for two minutes').toBe(2);
    for (let hour = 0; hour < 30; hour++) {
      world.gateway.clock.advance(3600);
      await look();
    }
    expect(told.length).toBeLessThan(12);
    expect(await waiting()).toBe(0);
  });

  it('by another gateway, where one stopped in the middle of it', async () => {
    const { config } = await registered();
    const { tokens } = await world.signIn(config);
    await endAll();
    const stops = elsewhere();
    world.gateway.bus.stub(users.listRealms, () => {
      throw new Error('the gateway stops here, with what it took');
    });
    await stops.look();
    world.gateway.bus.stub(users.listRealms, () => world.people.realms);
    expect(told).toEqual([]);
    world.gateway.clock.advance(10);
    await look();
    expect(told.map((token) => decodeJwt(token).sid)).toEqual([tokens.claims()!.sid]);
  });

  it('under the name that it has by then', async () => {
    const { clientId, config } = await registered();
    await world.signIn(config);
    const clients = world.gateway.app.get(Clients);
    const realm = world.people.realm('acme');
    const by = { realmId: realm.id, clientId: 'admin-cli', userId: world.people.admin.id };
    const client = (await clients.byClientId(realm, clientId))!;
    await clients.update(client, by, () => ({ clientId: `${clientId}-renamed` }));
    await endAll();
    await look();
    expect(told.map((token) => decodeJwt(token).aud)).toEqual([`${clientId}-renamed`]);
  });

  it('not where it is gone, and nothing waits for it', async () => {
    const { clientId, config } = await registered();
    await world.signIn(config);
    const clients = world.gateway.app.get(Clients);
    const realm = world.people.realm('acme');
    const by = { realmId: realm.id, clientId: 'admin-cli', userId: world.people.admin.id };
    await clients.remove((await clients.byClientId(realm, clientId))!, by);
    await endAll();
    await look();
    expect(told).toEqual([]);
    expect(await waiting()).toBe(0);
  });
});
