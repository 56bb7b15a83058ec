import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';
import { InitialAccesses } from './initial-accesses.js';
import type { RegisteredClient } from './registered-metadata.js';

const realm = 'acme';
const BACK = 'https://app.example.org/callback';
const UNKNOWN = { error: 'invalid_token', error_description: expect.any(String) };

describe('an application registers itself (RFC 7591)', () => {
  let world: AdminWorld;
  let endpoint: string;
  beforeAll(async () => {
    world = await adminWorld();
    endpoint = `${await world.gateway.app.getUrl()}/realms/${realm}/clients-registrations/openid-connect`;
  });
  afterAll(() => world.gateway.close());

  const access = async (more: { count?: number; expiration?: number } = {}, of = realm) =>
    world.admin.realms.createClientsInitialAccess({ realm: of }, more);
  const send = async (method: string, address: string, token?: string, metadata?: object) => {
    const response = await fetch(address, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(metadata ? { 'content-type': 'application/json' } : {}),
      },
      ...(metadata ? { body: JSON.stringify(metadata) } : {}),
    });
    const text = await response.text();
    const body = (text ? JSON.parse(text) : undefined) as RegisteredClient;
    return { status: response.status, headers: response.headers, body };
  };
  const register = (token: string | undefined, metadata: object = { redirect_uris: [BACK] }) =>
    send('POST', endpoint, token, metadata);
  const registered = async (metadata?: object) => {
    const { status, body } = await register((await access()).token, metadata);
    expect(status, JSON.stringify(body)).toBe(201);
    return body;
  };
  const ofAdministrator = async (clientId: string) =>
    (await world.admin.clients.find({ realm, clientId }))[0];
  const left = async (id: string) =>
    (await world.admin.realms.getClientsInitialAccess({ realm })).find((each) => each.id === id);

  it('with a token that it was given for that, and is a client then', async () => {
    const { token } = await access();
    const { status, headers, body } = await register(token, {
      ...{ redirect_uris: [BACK], client_name: 'An app', client_uri: 'https://app.example.org' },
      ...{ scope: 'openid email phone', post_logout_redirect_uris: ['https://app.example.org/bye'] },
      ...{ software_id: 'what nobody knows is passed over' },
    });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('location')).toBe(body.registration_client_uri);
    expect(body).toEqual({
      ...{ client_id: expect.any(String), client_secret: expect.any(String), client_secret_expires_at: 0 },
      client_id_issued_at: Math.floor(world.gateway.clock.now().getTime() / 1000),
      registration_client_uri: `${world.gateway.config.publicUrl}/realms/${realm}/clients-registrations/openid-connect/${body.client_id}`,
      registration_access_token: expect.stringMatching(/^[\w-]{43}$/),
      ...{ redirect_uris: [BACK], client_name: 'An app', client_uri: 'https://app.example.org' },
      ...{ token_endpoint_auth_method: 'client_secret_basic', response_types: ['code'] },
      ...{ grant_types: ['authorization_code', 'refresh_token'] },
      scope: expect.stringMatching(/^openid (?=.*\bemail\b).* phone$/),
      post_logout_redirect_uris: ['https://app.example.org/bye'],
    });
    const client = await ofAdministrator(body.client_id);
    expect(client).toMatchObject({
      ...{
        name: 'An app',
        secret: body.client_secret,
        redirectUris: [BACK],
        optionalClientScopes: ['phone'],
      },
      ...{ directAccessGrantsEnabled: false, serviceAccountsEnabled: false, publicClient: false },
    });
    const discovery = await world.gateway.app.inject(`/realms/${realm}/.well-known/openid-configuration`);
    expect(discovery.json()).toMatchObject({
      registration_endpoint: `${world.gateway.config.publicUrl}/realms/${realm}/clients-registrations/openid-connect`,
    });
  });

  it('without one, with one of another realm, or with one of an administrator, it does not', async () => {
    const { token: elsewhere } = await access({}, 'master');
    const { token } = await access();
    for (const other of [
      undefined,
      '',
      'made-up',
      elsewhere,
      `${token}x`,
      await world.admin.getAccessToken(),
    ]) {
      const { status, headers, body } = await register(other);
      expect({ status, body }).toEqual({ status: 401, body: UNKNOWN });
      expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    }
    // Nor is it told what would be wrong with what it says.
    expect((await register('made-up', { grant_types: ['implicit'] })).status).toBe(401);
  });

  it('as often as the token says, however many come at once, and only until it is over', async () => {
    const { id, token } = await access({ count: 3 });
    const all = await Promise.all(Array.from({ length: 10 }, () => register(token)));
    expect(all.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(all.filter(({ status }) => status === 401)).toHaveLength(7);
    expect(await left(id!)).toBeUndefined();

    const short = await access({ count: 2, expiration: 5 });
    expect((await register(short.token)).status).toBe(201);
    world.gateway.clock.advance(6);
    expect((await register(short.token)).status).toBe(401);
    expect(await left(short.id!)).toBeUndefined();
  });

  it('with no more of the token spent where it is refused', async () => {
    const { id, token } = await access({ count: 2 });
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const secretKeys = { keys: [await exportJWK(privateKey)] };
    const keys = { keys: [await exportJWK(publicKey)] };
    const metadata = 'invalid_client_metadata';
    const redirect = 'invalid_redirect_uri';
    const all: [object, string][] = [
      [{}, redirect],
      [{ redirect_uris: [] }, redirect],
      [{ redirect_uris: ['/callback'] }, redirect],
      [{ redirect_uris: ['https://app.example.org/*'] }, redirect],
      [{ redirect_uris: ['javascript:alert(1)'] }, redirect],
      [{ redirect_uris: 'https://app.example.org' }, redirect],
      [{ redirect_uris: [BACK], client_id: 'admin-cli' }, metadata],
      [{ redirect_uris: [BACK], grant_types: ['implicit'] }, metadata],
      [{ redirect_uris: [BACK], grant_types: ['password'] }, metadata],
      [{ redirect_uris: [BACK], response_types: ['token'] }, metadata],
      [{ redirect_uris: [BACK], scope: 'openid admin' }, metadata],
      [{ redirect_uris: [BACK], post_logout_redirect_uris: ['https://a.example##+'] }, metadata],
      [{ redirect_uris: [BACK], client_uri: 'javascript:alert(1)' }, metadata],
      [{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' }, metadata],
      [{ redirect_uris: [BACK], token_endpoint_auth_method: 'private_key_jwt' }, metadata],
      [
        {
          ...{ redirect_uris: [BACK], token_endpoint_auth_method: 'private_key_jwt' },
          jwks_uri: 'https://169.254.169.254/keys',
        },
        metadata,
      ],
      [{ redirect_uris: [BACK], jwks: secretKeys }, metadata],
      [{ redirect_uris: [BACK], jwks: keys, token_endpoint_auth_signing_alg: 'none' }, metadata],
    ];
    for (const [said, error] of all) {
      const { status, body } = await register(token, said);
      expect({ said, status, body }).toEqual({
        ...{ said, status: 400 },
        body: { error, error_description: expect.any(String) },
      });
    }
    expect(await left(id!)).toMatchObject({ count: 2, remainingCount: 2 });
  });

  it('with a key of its own, for a machine, or without a secret', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [await exportJWK(publicKey)] };
    const signing = await registered({
      ...{ redirect_uris: [BACK], token_endpoint_auth_method: 'private_key_jwt', jwks },
      token_endpoint_auth_signing_alg: 'ES256',
    });
    expect(signing).toMatchObject({ token_endpoint_auth_method: 'private_key_jwt', jwks });
    expect(signing).not.toHaveProperty('client_secret');
    expect(await ofAdministrator(signing.client_id)).toMatchObject({ clientAuthenticatorType: 'client-jwt' });

    const machine = await registered({ grant_types: ['client_credentials'] });
    expect(machine).toMatchObject({ response_types: [], grant_types: ['client_credentials'] });
    expect(await ofAdministrator(machine.client_id)).toMatchObject({ serviceAccountsEnabled: true });

    const open = await registered({ redirect_uris: [BACK], token_endpoint_auth_method: 'none' });
    expect(open).not.toHaveProperty('client_secret');
    expect(await ofAdministrator(open.client_id)).toMatchObject({ publicClient: true });
  });

  describe('and looks after its registration (RFC 7592)', () => {
    const at = ({ client_id: id }: RegisteredClient) => `${endpoint}/${id}`;

    it('by its own token: reads, changes and removes it', async () => {
      const mine = await registered({ redirect_uris: [BACK], client_name: 'An app' });
      const { registration_access_token: token, client_id_issued_at: _at, ...same } = mine;
      const read = await send('GET', at(mine), token);
      expect(read).toMatchObject({ status: 200, body: { ...same, registration_access_token: token } });

      const other = 'https://app.example.org/other';
      const changed = await send('PUT', at(mine), token, {
        ...{ client_id: mine.client_id, client_secret: mine.client_secret, redirect_uris: [other] },
      });
      expect(changed).toMatchObject({ status: 200, body: { redirect_uris: [other] } });
      expect(changed.body, 'what is not said is taken away').not.toHaveProperty('client_name');

      expect((await send('DELETE', at(mine), token)).status).toBe(204);
      expect(await ofAdministrator(mine.client_id)).toBeUndefined();
      expect(await send('GET', at(mine), token)).toMatchObject({ status: 401, body: UNKNOWN });
    });

    it('and by that alone: not by that of another, an initial one, or one from before', async () => {
      const [mine, other, initial] = [await registered(), await registered(), await access()];
      const id = (await ofAdministrator(mine.client_id))!.id!;
      const { registrationAccessToken: renewed } = await world.admin.clients.generateRegistrationAccessToken({
        ...{ realm, id },
      });
      for (const token of [
        undefined,
        other.registration_access_token,
        initial.token,
        mine.registration_access_token,
      ]) {
        for (const method of ['GET', 'DELETE']) {
          expect(await send(method, at(mine), token)).toMatchObject({ status: 401, body: UNKNOWN });
        }
        expect((await send('PUT', at(mine), token, { client_id: mine.client_id })).status).toBe(401);
      }
      expect((await register(renewed)).status).toBe(401);
      expect((await send('GET', at(mine), renewed)).status).toBe(200);

      await world.admin.clients.update({ realm, id }, { clientId: mine.client_id, enabled: false });
      expect((await send('GET', at(mine), renewed)).status, 'switched off').toBe(401);
    });

    it('without a word on what administrators say of it', async () => {
      const mine = await registered();
      const before = (await ofAdministrator(mine.client_id))!;
      const said = {
        ...{ fullScopeAllowed: false, consentRequired: true },
        attributes: { ...before.attributes, 'acr.loa.map': '{"gold":"2"}' },
      };
      await world.admin.clients.update({ realm, id: before.id! }, { ...before, ...said });
      const change = {
        client_id: mine.client_id,
        redirect_uris: [BACK],
        consentRequired: false,
        enabled: true,
      };
      const { status } = await send('PUT', at(mine), mine.registration_access_token, {
        ...{ ...change, fullScopeAllowed: true, attributes: {}, defaultClientScopes: ['roles'] },
      });
      expect(status).toBe(200);
      expect(await ofAdministrator(mine.client_id)).toMatchObject(said);
    });

    it('under the name that it has, and with the secret that it was given', async () => {
      const mine = await registered();
      const put = (more: object) =>
        send('PUT', at(mine), mine.registration_access_token, { redirect_uris: [BACK], ...more });
      for (const wrong of [{}, { client_id: 'x' }, { client_id: mine.client_id, client_secret: 'mine' }]) {
        expect(await put(wrong)).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
      }
    });
  });

  it('by tokens of which the database holds hashes, which go with their realm', async () => {
    const { token, id } = await access({ count: 5, expiration: 100 });
    const { body } = await register(token);
    const db = world.gateway.app.get(DataSource);
    const rows: unknown[] = [
      await db.query(`select encode(token, 'escape') as token, t::text from initial_access t`),
      await db.query(`select encode(registration_token, 'escape') as token, c::text from client c`),
    ];
    for (const secret of [token!, body.registration_access_token]) {
      expect(JSON.stringify(rows)).not.toContain(secret);
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex'));
    }
    expect(await left(id!)).toEqual({
      ...{ id, count: 5, remainingCount: 4, expiration: 100 },
      timestamp: expect.any(Number),
    });
    const realmId = world.people.realm(realm).id;
    const removed = (time: Date) =>
      world.gateway.app.get(InitialAccesses).realmsWent([
        {
          ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/users', type: 'realm.removed' },
          ...{
            time: time.toISOString(),
            datacontenttype: 'application/json',
            realmid: realmId,
            data: { name: realm },
          },
        },
      ]);
    await removed(new Date(0));
    expect(await left(id!), 'of a realm that came back').toBeDefined();
    await removed(world.gateway.clock.now());
    expect(await left(id!)).toBeUndefined();
  });

  it('by tokens that are given and taken back by who may change clients', async () => {
    const { token, id } = await access();
    await world.admin.realms.delClientsInitialAccess({ realm, id: id! });
    expect((await register(token)).status).toBe(401);
    const path = `/${realm}/clients-initial-access`;
    for (const wrong of [{ count: 0 }, { count: 1.5 }, { expiration: -1 }, { token: 'mine' }]) {
      expect((await world.ask('POST', path, wrong)).status).toBe(400);
    }
    const viewer = world.people.add(realm, `viewer-${randomUUID().slice(0, 8)}`);
    world.people.rights.set(viewer.id, { acme: ['view-clients'] });
    const theirs = await world.tokenOf(realm, viewer.username);
    expect((await world.ask('GET', path, undefined, theirs)).status).toBe(200);
    expect((await world.ask('POST', path, {}, theirs)).status).toBe(403);
    expect((await world.ask('DELETE', `${path}/${randomUUID()}`, undefined, theirs)).status).toBe(403);
  });
});
