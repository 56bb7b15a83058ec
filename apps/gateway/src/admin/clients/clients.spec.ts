import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '@tumbler/contract-events';
import { Keyring } from '@tumbler/sealing';
import { Subscriptions } from '@tumbler/service';
import { Bus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clients } from '../../oidc/clients/clients.js';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';

describe('clients, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const realm = 'acme';
  const create = async (more: object = {}) => {
    const clientId = `app-${randomUUID().slice(0, 8)}`;
    const { id } = await world.admin.clients.create({
      ...{ realm, clientId, redirectUris: ['https://app.example.org/callback'] },
      ...more,
    });
    return { id, clientId };
  };
  const read = (id: string) => world.admin.clients.findOne({ realm, id });

  it('are there from the start, as every realm of Keycloak has them', async () => {
    const names = async (of: string) =>
      (await world.admin.clients.find({ realm: of })).map((c) => c.clientId);
    const common = ['account', 'account-console', 'admin-cli', 'broker'];
    expect(await names('acme')).toEqual([...common, 'realm-management', 'security-admin-console']);
    expect(await names('master')).toEqual([
      ...['account', 'account-console', 'acme-realm', 'admin-cli', 'broker'],
      ...['master-realm', 'security-admin-console'],
    ]);
  });

  it('have the roles of the account asked for, once the account is there, by its id', async () => {
    const asked: object[] = [];
    world.gateway.bus.stub(users.giveAccountRoles, (question) => {
      asked.push(question);
      return { given: [] };
    });
    const { app, clock, config } = world.gateway;
    const [db, keyring, outbox] = [app.get(DataSource), app.get(Keyring), app.get(Outbox)];
    const made = () => new Clients(db, clock, keyring, outbox, config, app.get(Bus), app.get(Subscriptions));
    const lock = { id: randomUUID(), name: 'roles' };
    const clients = made();
    const account = (await clients.list(lock)).find(({ clientId }) => clientId === 'account')!;
    await clients.list(lock);
    expect(asked).toEqual([{ realmId: lock.id, clientId: account.id }]);
    // A realm that has its clients from before there were such roles.
    await made().list(lock);
    expect(asked).toHaveLength(2);
    await db.query('delete from client where id = $1', [account.id]);
    await made().list(lock);
    expect(asked).toHaveLength(2);
  });

  it('are made once, however many instances come at the same time', async () => {
    const { app, clock, config } = world.gateway;
    const lock = { id: randomUUID(), name: 'new' };
    const instances = Array.from(
      { length: 6 },
      () =>
        new Clients(
          app.get(DataSource),
          clock,
          app.get(Keyring),
          app.get(Outbox),
          config,
          app.get(Bus),
          app.get(Subscriptions),
        ),
    );
    const lists = await Promise.all(instances.map((each) => each.list(lock)));
    expect(lists.map((list) => list.length)).toEqual(lists.map(() => 5));
    expect(new Set(lists.flat().map(({ id }) => id)).size).toBe(5);
  });

  it('are created, read, found, changed and removed', async () => {
    const { id, clientId } = await create({ name: 'An app', attributes: { 'acr.loa.map': '{"gold":"2"}' } });
    expect(await read(id)).toMatchObject({
      id,
      clientId,
      name: 'An app',
      enabled: true,
      publicClient: false,
      standardFlowEnabled: true,
      redirectUris: ['https://app.example.org/callback'],
      attributes: { 'acr.loa.map': '{"gold":"2"}' },
      secret: expect.any(String),
    });
    expect(await world.admin.clients.find({ realm, clientId })).toHaveLength(1);
    await world.admin.clients.update({ realm, id }, { clientId, description: 'changed' });
    expect(await read(id)).toMatchObject({ name: 'An app', description: 'changed' });
    await world.admin.clients.del({ realm, id });
    expect(await read(id)).toBeNull();
  });

  it('are found by a part of their name, by their attributes, and page by page', async () => {
    const note = randomUUID();
    const made = [];
    for (const of of ['Blue', 'green']) {
      const attributes = { note, 'of what': `${of} sky` };
      made.push(await create({ clientId: `${of}-${note}`, attributes }));
    }
    const [blue, green] = made.map(({ id }) => id);
    const find = async (query: object) =>
      (await world.admin.clients.find({ realm, ...query })).map(({ id }) => id);
    expect(await find({ clientId: `LUE-${note.slice(0, 8)}`, search: true })).toEqual([blue]);
    expect(await find({ clientId: `lue-${note}` })).toEqual([]);
    expect(await find({ q: `note:${note}` })).toEqual([blue, green]);
    expect(await find({ q: `note:${note} "of what":"green sky"` })).toEqual([green]);
    expect(await find({ q: `note:${note} other:x` })).toEqual([]);
    expect(await find({ q: `note:${note}`, first: 1, max: 1 })).toEqual([green]);
    expect(await find({ q: `note:${note}`, max: 0 })).toEqual([]);
    // As in Keycloak, less than nothing bounds nothing.
    expect(await find({ q: `note:${note}`, first: -1, max: -1 })).toEqual([blue, green]);
  });

  it('may be asked for by the pages that users are sent back to, where nothing else is said', async () => {
    const back = ['https://app.example.org/a', 'https://app.example.org/b', 'http://127.0.0.1:8080/', '/c'];
    const redirectUris = [...back, 'com.example.app:/callback'];
    const origins = async (more: object) =>
      (await read((await create({ redirectUris, ...more })).id))!.webOrigins;
    expect(await origins({})).toEqual(['https://app.example.org', 'http://127.0.0.1:8080']);
    expect(await origins({ webOrigins: [] })).toEqual([]);
    expect(await origins({ webOrigins: ['+'] })).toEqual(['+']);
  });

  it('take back what they tell: reading and writing changes nothing', async () => {
    const { id } = await create({ serviceAccountsEnabled: false });
    const before = await read(id);
    await world.admin.clients.update({ realm, id }, before!);
    expect(await read(id)).toEqual(before);
  });

  it('keep a secret sealed, and give another one when asked', async () => {
    const { id } = await create();
    const { value } = await world.admin.clients.getClientSecret({ realm, id });
    const rows = await world.gateway.app
      .get(DataSource)
      .query<{ secret: Buffer }[]>('select secret, settings from client where id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(value);
    expect(rows[0]?.secret.includes(Buffer.from(value!))).toBe(false);
    const { value: renewed } = await world.admin.clients.generateNewClientSecret({ realm, id });
    expect(renewed).not.toBe(value);
    expect((await world.admin.clients.getClientSecret({ realm, id })).value).toBe(renewed);
  });

  it('have no secret where nothing could keep one, and another one when that changes', async () => {
    const { id } = await create({ publicClient: true, secret: 'given in vain' });
    const secret = async () => (await world.admin.clients.getClientSecret({ realm, id })).value;
    const change = (changes: object) => world.admin.clients.update({ realm, id }, changes);
    expect(await secret()).toBeUndefined();
    await change({ publicClient: false });
    const first = await secret();
    expect(first).toHaveLength(43);
    await change({ name: 'keeps its secret' });
    expect(await secret()).toBe(first);
    await change({ publicClient: true, secret: 'given in vain' });
    expect(await secret()).toBeUndefined();
    await change({ publicClient: false });
    expect(await secret()).toHaveLength(43);
    expect(await secret()).not.toBe(first);
  });

  it('are set up by the file of Keycloak’s adapters', async () => {
    const providerId = 'keycloak-oidc-keycloak-json';
    // Its type says text; what comes is the object.
    const fileOf = async (id: string): Promise<unknown> =>
      world.admin.clients.getInstallationProviders({ realm, id, providerId });
    const common = {
      ...{ realm, 'auth-server-url': `${world.gateway.config.publicUrl}/`, 'ssl-required': 'external' },
      'confidential-port': 0,
    };
    const { id, clientId } = await create({ secret: 'a secret of my own' });
    const confidential = { ...common, resource: clientId, credentials: { secret: 'a secret of my own' } };
    expect(await fileOf(id)).toEqual(confidential);
    const open = await create({ publicClient: true });
    expect(await fileOf(open.id)).toEqual({ ...common, resource: open.clientId, 'public-client': true });
    const signing = await create({ clientAuthenticatorType: 'client-jwt' });
    expect(await fileOf(signing.id)).toEqual({ ...common, resource: signing.clientId });

    const viewer = world.people.add('acme', 'viewer').id;
    world.people.rights.set(viewer, { acme: ['view-clients'] });
    const file = `/acme/clients/${id}/installation/providers/${providerId}`;
    const shown = await world.ask('GET', file, undefined, await world.tokenOf('acme', 'viewer'));
    expect(shown).toMatchObject({ status: 200, body: { resource: clientId } });
    expect(shown.body).not.toHaveProperty('credentials');

    const other = `/acme/clients/${id}/installation/providers/keycloak-oidc-jboss-subsystem`;
    expect(await world.ask('GET', other)).toMatchObject({ status: 404, body: { error: 'Unknown Provider' } });
    expect((await world.ask('GET', file.replace('acme', 'master'))).status).toBe(404);
  });

  it('keep no secret from before beside the one that is good', async () => {
    const { id } = await create();
    const before = await world.admin.clients.getClientSecret({ realm, id });
    const path = `/acme/clients/${id}/client-secret/rotated`;
    expect(await world.ask('GET', path)).toMatchObject({
      status: 404,
      body: { error: 'Client does not have a rotated secret' },
    });
    await world.admin.clients.invalidateSecret({ realm, id });
    expect(await world.admin.clients.getClientSecret({ realm, id })).toEqual(before);
    expect((await world.ask('DELETE', path.replace(id, randomUUID()))).status).toBe(404);
  });

  it('tell of every change, and never a secret', async () => {
    const { id, clientId } = await create({ secret: 'a secret of my own' });
    expect((await world.admin.clients.getClientSecret({ realm, id })).value).toBe('a secret of my own');
    const rows: { event: CloudEvent }[] = await world.gateway.app
      .get(DataSource)
      .query(
        `select event from outbox where event->'data'->>'clientId' = $1 or event->'data'->>'resourcePath' = $2`,
        [clientId, `clients/${id}`],
      );
    expect(rows.map(({ event }) => event.type).sort()).toEqual(['admin', 'client.changed']);
    expect(JSON.stringify(rows)).not.toContain('a secret of my own');
  });

  it('are given scopes and mappers', async () => {
    const { id } = await create();
    const of = { realm, id };
    const names = async () => (await world.admin.clients.listDefaultClientScopes(of)).map(({ name }) => name);
    expect(await names()).toEqual(['web-origins', 'acr', 'profile', 'roles', 'basic', 'email']);
    const scopes = await world.admin.clientScopes.find({ realm });
    const phone = scopes.find(({ name }) => name === 'phone')!;
    await world.admin.clients.addDefaultClientScope({ ...of, clientScopeId: phone.id! });
    expect(await names()).toContain('phone');
    expect((await world.admin.clients.listOptionalClientScopes(of)).map(({ name }) => name)).not.toContain(
      'phone',
    );
    await world.admin.clients.delDefaultClientScope({ ...of, clientScopeId: phone.id! });
    expect(await names()).not.toContain('phone');

    const mapper = {
      ...{ name: 'team', protocol: 'openid-connect', protocolMapper: 'oidc-hardcoded-claim-mapper' },
      config: { 'claim.name': 'team', 'claim.value': 'locks', 'access.token.claim': 'true' },
    };
    await world.admin.clients.addProtocolMapper(of, mapper);
    const [made] = await world.admin.clients.listProtocolMappers(of);
    expect(made).toMatchObject(mapper);
    await world.admin.clients.updateProtocolMapper({ ...of, mapperId: made!.id! }, { ...made, name: 'crew' });
    expect((await world.admin.clients.listProtocolMappers(of))[0]!.name).toBe('crew');
    await world.admin.clients.delProtocolMapper({ ...of, mapperId: made!.id! });
    expect(await world.admin.clients.listProtocolMappers(of)).toEqual([]);
  });

  it('are given a user of their own to act as', async () => {
    const { id, clientId } = await create({ serviceAccountsEnabled: true });
    const user = await world.admin.clients.getServiceAccountUser({ realm, id });
    expect(user.username).toBe(`service-account-${clientId}`);
    await world.admin.clients.update({ realm, id }, { clientId: `${clientId}-renamed` });
    expect(await world.admin.clients.getServiceAccountUser({ realm, id })).toMatchObject({
      ...{ id: user.id, username: `service-account-${clientId}-renamed` },
    });
    // It was refused once: the user of the renamed client still had the name.
    const namesake = await world.admin.clients.create({ realm, clientId, serviceAccountsEnabled: true });
    const its = await world.admin.clients.getServiceAccountUser({ realm, id: namesake.id });
    expect(its.id).not.toBe(user.id);
    await world.admin.clients.del({ realm, id });
    expect(await world.admin.users.findOne({ realm, id: user.id! })).toBeNull();
  });

  it.each([
    [
      'a redirect to anywhere (RFC 9700 §2.1)',
      { redirectUris: ['https://app.example.org/*'] },
      'redirectUris',
    ],
    ['a redirect that runs a script', { redirectUris: ['javascript:alert(1)'] }, 'redirectUris'],
    [
      'a redirect with a fragment (RFC 6749 §3.1.2)',
      { redirectUris: ['https://a.example/#x'] },
      'redirectUris',
    ],
    ['a redirect to what is no address', { redirectUris: ['https://[::1'] }, 'redirectUris'],
    ['names of levels that are none', { attributes: { 'acr.loa.map': 'gold=2' } }, 'attributes'],
    [
      'a level that breaks the header which tells of it',
      { attributes: { 'userinfo.minimum.acr.value': 'gold"' } },
      'attributes',
    ],
    ['an origin with a path', { webOrigins: ['https://a.example/x'] }, 'webOrigins'],
    ['the implicit flow (RFC 9700 §2.1.2)', { implicitFlowEnabled: true }, 'implicitFlowEnabled'],
    ['a scope that is not there', { defaultClientScopes: ['nothing'] }, 'defaultClientScopes'],
    ['another protocol', { protocol: 'saml' }, 'protocol'],
    [
      'a mapper that is not there',
      { protocolMappers: [{ name: 'x', protocolMapper: 'y' }] },
      'protocolMapper',
    ],
    ['no name', { clientId: '' }, 'clientId'],
  ])('are refused with %s', async (_what, body, field) => {
    const answer = await world.ask('POST', '/acme/clients', { clientId: 'refused', ...body });
    expect(answer).toMatchObject({ status: 400, body: { field } });
  });

  it('say 409 of a name that is taken, and 404 of a client that is not there', async () => {
    expect(await world.ask('POST', '/acme/clients', { clientId: 'account' })).toMatchObject({
      status: 409,
      body: { errorMessage: 'Client account already exists' },
    });
    const { id, clientId } = await create();
    expect((await world.ask('PUT', `/acme/clients/${id}`, { clientId: 'account' })).status).toBe(409);
    expect((await read(id))?.clientId).toBe(clientId);
    for (const missing of [randomUUID(), 'nothing']) {
      expect(await world.ask('GET', `/acme/clients/${missing}`)).toMatchObject({
        status: 404,
        body: { error: 'Could not find client' },
      });
    }
  });

  it('belong to their realm alone', async () => {
    const { id } = await create();
    expect((await world.ask('GET', `/master/clients/${id}`)).status).toBe(404);
    expect((await world.ask('DELETE', `/master/clients/${id}`)).status).toBe(404);
    expect(await read(id)).not.toBeNull();
  });

  it('leave administrators a way in', async () => {
    const [cli] = await world.admin.clients.find({ realm: 'master', clientId: 'admin-cli' });
    expect((await world.ask('DELETE', `/master/clients/${cli!.id}`)).status).toBe(400);
    expect((await world.ask('PUT', `/master/clients/${cli!.id}`, { enabled: false })).status).toBe(400);
  });

  it('say how long they may go on, by numbers that can be read', async () => {
    const clientId = `app-${randomUUID()}`;
    const create = (attributes: object) => world.ask('POST', '/acme/clients', { clientId, attributes });
    for (const attributes of [
      { 'access.token.lifespan': 'soon' },
      { 'access.token.lifespan': 0 },
      { 'access.token.lifespan': '-2' },
      { 'client.session.idle.timeout': '-1' },
      { 'client.offline.session.max.lifespan': String(2 ** 31) },
    ]) {
      expect(await create(attributes)).toMatchObject({ status: 400, body: { field: 'attributes' } });
    }
    expect((await create({ 'access.token.lifespan': -1, 'client.session.max.lifespan': 60 })).status).toBe(
      201,
    );
  });

  it('go with their realm', async () => {
    const gone = randomUUID();
    const clients = world.gateway.app.get(Clients);
    await clients.list({ id: gone, name: 'gone' });
    await clients.followRealms([
      {
        ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/users', type: 'realm.removed' },
        ...{ datacontenttype: 'application/json', realmid: gone, data: { name: 'gone' } },
        time: world.gateway.clock.now().toISOString(),
      },
    ]);
    const left = await world.gateway.app
      .get(DataSource)
      .query('select 1 from client where realm_id = $1', [gone]);
    expect(left).toEqual([]);
  });
});
