import { flows, type Granted } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, UnsecuredJWT } from 'jose';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Realms } from '../realms/realms.js';
import { Sessions } from '../sessions/sessions.js';
import { PASSWORD, StubPeople } from '../testing/stub-people.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { AccessTokens } from './tokens/access-tokens.js';

describe('the token endpoint', () => {
  let gateway: TestGateway;
  let people: StubPeople;
  let tokens: AccessTokens;
  beforeAll(async () => {
    gateway = await testGateway();
    people = new StubPeople(gateway.bus, () => gateway.clock.now());
    people.add('acme', 'ann');
    tokens = gateway.app.get(AccessTokens);
  });
  afterAll(() => gateway.close());
  beforeEach(() => people.change(people.admin.id, { enabled: true, notBefore: 0 }));

  const post = async (path: string, form: Record<string, string> | URLSearchParams) => {
    const response = await gateway.app.inject({
      method: 'POST',
      url: `/realms/${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    });
    return { status: response.statusCode, headers: response.headers, body: parse(response.payload) };
  };
  const token = (form: Record<string, string>, realm = 'master') =>
    post(`${realm}/protocol/openid-connect/token`, { client_id: 'admin-cli', ...form });
  const signIn = (more: Record<string, string> = {}) =>
    token({ grant_type: 'password', username: 'admin', password: PASSWORD, ...more });
  const refresh = (refresh_token: string, more: Record<string, string> = {}) =>
    token({ grant_type: 'refresh_token', refresh_token, ...more });

  it('answers exactly what the official client reads, and forbids keeping it', async () => {
    const { status, headers, body } = await signIn();
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      [
        'access_token',
        'expires_in',
        'refresh_expires_in',
        'refresh_token',
        'token_type',
        'not-before-policy',
        'session_state',
        'scope',
      ].sort(),
    );
    expect(body).toMatchObject({ expires_in: 60, token_type: 'Bearer', scope: 'profile email' });
    expect(headers['cache-control']).toBe('no-store');
  });

  it('adds an id token where openid is asked for', async () => {
    const { body } = await signIn({ scope: 'openid' });
    expect(body.scope).toBe('openid profile email');
    expect(decodeJwt(body.id_token)).toMatchObject({ aud: 'admin-cli', sub: people.admin.id, typ: 'ID' });
  });

  it('signs so that anybody can verify with the published keys', async () => {
    const { body } = await signIn();
    const certs = await gateway.app.inject('/realms/master/protocol/openid-connect/certs');
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(certs.json()), {
      issuer: `${gateway.config.publicUrl}/realms/master`,
      currentDate: gateway.clock.now(),
    });
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      typ: 'Bearer',
      azp: 'admin-cli',
      sub: people.admin.id,
      sid: body.session_state,
      scope: 'profile email',
      preferred_username: 'admin',
      name: 'Ann Archer',
      realm_access: { roles: ['admin'] },
    });
    expect(payload.exp! - payload.iat!).toBe(60);
  });

  it('publishes no private part, and keeps it sealed in the database', async () => {
    const certs = await gateway.app.inject('/realms/master/protocol/openid-connect/certs');
    for (const key of certs.json().keys) {
      const publicParts = { RSA: ['e', 'n'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] };
      const parts = publicParts[key.kty as keyof typeof publicParts];
      expect(Object.keys(key).sort()).toEqual(['alg', 'kid', 'kty', 'use', ...parts].sort());
    }
    const rows = await gateway.app.get(DataSource).query('select private_key::text as key from signing_key');
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('PRIVATE KEY').toString('hex'));
  });

  it('tells of a realm how to verify its tokens', async () => {
    const info = await gateway.app.inject('/realms/master');
    expect(info.json()).toMatchObject({
      realm: 'master',
      'token-service': `${gateway.config.publicUrl}/realms/master/protocol/openid-connect`,
      'tokens-not-before': 0,
    });
    expect(Buffer.from(info.json().public_key, 'base64').length).toBeGreaterThan(250);
    expect((await gateway.app.inject('/realms/nowhere')).statusCode).toBe(404);
  });

  it.each([
    ['no grant type', {}, 400, 'invalid_request'],
    ['a grant that nobody knows', { grant_type: 'magic' }, 400, 'unsupported_grant_type'],
    ['a name of the prototype', { grant_type: 'constructor' }, 400, 'unsupported_grant_type'],
    ['no such client', { grant_type: 'password', client_id: 'nobody' }, 401, 'invalid_client'],
    ['a client that may not', { grant_type: 'password', client_id: 'account' }, 400, 'unauthorized_client'],
    ['a wrong password', { grant_type: 'password', username: 'admin', password: 'x' }, 401, 'invalid_grant'],
    [
      'a name nobody has',
      { grant_type: 'password', username: 'x', password: PASSWORD },
      401,
      'invalid_grant',
    ],
    ['no refresh token', { grant_type: 'refresh_token' }, 400, 'invalid_request'],
    ['a made-up refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'invalid_grant'],
  ])('refuses %s', async (_what, form, status, error) => {
    const answer = await token(form);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('says the same of a wrong password and of an unknown name', async () => {
    const wrong = await token({ grant_type: 'password', username: 'admin', password: 'x' });
    const unknown = await token({ grant_type: 'password', username: 'nobody', password: 'x' });
    expect(wrong.body).toEqual({ error: 'invalid_grant', error_description: 'Invalid user credentials' });
    expect(unknown.body).toEqual(wrong.body);
  });

  it('refuses a parameter that is sent twice (RFC 6749 §3.2)', async () => {
    const form = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'admin' });
    form.append('username', 'ann');
    expect(await post('master/protocol/openid-connect/token', form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('hands a code over under either of its names', async () => {
    let seen: Record<string, string> = {};
    gateway.bus.stub(flows.grant, ({ fields }): Granted => {
      seen = fields;
      return {
        kind: 'refused',
        error: 'invalid_grant',
        description: 'Invalid user credentials',
        status: 401,
      };
    });
    await signIn({ totp: '123456' });
    expect(seen.totp).toBe('123456');
    await signIn({ otp: '654321' });
    expect(seen.totp).toBe('654321');
    people.answerGrants();
  });

  describe('refreshing', () => {
    it('gives new tokens for the same session, and tells of it', async () => {
      const first = (await signIn()).body;
      const { status, body } = await refresh(first.refresh_token);
      expect(status).toBe(200);
      expect(body.session_state).toBe(first.session_state);
      expect(body.refresh_token).not.toBe(first.refresh_token);
      const [{ event }] = await gateway.app
        .get(DataSource)
        .query(`select event from outbox where event->>'type' = 'REFRESH_TOKEN' order by seq desc limit 1`);
      expect(event.data).toMatchObject({ sessionId: first.session_state, clientId: 'admin-cli' });
      expect(JSON.stringify(event)).not.toContain(body.refresh_token);
    });

    it('gives two requests at once the same token: the official client may send both', async () => {
      const { refresh_token } = (await signIn()).body;
      const [one, two] = await Promise.all([refresh(refresh_token), refresh(refresh_token)]);
      expect(one.body.refresh_token).toBe(two.body.refresh_token);
      expect(one.status).toBe(200);
    });

    it('ends the session when a spent token comes again (RFC 9700 §4.14.2)', async () => {
      const first = (await signIn()).body;
      const second = (await refresh(first.refresh_token)).body;
      gateway.clock.advance(6);
      expect(await refresh(first.refresh_token)).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
      expect((await refresh(second.refresh_token)).body.error_description).toBe('Session not active');
      expect(await tokens.verify(second.access_token)).toBeUndefined();
    });

    it('does not take the token of another application, or of another realm', async () => {
      const { refresh_token } = (await signIn()).body;
      expect((await refresh(refresh_token, { client_id: 'account' })).status).toBe(400);
      expect((await token({ grant_type: 'refresh_token', refresh_token }, 'acme')).status).toBe(400);
      expect((await refresh(refresh_token)).status).toBe(200);
    });

    it.each([
      ['was switched off', { enabled: false }],
      ['was signed out everywhere', { notBefore: 4_000_000_000 }],
    ])('refuses when the user %s', async (_what, change) => {
      const { refresh_token } = (await signIn()).body;
      people.change(people.admin.id, change);
      expect((await refresh(refresh_token)).status).toBe(400);
    });

    it('keeps no token in the database', async () => {
      const { refresh_token } = (await signIn()).body;
      const rows = await gateway.app
        .get(DataSource)
        .query('select encode(hash, $1) as hash from refresh_token', ['base64']);
      expect(JSON.stringify(rows)).not.toContain(refresh_token);
    });
  });

  it('signs out with a refresh token, once', async () => {
    const { refresh_token, access_token } = (await signIn()).body;
    const out = () =>
      post('master/protocol/openid-connect/logout', { client_id: 'admin-cli', refresh_token });
    expect(await tokens.verify(access_token)).toBeDefined();
    expect((await out()).status).toBe(204);
    expect((await out()).status).toBe(204);
    expect(await tokens.verify(access_token)).toBeUndefined();
    const events = await gateway.app
      .get(DataSource)
      .query(`select event from outbox where event->>'type' = 'LOGOUT'`);
    expect(events).toHaveLength(1);
  });

  describe('a token is worth nothing', () => {
    const good = async () => (await signIn()).body.access_token as string;

    it('after it expired', async () => {
      const token = await good();
      gateway.clock.advance(61);
      expect(await tokens.verify(token)).toBeUndefined();
    });

    it('once its session has ended', async () => {
      const { access_token, session_state } = (await signIn()).body;
      await gateway.app.get(Sessions).end(people.realm('master').id, session_state);
      expect(await tokens.verify(access_token)).toBeUndefined();
    });

    it('when it was changed, is signed by somebody else, or by nobody (RFC 8725 §2.1)', async () => {
      const token = await good();
      const claims = decodeJwt(token);
      const [head, , signature] = token.split('.');
      const other = Buffer.from(JSON.stringify({ ...claims, sub: 'x' })).toString('base64url');
      expect(await tokens.verify(`${head}.${other}.${signature}`)).toBeUndefined();
      expect(await tokens.verify(new UnsecuredJWT(claims).encode())).toBeUndefined();
      const certs = await gateway.app.inject('/realms/master/protocol/openid-connect/certs');
      // Algorithm confusion: the public key used as the secret of an HMAC.
      const { kid, n } = certs.json().keys[0];
      const confused = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(Buffer.from(n, 'base64url'));
      expect(await tokens.verify(confused)).toBeUndefined();
    });

    it('when it is of another kind', async () => {
      const { id_token } = (await signIn({ scope: 'openid' })).body;
      expect(await tokens.verify(id_token)).toBeUndefined();
    });

    it.each(['', 'x', 'a.b.c', '..', `${'a'.repeat(2000)}.b.c`])('when it is %j', async (text) => {
      expect(await tokens.verify(text)).toBeUndefined();
    });
  });

  it('says so when the services behind it are away', async () => {
    gateway.bus.stub(users.findRealm, () => {
      throw new AppError('service_unavailable');
    });
    gateway.app.get(Realms).forget();
    const answer = await signIn();
    expect(answer).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

const parse = (text: string) => (text ? JSON.parse(text) : undefined);
