import type { CloudEvent } from '@tumbler/contract-events';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { PASSWORD } from '../testing/stub-people.js';
import { SignInWorld, type SignedIn } from '../testing/sign-in-world.js';
import { Clients } from './clients/clients.js';

describe('what an application was given is void', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());
  afterEach(() => {
    world.setRealm({ notBefore: 0 });
    world.people.change(world.ann.id, { notBefore: 0, enabled: true });
  });

  const now = () => Math.floor(world.gateway.clock.now().getTime() / 1000);
  const works = async (config: client.Configuration, { tokens }: Pick<SignedIn, 'tokens'>) => ({
    introspection: (await client.tokenIntrospection(config, tokens.access_token)).active,
    userinfo: await client.fetchUserInfo(config, tokens.access_token, world.ann.id).then(
      () => true,
      () => false,
    ),
    refresh: await client.refreshTokenGrant(config, tokens.refresh_token!).then(
      () => true,
      (error: client.ResponseBodyError) => error.error,
    ),
  });
  const nowhere = { introspection: false, userinfo: false, refresh: 'invalid_grant' };
  const everywhere = { introspection: true, userinfo: true, refresh: true };

  it('where it is older than the realm allows, and the browser is asked anew', async () => {
    const { config } = await world.register();
    const given = await world.signIn(config);
    world.gateway.clock.advance(2);
    world.setRealm({ notBefore: now() });
    expect(await works(config, given)).toEqual(nowhere);
    expect((await world.ask(config, {}, given.by)).page.statusCode).toBe(200);
    const again = await world.signIn(config);
    expect(again.tokens['not-before-policy']).toBe(now());
    expect(await works(config, again)).toEqual(everywhere);
  });

  it('where it is older than is allowed for the application, and for no other one', async () => {
    const [one, other] = [await world.register(), await world.register()];
    const first = await world.signIn(one.config);
    const second = await world.signIn(other.config, {}, first.by);
    world.gateway.clock.advance(2);
    const clients = world.gateway.app.get(Clients);
    const realm = world.people.realm('acme');
    const known = (await clients.byClientId(realm, one.clientId))!;
    const by = { realmId: realm.id, clientId: 'admin-cli', userId: world.people.admin.id };
    await clients.update(known, by, () => ({ settings: { notBefore: now() } }));
    expect(await works(one.config, first)).toEqual(nowhere);
    expect(await works(other.config, second)).toEqual(everywhere);
    const again = await world.signIn(one.config, {}, first.by);
    expect(await works(one.config, again)).toEqual(everywhere);
  });

  it('where it is older than is allowed for the user, or the user is switched off', async () => {
    const { config } = await world.register();
    const given = await world.signIn(config);
    world.gateway.clock.advance(2);
    world.people.change(world.ann.id, { notBefore: now() });
    expect(await works(config, given)).toEqual(nowhere);
    const again = await world.signIn(config);
    expect(await works(config, again)).toEqual(everywhere);
    world.people.change(world.ann.id, { enabled: false });
    expect(await works(config, again)).toEqual(nowhere);
  });

  it.each(['openid', 'openid offline_access'])(
    'before it is there, where the session ends while its code is redeemed (%s)',
    async (scope) => {
      const db = world.gateway.app.get(DataSource);
      const { config } = await world.register();
      world.people.change(world.ann.id, { roles: ['offline_access'] });
      world.gateway.clock.advance(1);
      const { page, by, checks } = await world.ask(config, { scope });
      const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
      const [session]: { id: string }[] = await db.query(
        'select id from session order by created_at desc limit 1',
      );
      const { id } = session!;
      const ending = db.createQueryRunner();
      await ending.startTransaction();
      await ending.query('update session set ended_at = now() where id = $1', [id]);

      const redeemed = client.authorizationCodeGrant(config, new URL(back.headers.location!), checks).then(
        () => 'tokens',
        (error: client.ResponseBodyError) => error.error_description,
      );
      // By then the session was found alive, and its tokens are about to be written.
      await vi.waitFor(async () => {
        const waiting: unknown[] = await db.query(
          `select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%into refresh_token%'`,
        );
        expect(waiting).toHaveLength(1);
      });
      await ending.commitTransaction();
      await ending.release();

      expect(await redeemed).toBe('Session not active');
      const [left] = await db.query(
        `select (select count(*)::int from refresh_token where session_id = $1) as tokens,
                (select count(*)::int from session where offline_of = $1) as offline,
                (select count(*)::int from outbox
                  where event->>'type' = 'CODE_TO_TOKEN' and event->'data'->>'sessionId' = $1::text) as told`,
        [id],
      );
      expect(left).toEqual({ tokens: 0, offline: 0, told: 0 });
    },
  );

  describe('when an administrator ends', () => {
    const ask = async (method: 'POST' | 'DELETE', path: string) => {
      const token = await world.gateway.app.inject({
        ...{ method: 'POST', url: '/realms/master/protocol/openid-connect/token' },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({
          ...{ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD },
        }).toString(),
      });
      const headers = { authorization: `Bearer ${token.json().access_token}` };
      return world.gateway.app.inject({ method, url: `/admin/realms/acme/${path}`, headers });
    };
    const lastAdminEvent = async () => {
      const [row]: { event: CloudEvent<'admin'> }[] = await world.gateway.app
        .get(DataSource)
        .query(`select event from outbox where event->>'type' = 'admin' order by seq desc limit 1`);
      return row!.event.data;
    };

    it('every session of the realm', async () => {
      const { config } = await world.register();
      const given = [await world.signIn(config), await world.signIn(config)];
      const answer = await ask('POST', 'logout-all');
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toEqual({ successRequests: [], failedRequests: [] });
      for (const each of given) expect(await works(config, each)).toEqual(nowhere);
      expect(await lastAdminEvent()).toMatchObject({ operationType: 'ACTION', resourcePath: 'logout-all' });
      expect((await ask('POST', 'push-revocation')).statusCode).toBe(200);
    });

    it('one session, once', async () => {
      const { config } = await world.register();
      const [ended, other] = [await world.signIn(config), await world.signIn(config)];
      const path = `sessions/${ended.tokens.claims()!.sid as string}`;
      expect((await ask('DELETE', path)).statusCode).toBe(204);
      expect((await ask('DELETE', path)).statusCode).toBe(404);
      expect((await ask('DELETE', 'sessions/nonsense')).statusCode).toBe(404);
      expect(await works(config, ended)).toEqual(nowhere);
      expect(await works(config, other)).toEqual(everywhere);
      expect(await lastAdminEvent()).toMatchObject({ operationType: 'DELETE', resourcePath: path });
    });
  });
});
