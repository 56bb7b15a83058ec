import { randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignInWorld } from '../testing/sign-in-world.js';
import { ClientScopes } from './clients/client-scopes.js';

const USERINFO = '/realms/acme/protocol/openid-connect/userinfo';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('userinfo', () => {
  let world: SignInWorld;
  let token: string;
  beforeAll(async () => {
    world = await SignInWorld.open();
    const { config } = await world.register({ webOrigins: ['+'] });
    token = (await world.signIn(config)).tokens.access_token;
  });
  afterAll(() => world.gateway.close());

  const ask = (method: 'GET' | 'POST', headers: Record<string, string> = {}, payload?: string, query = '') =>
    world.gateway.app.inject({
      ...{ method, url: `${USERINFO}${query}`, headers },
      ...(payload === undefined ? {} : { payload }),
    });
  const asForm = (...tokens: string[]) =>
    new URLSearchParams(tokens.map((each) => ['access_token', each])).toString();

  it('is told to a token in the header or in a form (OpenID Connect Core §5.3.1)', async () => {
    const replies = [
      await ask('GET', bearer(token)),
      await ask('POST', bearer(token)),
      await ask('POST', { ...bearer(token), ...FORM }, 'other=field'),
      await ask('POST', FORM, asForm(token)),
    ];
    for (const reply of replies) {
      expect(reply.statusCode).toBe(200);
      expect(reply.json()).toMatchObject({ sub: world.ann.id, preferred_username: 'ann' });
      expect(reply.headers['cache-control']).toBe('no-store');
    }
  });

  it.each<[string, () => ReturnType<typeof ask>]>([
    ['in the header and in the form', () => ask('POST', { ...bearer(token), ...FORM }, asForm(token))],
    ['twice in the form', () => ask('POST', FORM, asForm(token, token))],
  ])('is not told to a token that comes %s (RFC 6750 §2)', async (_where, asked) => {
    const reply = await asked();
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toBe('invalid_request');
    expect(reply.headers['www-authenticate']).toContain('error="invalid_request"');
  });

  it.each<[string, () => ReturnType<typeof ask>]>([
    ['that is missing', () => ask('GET')],
    ['in the address', () => ask('GET', {}, undefined, `?${asForm(token)}`)],
    [
      'in JSON',
      () => ask('POST', { 'content-type': 'application/json' }, JSON.stringify({ access_token: token })),
    ],
    ['of a client', () => ask('GET', { authorization: 'Basic eDp5' })],
  ])(
    'asks for a token where there is one %s, and calls that no error (RFC 6750 §3.1)',
    async (_what, asked) => {
      const reply = await asked();
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toBe('Bearer realm="acme"');
    },
  );

  it.each(['x', 'a b', ''])('refuses %j for a token', async (wrong) => {
    for (const reply of [await ask('GET', bearer(wrong)), await ask('POST', FORM, asForm(wrong))]) {
      expect(reply.statusCode).toBe(401);
      expect(reply.headers['www-authenticate']).toContain('error="invalid_token"');
    }
  });

  it('lets every script read that its token is good no more, and those of the application what it tells', async () => {
    const readBy = async (origin: string, by: string) =>
      (await ask('GET', { ...bearer(by), origin })).headers['access-control-allow-origin'];
    expect(await readBy('https://evil.example.org', 'x')).toBe('https://evil.example.org');
    expect(await readBy('https://app.example.org', token)).toBe('https://app.example.org');
    expect(await readBy('https://evil.example.org', token)).toBeUndefined();
  });

  it('tells nobody by a name what an administrator keeps in a scope of their own', async () => {
    const scopes = world.gateway.app.get(ClientScopes);
    const realm = world.people.realm('acme');
    const by = { realmId: realm.id, clientId: 'admin-cli', userId: randomUUID() };
    await scopes.create(realm, by, {
      ...{ name: 'payroll', protocol: 'openid-connect', attributes: {}, roles: [], assigned: 'none' },
      protocolMappers: ['salary', 'nickname'].map((name) => ({
        ...{ id: randomUUID(), name, protocol: 'openid-connect' },
        protocolMapper: 'oidc-usermodel-attribute-mapper',
        config: {
          ...{ 'claim.name': name, 'user.attribute': 'salary' },
          ...{ 'userinfo.token.claim': 'true', 'id.token.claim': 'true' },
        },
      })),
    });
    world.people.change(world.ann.id, { attributes: { salary: ['90000'], nickname: ['Annie'] } });
    const names = { salary: { essential: true }, nickname: null };
    const claims = JSON.stringify({ userinfo: names, id_token: names });
    const { config } = await world.register({ defaultClientScopes: ['basic'] });
    const { tokens } = await world.signIn(config, { claims });
    const info = await client.fetchUserInfo(config, tokens.access_token, world.ann.id);
    expect(info).toEqual({ sub: world.ann.id, nickname: 'Annie' });
    expect(tokens.claims()).toMatchObject({ nickname: 'Annie' });
    expect(tokens.claims()).not.toHaveProperty('salary');
  });
});
