// Applications that nobody types a secret into: they sign with a key of their own, register themselves, and are told when
// what they were given is void.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createSecureContext } from 'node:tls';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { compactVerify, createRemoteJWKSet } from 'jose';
import * as client from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { administrator, RealmOfStory, system } from './world.js';

const attr = 'jwt.credential';

let admin: KcAdminClient;
let realm: string;
let issuer: URL;
beforeAll(async () => {
  admin = await administrator();
  realm = (await RealmOfStory.create()).name;
  issuer = new URL(`${system.url}/realms/${realm}`);
});

const insecure = { execute: [client.allowInsecureRequests] };
const created = (more: object) =>
  admin.clients.create({ realm, clientId: `app-${randomUUID().slice(0, 8)}`, ...more });

describe('an application with a key of its own', () => {
  it('is let in by the key that an administrator made for it, and by no older one', async () => {
    const { id } = await created({ clientAuthenticatorType: 'client-jwt', serviceAccountsEnabled: true });
    const { clientId } = (await admin.clients.findOne({ realm, id }))!;
    const appBy = async () => {
      const { privateKey } = await admin.clients.generateKey({ realm, id, attr });
      const key = await crypto.subtle.importKey(
        'pkcs8',
        Buffer.from(privateKey!, 'base64'),
        { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
        false,
        ['sign'],
      );
      return client.discovery(issuer, clientId!, undefined, client.PrivateKeyJwt(key), insecure);
    };
    const before = await appBy();
    expect((await client.clientCredentialsGrant(before)).access_token).toBeTruthy();
    const after = await appBy();
    expect((await client.clientCredentialsGrant(after)).access_token).toBeTruthy();
    await expect(client.clientCredentialsGrant(before)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('is given it as a key store', async () => {
    const { id } = await created({ clientAuthenticatorType: 'client-jwt' });
    const config = { format: 'PKCS12', keyPassword: 'opens it', storePassword: 'opens it' };
    // Its type says nothing of the file that comes.
    const store: unknown = await admin.clients.generateAndDownloadKey({ realm, id, attr }, config);
    const pfx = Buffer.from(store as ArrayBuffer);
    expect(() => createSecureContext({ pfx, passphrase: 'opens it' })).not.toThrow();
  });
});

describe('an application that registers itself', () => {
  it('needs a token for that, works by what it is answered, and takes itself away again', async () => {
    const metadata = { client_name: 'Nightly report', grant_types: ['client_credentials'] };
    const register = (initialAccessToken?: string) =>
      client.dynamicClientRegistration(issuer, metadata, undefined, { ...insecure, initialAccessToken });
    await expect(register()).rejects.toThrow();

    // Its type says nothing of what comes back.
    const given: unknown = await admin.realms.createClientsInitialAccess(
      { realm },
      { count: 1, expiration: 60 },
    );
    const { token } = given as { token: string };
    const app = await register(token);
    expect((await client.clientCredentialsGrant(app)).access_token).toBeTruthy();
    await expect(register(token), 'it was good for one').rejects.toThrow();

    const { client_id: clientId, ...registered } = app.clientMetadata();
    const { registration_client_uri: uri, registration_access_token: mine } = registered as {
      registration_client_uri: string;
      registration_access_token: string;
    };
    expect((await admin.clients.find({ realm, clientId }))[0]).toMatchObject({ name: 'Nightly report' });
    const headers = { authorization: `Bearer ${mine}` };
    expect((await fetch(uri, { headers })).status).toBe(200);
    expect((await fetch(uri, { method: 'DELETE', headers })).status).toBe(204);
    await expect(client.clientCredentialsGrant(app)).rejects.toMatchObject({ error: 'invalid_client' });
  });
});

describe('an application with an adapter of Keycloak’s', () => {
  it('is told what is void, and can verify who says so', async () => {
    const told: { path: string; body: string }[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        told.push({ path: request.url!, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
    const { id } = await created({ adminUrl });
    const notBefore = Math.floor(Date.now() / 1000) - 3600;
    await admin.realms.update({ realm }, { notBefore });
    const all = { successRequests: [adminUrl], failedRequests: [] };
    expect(await admin.clients.pushRevocation({ realm, id })).toEqual(all);
    expect(await admin.realms.pushRevocation({ realm })).toEqual(all);
    expect(await admin.clients.testNodesAvailable({ realm, id })).toEqual(all);
    server.close();
    expect(told.map(({ path }) => path)).toEqual([
      ...['/app/k_push_not_before', '/app/k_push_not_before', '/app/k_test_available'],
    ]);
    const keys = createRemoteJWKSet(new URL(`${issuer.href}/protocol/openid-connect/certs`));
    const { payload } = await compactVerify(told[0]!.body, keys);
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ notBefore });
  });
});
