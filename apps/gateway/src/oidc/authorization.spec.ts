import { randomUUID } from 'node:crypto';
import { users } from '@tumbler/contract-users';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Realms } from '../realms/realms.js';
import { Sessions } from '../sessions/sessions.js';
import { actionOf } from '../testing/browser.js';
import { CALLBACK, PUBLIC_URL, SignInWorld } from '../testing/sign-in-world.js';
import type { ClientSettings, ProtocolMapper } from './clients/client-settings.js';

describe('an application signs its users in, by openid-client', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());

  it('with a code and PKCE, and learns who it is', async () => {
    const { clientId, config } = await world.register({ publicClient: true });
    const { callback, tokens } = await world.signIn(config);
    expect(callback.searchParams.get('iss')).toBe('http://localhost:9999/realms/acme');
    expect(world.started).toMatchObject({ clientId, redirectUri: CALLBACK, flow: 'browser' });
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'openid profile email' });
    expect(tokens.claims()).toMatchObject({
      sub: world.ann.id,
      aud: clientId,
      acr: '1',
      amr: ['pwd', 'otp'],
    });
    const info = await client.fetchUserInfo(config, tokens.access_token, world.ann.id);
    expect(info).toEqual({
      ...{ sub: world.ann.id, email: 'ann@example.org', email_verified: true, name: 'Ann Archer' },
      ...{ preferred_username: 'ann', given_name: 'Ann', family_name: 'Archer' },
    });
  });

  it('with the groups of its user in both tokens, which are asked for once', async () => {
    const { bus } = world.gateway;
    const group = { id: randomUUID(), name: 'smiths', path: '/smiths' };
    bus.stub(users.groupsOfUser, () => [{ ...group, attributes: {}, subGroupCount: 0, subGroups: [] }]);
    const claims = { 'claim.name': 'groups', 'id.token.claim': 'true', 'access.token.claim': 'true' };
    const mapper: ProtocolMapper = {
      ...{ id: randomUUID(), name: 'groups', protocol: 'openid-connect', config: claims },
      protocolMapper: 'oidc-group-membership-mapper',
    };
    const { config } = await world.register({ protocolMappers: [mapper] });
    const before = bus.calls.length;
    const { tokens } = await world.signIn(config);
    expect(tokens.claims()).toMatchObject({ groups: ['/smiths'] });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ groups: ['/smiths'] });
    expect(bus.calls.slice(before).filter((call) => call === users.groupsOfUser.subject)).toHaveLength(1);
  });

  it('writes a session for who signed in, and nothing for who only looked', async () => {
    const { config } = await world.register();
    const count = async () =>
      (await world.gateway.app.get(DataSource).query('select count(*)::int as n from session'))[0]
        .n as number;
    const before = await count();
    await world.ask(config);
    expect(await count()).toBe(before);
    await world.signIn(config);
    expect(await count()).toBe(before + 1);
  });

  it('says how the realm works, on the paths of Keycloak', async () => {
    const { config } = await world.register();
    const below = 'http://localhost:9999/realms/acme/protocol/openid-connect';
    expect(config.serverMetadata()).toMatchObject({
      issuer: 'http://localhost:9999/realms/acme',
      authorization_endpoint: `${below}/auth`,
      token_endpoint: `${below}/token`,
      userinfo_endpoint: `${below}/userinfo`,
      jwks_uri: `${below}/certs`,
      introspection_endpoint: `${below}/token/introspect`,
      revocation_endpoint: `${below}/revoke`,
      end_session_endpoint: `${below}/logout`,
      pushed_authorization_request_endpoint: `${below}/ext/par/request`,
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      response_types_supported: ['code'],
    });
  });

  it('lets whoever is signed in through to the next application without a page', async () => {
    const one = await world.register();
    const other = await world.register();
    const first = await world.signIn(one.config);
    const second = await world.signIn(other.config, {}, first.by);
    expect(second.tokens.claims()).toMatchObject({ sid: first.tokens.claims()!.sid, aud: other.clientId });
    expect(world.started!.session).toMatchObject({ userId: world.ann.id });
  });

  it.each<Record<string, string>>([{ prompt: 'login' }, { max_age: '0' }])(
    'asks again where %j was asked for (O-02)',
    async (asked) => {
      const { config } = await world.register();
      const { by } = await world.signIn(config);
      const { page } = await world.ask(config, asked, by);
      expect(page.statusCode).toBe(200);
      expect(world.started!.session).toBeUndefined();
      const again = await world.signIn(config, asked, by);
      expect(again.tokens.claims()!.sub).toBe(world.ann.id);
    },
  );

  it('shows no page where none is to be shown (O-02)', async () => {
    const { config } = await world.register();
    const errorOf = ({ headers }: { headers: { location?: unknown } }) =>
      new URL(String(headers.location)).searchParams.get('error');
    expect(errorOf((await world.ask(config, { prompt: 'none' })).page)).toBe('login_required');
    const { by } = await world.signIn(config);
    const silent = await world.signIn(config, { prompt: 'none' }, by);
    expect(silent.tokens.claims()!.sub).toBe(world.ann.id);
    world.people.change(world.ann.id, { enabled: false });
    expect(errorOf((await world.ask(config, { prompt: 'none' }, by)).page)).toBe('interaction_required');
    world.people.change(world.ann.id, { enabled: true });
  });

  it('speaks the language that the application names for its user, from page to page', async () => {
    const { config } = await world.register();
    const speak = (internationalizationEnabled: boolean) => {
      const realm = world.people.realm('acme');
      Object.assign(realm, { internationalizationEnabled, supportedLocales: ['en', 'de'] });
      world.gateway.app.get(Realms).forget();
    };
    speak(true);
    const { page } = await world.ask(config, { ui_locales: 'fr de en' });
    expect(page.body).toContain('<html lang="de">');
    expect(actionOf(page, 'kc-form-login')).toContain('ui_locales=de');
    const chosen = await world.ask(config, { ui_locales: 'de', kc_locale: 'en' });
    expect(chosen.page.body).toContain('<html lang="en">');
    speak(false);
  });

  it('hands the name on that the application knows', async () => {
    const { config } = await world.register();
    await world.ask(config, { login_hint: 'ann@example.org' });
    expect(world.started!.loginHint).toBe('ann@example.org');
  });

  it('lets the last form lead to the application, which browsers hold against the policy', async () => {
    const { config } = await world.register({
      redirectUris: [
        ...[CALLBACK, 'org.example.app:/back'],
        ...['http://127.0.0.1/back', 'http://localhost/back', 'http://[::1]/back'],
      ],
    });
    const { page } = await world.ask(config);
    expect(page.headers['content-security-policy']).toContain(
      "form-action 'self' https://app.example.org org.example.app: http://127.0.0.1:* http://localhost:* http:",
    );
  });

  it('takes a request that comes as a form (OpenID Connect Core §3.1.2.1)', async () => {
    const { config } = await world.register();
    const verifier = client.randomPKCECodeVerifier();
    const { pathname, searchParams } = client.buildAuthorizationUrl(config, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
    });
    const by = world.browser();
    const fromApp = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.org' };
    const page = await by.post(pathname, Object.fromEntries(searchParams), fromApp);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.location!), {
      ...{ pkceCodeVerifier: verifier, idTokenExpected: true },
    });
    expect(tokens.claims()!.sub).toBe(world.ann.id);
  });

  it('takes a request that was pushed before, once', async () => {
    const { config } = await world.register();
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(config, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
    });
    const by = world.browser();
    const page = await by.get(`${url.pathname}${url.search}`);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    const tokens = await client.authorizationCodeGrant(config, new URL(back.headers.location!), {
      ...{ pkceCodeVerifier: verifier, idTokenExpected: true },
    });
    expect(tokens.claims()!.sub).toBe(world.ann.id);
    const again = await by.get(`${url.pathname}${url.search}`);
    expect(again.statusCode === 303 && again.headers.location?.includes('code=')).toBe(false);
  });

  it('answers as JSON whoever signs in without a page', async () => {
    const { config } = await world.register();
    const json = { accept: 'application/json' };
    const url = client.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: 'openid' });
    const by = world.browser();
    const form = (await by.get(`${url.pathname}${url.search}`, json)).json();
    const done = await by.post(form.action, { username: 'ann', password: 'x' }, json);
    expect(new URL(done.json().redirectUri).searchParams.get('code')).toBeTruthy();
  });

  describe('a code', () => {
    const codeFor = async (settings: ClientSettings = {}) => {
      const { clientId, secret, config } = await world.register(settings);
      const { page, by, checks } = await world.ask(config);
      const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
      const code = new URL(back.headers.location!).searchParams.get('code')!;
      const given = {
        ...{ grant_type: 'authorization_code', code, redirect_uri: CALLBACK },
        ...{ client_id: clientId, client_secret: secret, code_verifier: checks.pkceCodeVerifier },
      };
      const redeem = (more: Record<string, string | undefined> = {}) =>
        world.post('token', { ...given, ...more });
      return { redeem, code, config };
    };

    it('is good once, and takes back what it gave when it comes again (RFC 6749 §4.1.2)', async () => {
      const { redeem, config } = await codeFor();
      const { body } = await redeem();
      expect((await client.tokenIntrospection(config, body.access_token)).active).toBe(true);
      expect(await redeem()).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await client.tokenIntrospection(config, body.access_token)).active).toBe(false);
      await expect(client.refreshTokenGrant(config, body.refresh_token)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
    });

    it('gives tokens to one of many who come at once (ASVS 2.3.4)', async () => {
      const { redeem } = await codeFor();
      const answers = await Promise.all(Array.from({ length: 8 }, () => redeem()));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it.each([
      ['another verifier', { code_verifier: 'x'.repeat(43) }],
      ['no verifier', { code_verifier: undefined }],
      ['another address', { redirect_uri: 'https://app.example.org/other' }],
      ['no address', { redirect_uri: undefined }],
    ])('is worth nothing with %s, and then nothing at all', async (_what, wrong) => {
      const { redeem } = await codeFor();
      expect(await redeem(wrong)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect((await redeem()).status).toBe(400);
    });

    it('is worth nothing to another application', async () => {
      const { redeem } = await codeFor();
      const { clientId, secret } = await world.register();
      expect(await redeem({ client_id: clientId, client_secret: secret })).toMatchObject({
        ...{ status: 400, body: { error: 'invalid_grant' } },
      });
    });

    it('is worth nothing after a minute', async () => {
      const { redeem } = await codeFor();
      world.gateway.clock.advance(61);
      expect((await redeem()).status).toBe(400);
    });

    it('is worth nothing with a wrong secret', async () => {
      const { redeem } = await codeFor();
      expect(await redeem({ client_secret: 'wrong' })).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
    });

    it('is worth nothing once its session has ended', async () => {
      const { redeem } = await codeFor();
      await world.gateway.app.get(Sessions).endOfUser(world.people.realm('acme').id, world.ann.id);
      expect((await redeem()).status).toBe(400);
    });

    it('is in no row of the database', async () => {
      const { code } = await codeFor();
      const rows = await world.gateway.app
        .get(DataSource)
        .query(`select encode(id, 'base64') as id, payload::text from oidc_artifact`);
      expect(JSON.stringify(rows)).not.toContain(code);
    });
  });

  describe('is told what is wrong', () => {
    it.each([
      ['an address that is not registered', { redirect_uri: 'https://evil.example.org/' }],
      ['an address that only begins like one', { redirect_uri: `${CALLBACK}/more` }],
      ['an address with another case', { redirect_uri: CALLBACK.toUpperCase() }],
      ['an address with a query', { redirect_uri: `${CALLBACK}?x=1` }],
      ['a client that is not there', { client_id: 'nobody' }],
    ])('on our page and never by a redirect: %s (O-04)', async (_what, wrong) => {
      const { config } = await world.register();
      const { page } = await world.ask(config, wrong);
      expect(page.statusCode).toBe(400);
      expect(page.headers.location).toBeUndefined();
      expect(page.headers['content-type']).toContain('text/html');
    });

    it.each([
      [
        'no PKCE, of a public client (RFC 9700 §2.1.1)',
        { code_challenge: '', code_challenge_method: '' },
        'invalid_request',
      ],
      ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
      ['claims that are none', { claims: 'x' }, 'invalid_request'],
    ])('at its own address: %s', async (_what, wrong, error) => {
      const { config } = await world.register({ publicClient: true });
      const { page } = await world.ask(config, wrong);
      const back = new URL(page.headers.location!);
      expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
      expect(back.searchParams.get('error') ?? new URLSearchParams(back.hash.slice(1)).get('error')).toBe(
        error,
      );
    });

    describe('that its users may not sign in by a page (RFC 6749 §4.1.2.1)', () => {
      const refusal = {
        error: 'unauthorized_client',
        error_description:
          'Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.',
      };

      it('at its own address, and on our page where it has none', async () => {
        const { config } = await world.register({ standardFlowEnabled: false });
        const { page, checks } = await world.ask(config);
        const back = new URL(page.headers.location!);
        expect(`${back.origin}${back.pathname}`).toBe(CALLBACK);
        expect(Object.fromEntries(back.searchParams)).toEqual({
          ...refusal,
          state: checks.expectedState,
          iss: `${PUBLIC_URL}/realms/acme`,
        });
        const { page: elsewhere } = await world.ask(config, { redirect_uri: 'https://evil.example.org/' });
        expect(elsewhere.statusCode).toBe(400);
        expect(elsewhere.headers.location).toBeUndefined();
      });

      it('when it pushes its request, whatever address it names (RFC 9126 §2.3)', async () => {
        const push = async (settings: ClientSettings) => {
          const { clientId, secret } = await world.register(settings);
          const who = { client_id: clientId, client_secret: secret };
          return world.post('ext/par/request', { ...who, response_type: 'code', redirect_uri: CALLBACK });
        };
        for (const settings of [{}, { redirectUris: [] }]) {
          const answer = await push({ ...settings, standardFlowEnabled: false });
          expect(answer).toEqual({ status: 400, body: refusal });
        }
        // What is wrong with this one is that it has no address to send anybody back to.
        const { status, body } = await push({ redirectUris: [] });
        expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' });
      });
    });
  });
});
