import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../admin/clients/certificates/key-pair.js';
import { PUBLIC_URL, SignInWorld } from '../testing/sign-in-world.js';
import type { ClientSettings } from './clients/client-settings.js';

const ISSUER = `${PUBLIC_URL}/realms/acme`;
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface Signing {
  key?: CryptoKey | Uint8Array;
  header?: object;
  claims?: object;
}

describe('an application proves itself by what it signs (RFC 7523)', () => {
  let world: SignInWorld;
  let mine: { privateKey: CryptoKey; jwk: JWK; pem: string };
  beforeAll(async () => {
    world = await SignInWorld.open();
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    mine = { privateKey, jwk: await exportJWK(publicKey), pem: await exportSPKI(publicKey) };
  });
  afterAll(() => world.gateway.close());

  const register = (attributes: Record<string, string>, more: ClientSettings = {}) =>
    world.register({ clientAuthenticatorType: 'client-jwt', attributes, ...more });

  const assertion = (clientId: string, { key = mine.privateKey, header = {}, claims = {} }: Signing = {}) =>
    new SignJWT({
      ...{ iss: clientId, sub: clientId, aud: ISSUER, jti: randomUUID() },
      ...{ exp: Math.floor(Date.now() / 1000) + 60, ...claims },
    })
      .setProtectedHeader({ alg: 'RS256', ...header })
      .sign(key);

  /** 200 for whoever has proved which client it is. */
  const status = async (client_assertion: string, realm = 'acme') => {
    const reply = await world.gateway.app.inject({
      ...{ method: 'POST', url: `/realms/${realm}/protocol/openid-connect/revoke` },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        token: 'x',
        client_assertion_type: TYPE,
        client_assertion,
      }).toString(),
    });
    return reply.statusCode;
  };

  it('by the key of its certificate, which its users never notice', async () => {
    const { privateKey, certificate } = await newKeyPair('app', new Date(), {});
    const key = await crypto.subtle.importKey(
      'pkcs8',
      new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const { config } = await world.register(
      {
        clientAuthenticatorType: 'client-jwt',
        attributes: { 'jwt.credential.certificate': certificate.toString('base64') },
      },
      {},
      () => client.PrivateKeyJwt(key),
    );
    const { tokens } = await world.signIn(config);
    expect(tokens.claims()!.sub).toBe(world.ann.id);
  });

  it('by a public key, with its name as Keycloak’s adapters make it or without one, and under no other', async () => {
    const { clientId } = await register({ 'jwt.credential.public.key': mine.pem });
    const spki = createPublicKey(mine.pem).export({ type: 'spki', format: 'der' });
    const kid = createHash('sha256').update(spki).digest('base64url');
    expect(await status(await assertion(clientId))).toBe(200);
    expect(await status(await assertion(clientId, { header: { kid } }))).toBe(200);
    expect(await status(await assertion(clientId, { header: { kid: 'another' } }))).toBe(401);
  });

  it('by whatever algorithm Keycloak knows of for its key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES512');
    const { clientId } = await register({ 'jwt.credential.public.key': await exportSPKI(publicKey) });
    expect(await status(await assertion(clientId, { key: privateKey, header: { alg: 'ES512' } }))).toBe(200);
    const { clientId: other } = await register({ 'jwt.credential.public.key': mine.pem });
    expect(await status(await assertion(other, { header: { alg: 'RS256' } }))).toBe(200);
  });

  it('by one of several keys that it has', async () => {
    const { publicKey: other } = await generateKeyPair('ES256');
    const keys = [await exportJWK(other), { ...mine.jwk, kid: 'one' }];
    const { clientId } = await register({ 'jwks.string': JSON.stringify({ keys }) });
    expect(await status(await assertion(clientId, { header: { kid: 'one' } }))).toBe(200);
  });

  it('by its secret, with which it signs and which it does not send', async () => {
    const { config } = await world.register(
      { clientAuthenticatorType: 'client-secret-jwt' },
      {},
      client.ClientSecretJwt,
    );
    expect((await world.signIn(config)).tokens.claims()!.sub).toBe(world.ann.id);
  });

  it('with nothing else: not its secret, not another key, and not its public key taken for a secret', async () => {
    const { clientId, secret } = await register({ 'jwt.credential.public.key': mine.pem });
    expect(
      (await world.post('revoke', { token: 'x', client_id: clientId, client_secret: secret })).status,
    ).toBe(401);
    const { privateKey: stranger } = await generateKeyPair('RS256');
    expect(await status(await assertion(clientId, { key: stranger }))).toBe(401);
    const secrets = [Buffer.from(mine.pem), Buffer.from(secret!)];
    for (const key of secrets) {
      expect(await status(await assertion(clientId, { key, header: { alg: 'HS256' } }))).toBe(401);
    }
  });

  it('once: of many that come with one assertion, one is let in', async () => {
    const { clientId } = await register({ 'jwt.credential.public.key': mine.pem });
    const one = await assertion(clientId);
    const all = await Promise.all(Array.from({ length: 12 }, () => status(one)));
    expect(all.filter((each) => each === 200)).toHaveLength(1);
    expect(all.filter((each) => each === 401)).toHaveLength(11);
    expect(await status(one)).toBe(401);
  });

  it('for a short time, to this realm, and by the algorithm that was agreed on', async () => {
    const { clientId } = await register({
      'jwt.credential.public.key': mine.pem,
      'token.endpoint.auth.signing.alg': 'PS256',
    });
    const now = Math.floor(Date.now() / 1000);
    expect(await status(await assertion(clientId))).toBe(401);
    const free = (await register({ 'jwt.credential.public.key': mine.pem })).clientId;
    expect(await status(await assertion(free, { claims: { exp: now + 2 * 3600 } }))).toBe(401);
    expect(await status(await assertion(free, { claims: { exp: now - 60 } }))).toBe(401);
    expect(await status(await assertion(free, { claims: { aud: 'https://elsewhere.example' } }))).toBe(401);
    expect(await status(await assertion(free), 'master')).toBe(401);
    expect(await status(await assertion(free))).toBe(200);
  });

  describe('by keys that are at an address', () => {
    let server: Server;
    let answer: { status: number; headers?: Record<string, string>; body: string };
    let asked = 0;
    beforeAll(async () => {
      server = createServer((_request, response) => {
        asked++;
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    });
    afterAll(() => void server.close());

    const good = () => ({ status: 200, body: JSON.stringify({ keys: [mine.jwk] }) });
    const url = (host = '127.0.0.1') => `http://${host}:${(server.address() as AddressInfo).port}/keys`;
    const at = (address: string) => register({ 'use.jwks.url': 'true', 'jwks.url': address });

    it('which are fetched once for many', async () => {
      answer = good();
      const { clientId } = await at(url());
      asked = 0;
      expect(await status(await assertion(clientId))).toBe(200);
      expect(await status(await assertion(clientId))).toBe(200);
      expect(asked).toBe(1);
    });

    it.each<[string, () => typeof answer]>([
      ['leads on elsewhere', () => ({ status: 302, headers: { location: `${url()}/2` }, body: '' })],
      [
        'tells more than anybody reads',
        () => ({ status: 200, body: `${good().body}${' '.repeat(200_000)}` }),
      ],
      ['tells no keys', () => ({ status: 200, body: 'no keys' })],
      ['fails', () => ({ status: 500, body: good().body })],
    ])('and not where it %s', async (_what, told) => {
      answer = told();
      const { clientId } = await at(url());
      asked = 0;
      expect(await status(await assertion(clientId))).toBe(401);
      expect(asked).toBe(1);
    });

    it('and is not asked where it is neither secured nor on this machine', async () => {
      answer = good();
      const { clientId } = await at(url('127.0.0.2'));
      asked = 0;
      expect(await status(await assertion(clientId))).toBe(401);
      expect(asked).toBe(0);
    });
  });
});
