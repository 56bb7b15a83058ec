import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { CALLBACK, PUBLIC_URL, SignInWorld } from '../testing/sign-in-world.js';
import { Clients } from './clients/clients.js';

const HOME = 'https://app.example.org/goodbye';
const LOGOUT = '/realms/acme/protocol/openid-connect/logout';

describe('an application that has tokens', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());

  const active = async (config: client.Configuration, token: string) =>
    (await client.tokenIntrospection(config, token)).active;

  it('refreshes them, and ends everything by using a spent one (RFC 9700 §4.14.2)', async () => {
    const { config } = await world.register();
    const { tokens } = await world.signIn(config);
    const next = await client.refreshTokenGrant(config, tokens.refresh_token!);
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect(next.claims()).toMatchObject({ sub: world.ann.id, sid: tokens.claims()!.sid });
    world.gateway.clock.advance(6);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await active(config, next.access_token)).toBe(false);
  });

  it('may refresh them for less than it was granted, and has the rest the next time (RFC 6749 §6)', async () => {
    const { config } = await world.register();
    const { tokens } = await world.signIn(config, { scope: 'openid phone address' });
    const refresh = (from: { refresh_token?: string }, scope?: string) =>
      client.refreshTokenGrant(config, from.refresh_token!, scope === undefined ? {} : { scope });
    const less = await refresh(tokens, 'openid phone');
    expect(less.scope).toBe('openid profile email phone');
    expect(decodeJwt(less.access_token).scope).toBe(less.scope);
    const noOpenid = await refresh(less, 'address');
    expect(noOpenid.scope).toBe('profile email address');
    expect(noOpenid.id_token).toBeUndefined();
    const beyond = await refresh(noOpenid, 'openid microprofile-jwt nonsense');
    expect(beyond.scope).toBe('openid profile email');
    expect((await refresh(beyond)).scope).toBe(tokens.scope);
  });

  it('learns by introspection what Keycloak tells, and nothing without a secret of its own', async () => {
    const { clientId, config } = await world.register();
    const { tokens } = await world.signIn(config);
    expect(await client.tokenIntrospection(config, tokens.access_token)).toMatchObject({
      ...{
        active: true,
        client_id: clientId,
        sub: world.ann.id,
        username: 'ann',
        scope: 'openid profile email',
      },
      ...{ sid: tokens.claims()!.sid, acr: '1', typ: 'Bearer', iss: `${PUBLIC_URL}/realms/acme` },
    });
    expect(await active(config, 'a.b.c')).toBe(false);
    expect(await active(config, 'nonsense')).toBe(false);
    const open = await world.register({ publicClient: true });
    expect(await active(open.config, tokens.access_token)).toBe(false);
    expect((await world.post('token/introspect', { token: tokens.access_token })).status).toBe(400);
  });

  it('gives a token back, and has then nothing that works (RFC 7009)', async () => {
    const { config } = await world.register();
    const other = await world.register();
    const { tokens, by } = await world.signIn(config);
    const { tokens: others } = await world.signIn(other.config, {}, by);
    await client.tokenRevocation(other.config, tokens.refresh_token!);
    expect(await active(config, tokens.access_token)).toBe(true);
    await client.tokenRevocation(config, tokens.refresh_token!);
    expect(await active(config, tokens.access_token)).toBe(false);
    await expect(client.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect(await active(other.config, others.access_token)).toBe(true);
  });

  it('acts for itself with client credentials, where it may', async () => {
    const { clientId, secret, config } = await world.register({ serviceAccountsEnabled: true });
    const realm = world.people.realm('acme');
    const clients = world.gateway.app.get(Clients);
    const account = world.people.add('acme', `service-account-${clientId}`);
    await clients.setServiceAccount((await clients.byClientId(realm, clientId))!, account.id);
    const tokens = await client.clientCredentialsGrant(config);
    expect(tokens.scope).toBe('profile email');
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      sub: account.id,
      azp: clientId,
      client_id: clientId,
    });
    expect(await active(config, tokens.access_token)).toBe(true);
    const basic = await world.post('token', {
      ...{ grant_type: 'client_credentials', client_id: clientId, client_secret: secret },
    });
    expect(basic.status).toBe(200);
    for (const settings of [{}, { publicClient: true, serviceAccountsEnabled: true }]) {
      const { config: without } = await world.register(settings);
      await expect(client.clientCredentialsGrant(without)).rejects.toMatchObject({
        error: 'unauthorized_client',
      });
    }
  });

  it('is told by `unauthorized_client` that a grant is not for it, whichever it is (RFC 6749 §5.2)', async () => {
    const { clientId, secret } = await world.register({ standardFlowEnabled: false });
    const who = { client_id: clientId, client_secret: secret };
    for (const form of [
      { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK },
      { grant_type: 'password', username: 'ann', password: 'x' },
      { grant_type: 'client_credentials' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'x' },
    ]) {
      const { status, body } = await world.post('token', { ...who, ...form });
      expect({ status, error: body.error }, form.grant_type).toEqual({
        ...{ status: 400, error: 'unauthorized_client' },
      });
    }
  });

  it('learns more by the claims it asks for (OpenID Connect Core §5.5)', async () => {
    const { config } = await world.register({ defaultClientScopes: ['basic'] });
    const claims = JSON.stringify({
      id_token: { email: null },
      userinfo: { given_name: { essential: true } },
    });
    const { tokens } = await world.signIn(config, { claims });
    expect(tokens.claims()).toMatchObject({ email: 'ann@example.org' });
    expect(tokens.claims()).not.toHaveProperty('name');
    const info = await client.fetchUserInfo(config, tokens.access_token, world.ann.id);
    expect(info).toEqual({ sub: world.ann.id, given_name: 'Ann' });
  });

  it('is told of roles, and without the full scope only of its own', async () => {
    const own = await world.register({ fullScopeAllowed: false });
    const any = await world.register();
    world.people.change(world.ann.id, {
      roles: ['smith'],
      clientRoles: { [own.clientId]: ['reader'], other: ['writer'] },
    });
    const { tokens, by } = await world.signIn(own.config);
    const narrow = decodeJwt(tokens.access_token);
    expect(narrow).not.toHaveProperty('realm_access');
    expect(narrow.resource_access).toEqual({ [own.clientId]: { roles: ['reader'] } });
    const { tokens: wide } = await world.signIn(any.config, {}, by);
    expect(decodeJwt(wide.access_token)).toMatchObject({
      realm_access: { roles: ['smith'] },
      resource_access: { [own.clientId]: { roles: ['reader'] }, other: { roles: ['writer'] } },
    });
  });

  it('may be asked for by scripts of its own origin and of no other', async () => {
    const { clientId } = await world.register({ publicClient: true, webOrigins: ['+'] });
    const from = (origin: string) =>
      world.gateway.app.inject({
        ...{ method: 'POST', url: '/realms/acme/protocol/openid-connect/token' },
        headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: clientId,
          refresh_token: 'x',
        }).toString(),
      });
    expect((await from('https://app.example.org')).headers['access-control-allow-origin']).toBe(
      'https://app.example.org',
    );
    expect((await from('https://evil.example.org')).headers['access-control-allow-origin']).toBeUndefined();
  });

  describe('signs its user out (RP-Initiated Logout 1.0)', () => {
    const registered = () => world.register({ attributes: { 'post.logout.redirect.uris': HOME } });
    const link = (fields: Record<string, string>) => `${LOGOUT}?${new URLSearchParams(fields).toString()}`;

    it('at once, where it holds their id token, and leads them where it registered', async () => {
      const { config } = await registered();
      const { tokens, by } = await world.signIn(config);
      const url = client.buildEndSessionUrl(config, {
        ...{ post_logout_redirect_uri: HOME, id_token_hint: tokens.id_token!, state: 'a state' },
      });
      const reply = await by.get(`${url.pathname}${url.search}`);
      expect(reply.statusCode).toBe(303);
      expect(reply.headers.location).toBe(`${HOME}?state=a+state`);
      expect(await active(config, tokens.access_token)).toBe(false);
      expect((await world.ask(config, {}, by)).page.statusCode).toBe(200);
    });

    it('after asking them, where it does not (ASVS 10.6.2)', async () => {
      const { clientId, config } = await registered();
      const { tokens, by } = await world.signIn(config);
      const page = await by.get(link({ client_id: clientId, post_logout_redirect_uri: HOME }));
      expect(page.body).toContain('kc-logout');
      expect(await active(config, tokens.access_token)).toBe(true);
      const token = /name="token" value="([^"]+)"/.exec(page.body)![1]!;
      const form = { client_id: clientId, post_logout_redirect_uri: HOME };
      expect((await by.post(actionOf(page), { ...form, token: 'made-up' })).statusCode).toBe(200);
      expect(await active(config, tokens.access_token)).toBe(true);
      expect((await by.post(actionOf(page), { ...form, token })).headers.location).toBe(HOME);
      expect(await active(config, tokens.access_token)).toBe(false);
    });

    it.each([
      ['an address that is not registered', { post_logout_redirect_uri: 'https://evil.example.org/' }],
      ['an address without an application', { post_logout_redirect_uri: HOME, client_id: '' }],
      ['a hint that nobody signed', { id_token_hint: 'a.b.c' }],
    ])('but never with %s (O-06)', async (_what, wrong) => {
      const { clientId, config } = await registered();
      const { tokens, by } = await world.signIn(config);
      const reply = await by.get(link({ client_id: clientId, ...wrong }));
      expect(reply.statusCode).toBe(400);
      expect(reply.headers.location).toBeUndefined();
      expect(await active(config, tokens.access_token)).toBe(true);
    });

    it('with a hint that has expired, but not with one of somebody else', async () => {
      const { config } = await registered();
      const mine = await world.signIn(config);
      const others = await world.signIn(config);
      const asked = await mine.by.get(link({ id_token_hint: others.tokens.id_token! }));
      expect(asked.body).toContain('kc-logout');
      world.gateway.clock.advance(600);
      const reply = await mine.by.get(link({ id_token_hint: mine.tokens.id_token! }));
      expect(reply.body).toContain('You are logged out');
    });

    it('by its refresh token, with its secret', async () => {
      const { clientId, secret, config } = await registered();
      const { tokens } = await world.signIn(config);
      const form = { client_id: clientId, refresh_token: tokens.refresh_token! };
      expect((await world.post('logout', form)).status).toBe(401);
      expect((await world.post('logout', { ...form, client_secret: secret })).status).toBe(204);
      expect(await active(config, tokens.access_token)).toBe(false);
    });
  });

  it('finds nothing at the paths of another realm', async () => {
    const { config } = await world.register();
    const { tokens } = await world.signIn(config);
    const reply = await world.gateway.app.inject({
      url: '/realms/master/protocol/openid-connect/userinfo',
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(reply.statusCode).toBe(401);
  });
});
