import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf } from '../testing/browser.js';
import { PASSWORD } from '../testing/stub-people.js';
import { CALLBACK, PUBLIC_URL, SignInWorld } from '../testing/sign-in-world.js';

const HOME = 'https://app.example.org/goodbye';

describe('what is not as the standards say', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());

  const codeFor = async () => {
    const application = await world.register();
    const { page, by, checks } = await world.ask(application.config);
    const back = await by.post(actionOf(page, 'kc-form-login'), { username: 'ann', password: 'x' });
    return { ...application, checks, callback: new URL(back.headers.location!) };
  };

  it('an answer of another issuer is refused by the application, since ours are named (RFC 9207)', async () => {
    const { config, checks, callback } = await codeFor();
    expect(callback.searchParams.get('iss')).toBe(`${PUBLIC_URL}/realms/acme`);
    expect(config.serverMetadata().authorization_response_iss_parameter_supported).toBe(true);
    for (const mixedUp of ['https://evil.example.org', `${PUBLIC_URL}/realms/master`]) {
      const other = new URL(callback);
      other.searchParams.set('iss', mixedUp);
      await expect(client.authorizationCodeGrant(config, other, checks)).rejects.toThrow(/invalid response/);
    }
    const nameless = new URL(callback);
    nameless.searchParams.delete('iss');
    await expect(client.authorizationCodeGrant(config, nameless, checks)).rejects.toThrow(/invalid response/);
    const refused = await world.ask(config, { prompt: 'none' });
    expect(new URL(refused.page.headers.location!).searchParams.get('iss')).toBe(`${PUBLIC_URL}/realms/acme`);
  });

  it('a code, a token or a hint of one realm is worth nothing in another one', async () => {
    const { callback, clientId, secret, config, checks } = await codeFor();
    const elsewhere = (path: string, form: Record<string, string>) =>
      world.gateway.app.inject({
        ...{ method: 'POST', url: `/realms/master/protocol/openid-connect/${path}` },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(form).toString(),
      });
    const who = { client_id: clientId, client_secret: secret! };
    const code = callback.searchParams.get('code')!;
    const redeemed = await elsewhere('token', {
      ...{ grant_type: 'authorization_code', code, redirect_uri: CALLBACK },
      ...{ code_verifier: checks.pkceCodeVerifier, ...who },
    });
    expect(redeemed.statusCode).toBe(401);
    const { refresh_token, id_token } = await client.authorizationCodeGrant(config, callback, checks);
    const asCli = { grant_type: 'refresh_token', client_id: 'admin-cli', refresh_token: refresh_token! };
    expect((await elsewhere('token', asCli)).json()).toMatchObject({ error: 'invalid_grant' });
    const hint = new URLSearchParams({ id_token_hint: id_token! }).toString();
    const out = await world.gateway.app.inject(`/realms/master/protocol/openid-connect/logout?${hint}`);
    expect(out.statusCode).toBe(400);
  });

  it.each([
    ['another host behind an @', 'https://app.example.org@evil.example.org/callback'],
    ['a host that only begins like it', 'https://app.example.org.evil.example.org/callback'],
    ['a backslash', 'https://app.example.org\\@evil.example.org/callback'],
    ['a step up', `${CALLBACK}/../other`],
    ['an encoded step up', `${CALLBACK}/%2e%2e/other`],
    ['a fragment', `${CALLBACK}#x`],
    ['another port', 'https://app.example.org:8443/callback'],
    ['no encryption', CALLBACK.replace('https', 'http')],
    ['a script', 'javascript:alert(1)'],
    ['no host', '//evil.example.org/callback'],
    ['nothing', ''],
  ])(
    'no redirect leads to an address with %s, neither after a login nor after a logout (O-04, O-06)',
    async (_what, uri) => {
      const { config, clientId } = await world.register({
        attributes: { 'post.logout.redirect.uris': `${HOME}##+` },
      });
      const asked = await world.ask(config, { redirect_uri: uri });
      expect(asked.page.statusCode).toBe(400);
      expect(asked.page.headers.location).toBeUndefined();
      if (uri === '') return;
      const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: uri }).toString();
      const out = await world.browser().get(`/realms/acme/protocol/openid-connect/logout?${query}`);
      expect(out.statusCode).toBe(400);
      expect(out.headers.location).toBeUndefined();
    },
  );

  it('a pushed request is for who pushed it, and only so long (RFC 9126)', async () => {
    const [one, other] = [await world.register(), await world.register()];
    const verifier = client.randomPKCECodeVerifier();
    const url = await client.buildAuthorizationUrlWithPAR(one.config, {
      ...{ redirect_uri: CALLBACK, scope: 'openid', code_challenge_method: 'S256' },
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
    });
    const stolen = new URL(url);
    stolen.searchParams.set('client_id', other.clientId);
    const page = await world.browser().get(`${stolen.pathname}${stolen.search}`);
    expect(page.statusCode).toBe(400);
    expect(page.headers.location).toBeUndefined();
    const made = new URL(url);
    made.searchParams.set('request_uri', 'urn:ietf:params:oauth:request_uri:made-up');
    expect((await world.browser().get(`${made.pathname}${made.search}`)).statusCode).toBe(400);
    world.gateway.clock.advance(120);
    expect((await world.browser().get(`${url.pathname}${url.search}`)).statusCode).toBe(400);
  });

  it('a token is given back, or looked at, only by whose it is, with their secret (RFC 7009, RFC 7662)', async () => {
    const [one, other] = [await world.register(), await world.register()];
    const { tokens } = await world.signIn(one.config);
    const isActive = async () => (await client.tokenIntrospection(one.config, tokens.access_token)).active;
    const revoke = (client_id: string, client_secret?: string) =>
      world.post('revoke', { token: tokens.refresh_token!, client_id, client_secret });
    await revoke(other.clientId, other.secret);
    expect((await revoke(one.clientId, 'wrong')).status).toBe(401);
    expect((await revoke(one.clientId)).status).toBeGreaterThanOrEqual(400);
    expect(await isActive()).toBe(true);
    const asked = { token: tokens.access_token, client_id: one.clientId, client_secret: 'wrong' };
    expect((await world.post('token/introspect', asked)).status).toBe(401);
    expect((await revoke(one.clientId, one.secret)).status).toBe(200);
    expect(await isActive()).toBe(false);
  });

  it('the token endpoint names each error as RFC 6749 §5.2 does', async () => {
    const { clientId, secret } = await world.register();
    const who = { client_id: clientId, client_secret: secret };
    const error = async (form: Record<string, string | undefined>) => {
      const { status, body } = await world.post('token', form);
      return `${status} ${body.error}`;
    };
    expect(await error({ ...who })).toBe('400 invalid_request');
    expect(await error({ ...who, grant_type: 'magic' })).toBe('400 unsupported_grant_type');
    expect(await error({ ...who, grant_type: 'authorization_code' })).toBe('400 invalid_request');
    expect(await error({ ...who, grant_type: 'authorization_code', code: 'made-up' })).toBe(
      '400 invalid_grant',
    );
    expect(await error({ ...who, grant_type: 'refresh_token', refresh_token: 'x' })).toBe(
      '400 invalid_grant',
    );
    expect(await error({ ...who, client_secret: 'x', grant_type: 'refresh_token' })).toBe(
      '401 invalid_client',
    );
    expect(await error({ client_id: 'nobody', grant_type: 'refresh_token' })).toBe('401 invalid_client');
    const password = { grant_type: 'password', username: 'ann', password: PASSWORD };
    expect(await error({ ...who, ...password })).toBe('400 unauthorized_client');
    expect(await error({ ...who, grant_type: 'client_credentials' })).toBe('400 unauthorized_client');
  });
});
