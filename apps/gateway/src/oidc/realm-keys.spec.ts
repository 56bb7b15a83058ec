import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SignInWorld } from '../testing/sign-in-world.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';
import { PASSWORD, StubPeople } from '../testing/stub-people.js';
import { LEAD } from './keys/key-set.js';

const CERTS = '/protocol/openid-connect/certs';

describe('tokens are signed as the realm and the client say', () => {
  let world: SignInWorld;
  beforeAll(async () => void (world = await SignInWorld.open()));
  afterAll(() => world.gateway.close());
  beforeEach(() => world.setRealm({ defaultSignatureAlgorithm: 'RS256' }));

  const verified = async (token: string) => {
    const certs = await world.gateway.app.inject(`/realms/acme${CERTS}`);
    const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(certs.json()), {
      currentDate: world.gateway.clock.now(),
    });
    return protectedHeader.alg;
  };

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('by %s, and openid-client agrees', async (algorithm) => {
    world.setRealm({ defaultSignatureAlgorithm: algorithm });
    const { config } = await world.register({}, { id_token_signed_response_alg: algorithm });
    expect(config.serverMetadata().id_token_signing_alg_values_supported).toContain(algorithm);
    client.enableNonRepudiationChecks(config);
    const { tokens } = await world.signIn(config);
    expect(await verified(tokens.access_token)).toBe(algorithm);
    expect(await verified(tokens.id_token!)).toBe(algorithm);
    expect((await client.fetchUserInfo(config, tokens.access_token, world.ann.id)).sub).toBe(world.ann.id);
  });

  it('with an algorithm of its own for each kind of token', async () => {
    const attributes = {
      ...{ 'access.token.signed.response.alg': 'EdDSA', 'id.token.signed.response.alg': 'ES256' },
    };
    const { config } = await world.register({ attributes }, { id_token_signed_response_alg: 'ES256' });
    const { tokens } = await world.signIn(config);
    expect(decodeProtectedHeader(tokens.access_token).alg).toBe('EdDSA');
    expect(await verified(tokens.id_token!)).toBe('ES256');
    expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(true);
  });
});

describe('keys are rotated while two gateways serve', () => {
  let first: TestGateway;
  let second: TestGateway;
  beforeAll(async () => {
    first = await testGateway();
    second = await testGateway({ DATABASE_URL: first.config.DATABASE_URL });
    const people = new StubPeople(first.bus, () => first.clock.now());
    people.tellAlso(second.bus);
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  const post = async ({ app }: TestGateway, path: string, payload: string, authorization?: string) => {
    const type = 'application/x-www-form-urlencoded';
    const headers = { 'content-type': type, ...(authorization ? { authorization } : {}) };
    return app.inject({ method: 'POST', url: path, headers, payload });
  };
  const signIn = async (gateway: TestGateway): Promise<string> => {
    const form = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD };
    const reply = await post(
      gateway,
      '/realms/master/protocol/openid-connect/token',
      new URLSearchParams({ ...form, scope: 'openid' }).toString(),
    );
    return reply.json().access_token as string;
  };
  const isGood = async ({ app }: TestGateway, token: string) => {
    const url = '/realms/master/protocol/openid-connect/userinfo';
    return (await app.inject({ url, headers: { authorization: `Bearer ${token}` } })).statusCode === 200;
  };
  const certs = async ({ app }: TestGateway) => (await app.inject(`/realms/master${CERTS}`)).json();
  const advance = (seconds: number) => [first, second].forEach(({ clock }) => clock.advance(seconds));

  it('without one failed validation', async () => {
    // What an application fetched last; it asks again every ten minutes, and never because of an unknown key.
    let cached = createLocalJWKSet(await certs(second));
    const kids = new Set<string>();
    const check = async () => {
      for (const [signs, verifies] of [
        [first, second],
        [second, first],
      ] as const) {
        const token = await signIn(signs);
        kids.add(decodeProtectedHeader(token).kid!);
        expect(await isGood(verifies, token)).toBe(true);
        await jwtVerify(token, cached, { currentDate: first.clock.now() });
      }
    };
    await check();
    const rotated = await first.app.inject({
      ...{ method: 'POST', url: '/admin/realms/master/keys/rotate' },
      headers: { authorization: `Bearer ${await signIn(first)}` },
    });
    expect(rotated.statusCode).toBe(204);
    for (let minute = 0; minute <= LEAD / 60 + 5; minute += 5) {
      if (minute % 10 === 0) cached = createLocalJWKSet(await certs(minute % 20 === 0 ? first : second));
      await check();
      advance(5 * 60);
    }
    expect(kids.size, 'by now the successor signs').toBe(2);
  });
});

describe('an administrator of keys', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());
  const realm = 'acme';

  it('reads them as Keycloak tells of them', async () => {
    const { active, keys } = await world.admin.realms.getKeys({ realm });
    expect(Object.keys(active!).sort()).toEqual(['ES256', 'EdDSA', 'RS256']);
    const rsa = keys!.find(({ kid }) => kid === active!.RS256);
    expect(rsa).toMatchObject({ status: 'ACTIVE', type: 'RSA', algorithm: 'RS256', providerPriority: 100 });
    const info = await world.gateway.app.inject('/realms/acme');
    expect(info.json().public_key).toBe(rsa!.publicKey);
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  it('rotates them, and takes one away that was lost', async () => {
    const before = await world.admin.realms.getKeys({ realm });
    expect((await world.ask('POST', '/acme/keys/rotate')).status).toBe(204);
    const after = await world.admin.realms.getKeys({ realm });
    expect(after.keys).toHaveLength(2 * before.keys!.length);
    expect(after.active).toEqual(before.active);
    const lost = after.active!.RS256!;
    expect((await world.ask('DELETE', `/acme/keys/${lost}`)).status).toBe(204);
    expect((await world.ask('DELETE', `/acme/keys/${lost}`)).status).toBe(404);
    expect((await world.ask('DELETE', `/acme/keys/${randomUUID()}`)).status).toBe(404);
    const { active } = await world.admin.realms.getKeys({ realm });
    expect(after.keys!.map(({ kid }) => kid)).toContain(active!.RS256);
    expect(active!.RS256).not.toBe(lost);
    const certs = await world.gateway.app.inject(`/realms/acme${CERTS}`);
    expect(JSON.stringify(certs.json())).not.toContain(lost);
  });

  it('is refused an algorithm that is not there', async () => {
    const attributes = { 'id.token.signed.response.alg': 'HS256' };
    const client = { clientId: 'weak', attributes };
    expect(await world.ask('POST', '/acme/clients', client)).toMatchObject({ status: 400 });
    expect(await world.ask('PUT', '/acme', { defaultSignatureAlgorithm: 'none' })).toMatchObject({
      status: 400,
    });
    expect((await world.ask('PUT', '/acme', { defaultSignatureAlgorithm: 'ES256' })).status).toBe(204);
  });
});
