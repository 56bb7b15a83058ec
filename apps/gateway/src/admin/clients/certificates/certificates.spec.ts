import { createPrivateKey, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../../testing/admin-world.js';

const realm = 'acme';
const attr = 'jwt.credential';

describe('the certificate of a client, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const create = async () => {
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const settings = { realm, clientId, clientAuthenticatorType: 'client-jwt' };
    const { id } = await world.admin.clients.create(settings);
    return { id, clientId };
  };
  const info = (id: string) => world.admin.clients.getKeyInfo({ realm, id, attr });
  const attributesOf = async (id: string) => (await world.admin.clients.findOne({ realm, id }))!.attributes!;
  const certificateOf = (text: string) => new X509Certificate(Buffer.from(text, 'base64'));
  const upload = async (id: string, keystoreFormat: string, file: string): Promise<unknown> => {
    const form = new FormData();
    form.append('keystoreFormat', keystoreFormat);
    form.append('file', new Blob([file]), 'key');
    return world.admin.clients.uploadCertificate({ realm, id, attr }, form);
  };
  const path = (id: string, what: string) => `/${realm}/clients/${id}/certificates/${attr}/${what}`;

  it('is made with a key that is told once, and is kept without it', async () => {
    const { id, clientId } = await create();
    expect(await info(id)).toEqual({});
    const { certificate, privateKey } = await world.admin.clients.generateKey({ realm, id, attr });
    const made = certificateOf(certificate!);
    const key = createPrivateKey({ key: Buffer.from(privateKey!, 'base64'), format: 'der', type: 'pkcs8' });
    expect(made.checkPrivateKey(key)).toBe(true);
    expect(made.verify(made.publicKey)).toBe(true);
    expect(made.subject).toBe(`CN=${clientId}`);
    expect(new Date(made.validTo).getUTCFullYear()).toBe(new Date().getUTCFullYear() + 10);
    expect(await info(id)).toEqual({ certificate });
    const rows: unknown[] = await world.gateway.app
      .get(DataSource)
      .query('select settings from client where id = $1', [id]);
    expect(JSON.stringify(rows)).toContain(certificate);
    expect(JSON.stringify(rows)).not.toContain(privateKey!.slice(100, 200));
  });

  it('comes as a key store that other programs open by its password, with the key where that is new', async () => {
    const { id } = await create();
    const config = {
      format: 'PKCS12',
      keyAlias: 'app',
      keyPassword: 'a password',
      storePassword: 'a password',
    };
    const made = Buffer.from(await world.admin.clients.generateAndDownloadKey({ realm, id, attr }, config));
    expect(() => createSecureContext({ pfx: made, passphrase: 'a password' })).not.toThrow();
    expect(() => createSecureContext({ pfx: made, passphrase: 'another one' })).toThrow();
    const { certificate } = await info(id);
    expect(made.includes(certificateOf(certificate!).raw)).toBe(true);

    const kept = Buffer.from(await world.admin.clients.downloadKey({ realm, id, attr }, config));
    expect(kept.includes(certificateOf(certificate!).raw)).toBe(true);
    expect(kept.length, 'there is no key in it').toBeLessThan(made.length - 1000);
  });

  it('comes in no other form, not without passwords, and not where there is none', async () => {
    const { id } = await create();
    const [download, make] = [path(id, 'download'), path(id, 'generate-and-download')];
    const passwords = { keyPassword: 'a password', storePassword: 'a password' };
    expect(await world.ask('POST', make, { format: 'JKS', ...passwords })).toMatchObject({
      status: 406,
      body: { error: 'Not supported keystore format. Supported keystore formats: [PKCS12]' },
    });
    expect(await world.ask('POST', make, { storePassword: 'a password' })).toMatchObject({
      status: 400,
      body: { error: 'Need to specify a key password for jks generation and download' },
    });
    expect(await world.ask('POST', download, {})).toMatchObject({
      status: 400,
      body: { error: 'Need to specify a store password for jks generation and download' },
    });
    expect(await world.ask('POST', download, passwords)).toMatchObject({
      status: 404,
      body: { error: 'keypair not generated for client' },
    });
    const other = `/${realm}/clients/${id}/certificates/saml.signing`;
    expect((await world.ask('GET', other)).status).toBe(404);
    expect(await info(id)).toEqual({});
  });

  it('is handed in as a certificate, a public key or a set of keys, of which the last one counts', async () => {
    const { id } = await create();
    const { certificate } = await world.admin.clients.generateKey({ realm, id, attr });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const bare = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect(await upload(id, 'Public Key PEM', pem)).toEqual({ publicKey: bare });
    expect(await info(id)).toEqual({ publicKey: bare });
    const framed = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
    expect(await upload(id, 'Certificate PEM', framed)).toEqual({ certificate });
    expect(await info(id)).toEqual({ certificate });
    const jwks = JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] });
    expect(await upload(id, 'JSON Web Key Set', jwks)).toEqual({ jwks });
    expect(await attributesOf(id)).toEqual({
      ...{ 'jwks.string': jwks, 'use.jwks.string': 'true', 'use.jwks.url': 'false' },
    });
  });

  it('is refused where it is none, holds what is secret, or is of a form that nobody reads here', async () => {
    const { id } = await create();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] });
    for (const [format, file] of [
      ['Certificate PEM', 'no certificate'],
      ['Public Key PEM', 'no key'],
      ['JSON Web Key Set', '{"keys":[]}'],
      ['JSON Web Key Set', secret],
      ['JKS', 'a key store'],
    ] as const) {
      await expect(upload(id, format, file)).rejects.toMatchObject({ response: { status: 400 } });
    }
    for (const size of [70_000, 5_000_000]) {
      await expect(upload(id, 'Certificate PEM', 'x'.repeat(size))).rejects.toMatchObject({
        response: { status: 413 },
      });
    }
    expect((await world.ask('POST', path(id, 'upload'), { keystoreFormat: 'JKS' })).status).toBe(400);
    expect(await info(id)).toEqual({});
  });

  it('is taken as an attribute, held against the same rules; a private key is left at the door', async () => {
    const { id, clientId } = await create();
    const save = (attributes: Record<string, string>) =>
      world.admin.clients.update({ realm, id }, { clientId, attributes });
    const { certificate, privateKey } = await world.admin.clients.generateKey({ realm, id, attr });
    await save({ 'jwt.credential.certificate': certificate!, 'jwt.credential.private.key': privateKey! });
    expect(await attributesOf(id)).toEqual({
      ...{ 'jwt.credential.certificate': certificate, 'use.jwks.url': 'false', 'use.jwks.string': 'false' },
    });
    const wrong: Record<string, string>[] = [
      { 'jwt.credential.certificate': 'none' },
      { 'jwks.string': '{}' },
      { 'use.jwks.url': 'true', 'jwks.url': 'http://10.0.0.1/keys' },
      { 'token.endpoint.auth.signing.alg': 'none' },
    ];
    for (const attributes of wrong) {
      await expect(save(attributes)).rejects.toMatchObject({ response: { status: 400 } });
    }
  });

  it('is looked at by who may look at clients, and changed by who may change them', async () => {
    const { id } = await create();
    const viewer = world.people.add(realm, `viewer-${randomUUID().slice(0, 8)}`);
    world.people.rights.set(viewer.id, { acme: ['view-clients'] });
    const token = await world.tokenOf(realm, viewer.username);
    expect((await world.ask('GET', path(id, '').slice(0, -1), undefined, token)).status).toBe(200);
    for (const what of ['generate', 'generate-and-download', 'upload', 'upload-certificate']) {
      expect((await world.ask('POST', path(id, what), undefined, token)).status).toBe(403);
    }
  });

  it('is the only thing for which forms with files are taken', async () => {
    const form = new FormData();
    form.append('username', 'ann');
    const address = await world.gateway.app.getUrl();
    const token = `${address}/realms/${realm}/protocol/openid-connect/token`;
    expect((await fetch(token, { method: 'POST', body: form })).status).toBe(400);
  });
});
