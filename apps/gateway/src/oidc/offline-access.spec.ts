import { users } from '@tumbler/contract-users';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../sessions/sessions.js';
import { actionOf } from '../testing/browser.js';
import { PASSWORD } from '../testing/stub-people.js';
import { CALLBACK, SignInWorld } from '../testing/sign-in-world.js';

const DAY = 24 * 3600;
const ASKED = { scope: 'openid offline_access' };

describe('an application that goes on when its user is gone (OpenID Connect Core §11)', () => {
  let world: SignInWorld;
  beforeAll(async () => {
    world = await SignInWorld.open();
    world.people.change(world.ann.id, { roles: ['offline_access'] });
    world.gateway.bus.stub(users.view, ({ userId }) => {
      const { username } = world.people.people.get(userId)!;
      const view = {
        emailVerified: true,
        enabled: true,
        createdTimestamp: 1,
        requiredActions: [],
        notBefore: 0,
      };
      return { ...view, id: userId, username, attributes: {} };
    });
  });
  afterAll(() => world.gateway.close());
  afterEach(() => {
    // Who waits for months in one test is not to be from the future in the next: openid-client knows this machine's clock.
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    world.setRealm({ offlineSessionIdleTimeout: 30 * DAY, offlineSessionMaxLifespanEnabled: false });
    world.people.change(world.ann.id, { roles: ['offline_access'] });
  });

  const isActive = async (config: client.Configuration, token: string) =>
    (await client.tokenIntrospection(config, token)).active;
  const refresh = (application: { clientId: string; secret?: string }, refresh_token: string) =>
    world.post('token', {
      ...{ grant_type: 'refresh_token', refresh_token },
      ...{ client_id: application.clientId, client_secret: application.secret },
    });
  const administer = async (path: string) => {
    const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD };
    const token = await world.gateway.app.inject({
      ...{ method: 'POST', url: '/realms/master/protocol/openid-connect/token' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    const headers = { authorization: `Bearer ${token.json().access_token}` };
    return (await world.gateway.app.inject({ url: `/admin/realms/acme/${path}`, headers })).json();
  };
  const idOf = async ({ clientId }: { clientId: string }) =>
    (await administer(`clients?clientId=${clientId}`))[0].id as string;

  it('keeps what it was given after the user has signed out, and without a browser', async () => {
    const application = await world.register();
    const { tokens, by } = await world.signIn(application.config, ASKED);
    expect(tokens.scope).toBe('openid profile email offline_access');
    expect(decodeJwt(tokens.refresh_token!).typ).toBe('Offline');
    expect(tokens.refresh_expires_in).toBe(30 * DAY);
    await world.gateway.app.get(Sessions).end(world.people.realm('acme').id, tokens.claims()!.sid as string);
    expect((await world.ask(application.config, {}, by)).page.statusCode, 'signed out').toBe(200);
    expect(await isActive(application.config, tokens.access_token)).toBe(true);
    const next = await client.refreshTokenGrant(application.config, tokens.refresh_token!);
    expect(next.claims()).toMatchObject({ sub: world.ann.id, sid: tokens.claims()!.sid });
    expect(await isActive(application.config, next.access_token)).toBe(true);
  });

  it('takes part in the session of the browser all the same, to be told of its end', async () => {
    const { clientId, config } = await world.register();
    const { tokens } = await world.signIn(config, ASKED);
    const db = world.gateway.app.get(DataSource);
    const told = `select 1 from session s join refresh_token t on t.session_id = s.id
                    join client c on c.id = t.client where s.id = $1 and c.client_id = $2`;
    expect(await db.query(told, [tokens.claims()!.sid, clientId])).toHaveLength(1);
  });

  it('may be idle for as long as the realm says, and be used for longer', async () => {
    const application = await world.register();
    let token = (await world.signIn(application.config, ASKED)).tokens.refresh_token!;
    for (let month = 0; month < 4; month++) {
      world.gateway.clock.advance(29 * DAY);
      const { status, body } = await refresh(application, token);
      expect(status).toBe(200);
      token = body.refresh_token;
    }
    world.gateway.clock.advance(30 * DAY);
    expect(await refresh(application, token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('ends at the end of its longest life, where the realm has one', async () => {
    world.setRealm({ offlineSessionMaxLifespanEnabled: true, offlineSessionMaxLifespan: 40 * DAY });
    const application = await world.register();
    const { tokens } = await world.signIn(application.config, ASKED);
    world.gateway.clock.advance(29 * DAY);
    const { body } = await refresh(application, tokens.refresh_token!);
    expect(body.refresh_expires_in).toBe(11 * DAY);
    world.gateway.clock.advance(11 * DAY);
    expect((await refresh(application, body.refresh_token)).status).toBe(400);
  });

  it('does not, for a user without the role or an application without the scope', async () => {
    const without = await world.register({ optionalClientScopes: [] });
    const { tokens } = await world.signIn(without.config, ASKED);
    expect(tokens.scope).toBe('openid profile email');
    const application = await world.register();
    const given = await world.signIn(application.config, ASKED);
    world.people.change(world.ann.id, { roles: [] });
    expect(await refresh(application, given.tokens.refresh_token!)).toMatchObject({
      body: { error: 'not_allowed' },
    });
    await expect(world.signIn(application.config, ASKED)).rejects.toMatchObject({ error: 'not_allowed' });
  });

  it('loses it all by a code, or a token, that comes again', async () => {
    const application = await world.register();
    const { clientId, secret, config } = application;
    const { page, by, checks } = await world.ask(config, ASKED);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    const redeem = () =>
      world.post('token', {
        ...{ grant_type: 'authorization_code', redirect_uri: CALLBACK },
        ...{ client_id: clientId, client_secret: secret, code_verifier: checks.pkceCodeVerifier },
        code: new URL(back.headers.location!).searchParams.get('code')!,
      });
    const { body } = await redeem();
    expect((await redeem()).status).toBe(400);
    expect(await isActive(config, body.access_token)).toBe(false);
    expect((await refresh(application, body.refresh_token)).status).toBe(400);

    const { tokens } = await world.signIn(config, ASKED);
    await refresh(application, tokens.refresh_token!);
    world.gateway.clock.advance(6);
    expect((await refresh(application, tokens.refresh_token!)).status).toBe(400);
    expect(await isActive(config, tokens.access_token)).toBe(false);
  });

  it('is listed to administrators until it gives its token back (RFC 7009)', async () => {
    const application = await world.register();
    const { tokens } = await world.signIn(application.config, ASKED);
    const id = await idOf(application);
    const [listed] = await administer(`users/${world.ann.id}/offline-sessions/${id}`);
    expect(listed).toMatchObject({
      ...{ username: 'ann', userId: world.ann.id, clients: { [id]: application.clientId } },
      id: decodeJwt(tokens.access_token).sid,
    });
    expect(await administer(`clients/${id}/offline-sessions`)).toEqual([listed]);
    expect(await administer(`clients/${id}/offline-sessions?first=1`)).toEqual([]);
    expect(await administer(`clients/${id}/offline-session-count`)).toEqual({ count: 1 });
    await client.tokenRevocation(application.config, tokens.refresh_token!);
    expect(await isActive(application.config, tokens.access_token)).toBe(false);
    expect(await administer(`clients/${id}/offline-session-count`)).toEqual({ count: 0 });
  });

  it('ends with every other session of a user who is signed out everywhere', async () => {
    const application = await world.register();
    const { tokens } = await world.signIn(application.config, ASKED);
    await world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
    expect(await isActive(application.config, tokens.access_token)).toBe(false);
    expect((await refresh(application, tokens.refresh_token!)).status).toBe(400);
  });

  it('may ask in a request that was pushed before, and by password where it may', async () => {
    const application = await world.register({ directAccessGrantsEnabled: true });
    const { clientId, secret, config } = application;
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      ...{ redirect_uri: CALLBACK, ...ASKED, code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
    });
    const by = world.browser();
    const page = await by.get(`${url.pathname}${url.search}`);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.location!), {
      ...{ pkceCodeVerifier: verifier, idTokenExpected: true },
    });
    expect(decodeJwt(tokens.refresh_token!).typ).toBe('Offline');
    const direct = await world.post('token', {
      ...{ grant_type: 'password', username: 'ann', password: PASSWORD, ...ASKED },
      ...{ client_id: clientId, client_secret: secret },
    });
    expect(decodeJwt(direct.body.refresh_token).typ).toBe('Offline');
    expect(config.serverMetadata().scopes_supported).toContain('offline_access');
    expect(JSON.stringify(config.serverMetadata())).not.toContain('tumbler:');
  });
});

describe('a refresh token', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());

  it('is good for as long as its session may idle, and no longer than it may live', async () => {
    const { config } = await world.register();
    world.setRealm({ ssoSessionIdleTimeout: 1800, ssoSessionMaxLifespan: 2000 });
    const { tokens } = await world.signIn(config);
    expect(tokens.refresh_expires_in).toBe(1800);
    world.gateway.clock.advance(1000);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token!);
    expect(next.refresh_expires_in).toBe(1000);
  });

  it('is good for that long also where its session was seen a moment before it was given out', async () => {
    world.setRealm({ ssoSessionIdleTimeout: 1800, ssoSessionMaxLifespan: 36_000 });
    world.gateway.clock.advance((Date.now() - world.gateway.clock.now().getTime()) / 1000);
    const { clientId, secret, config } = await world.register();
    const refresh = (refresh_token: string) =>
      world.post('token', {
        grant_type: 'refresh_token',
        refresh_token,
        client_id: clientId,
        client_secret: secret,
      });
    const { tokens } = await world.signIn(config);
    world.gateway.clock.advance(50);
    const { body } = await refresh(tokens.refresh_token!);
    expect(body.refresh_expires_in).toBe(1800);
    world.gateway.clock.advance(1799);
    expect((await refresh(body.refresh_token)).status, 'it was over 49 seconds earlier').toBe(200);
  });
});
