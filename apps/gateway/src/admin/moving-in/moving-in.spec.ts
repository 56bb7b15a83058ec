import { randomUUID } from 'node:crypto';
import type { Rpc } from '@tumbler/contract-rpc';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { ACCOUNT_ROLES, users } from '@tumbler/contract-users';
import { AppError, conflict } from '@tumbler/errors';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../../testing/admin-world.js';
import { Clients } from '../../oidc/clients/clients.js';
import { Leftovers } from './leftovers.js';
import { StubArrivals } from '../../testing/stub-arrivals.js';

let world: AdminWorld;
let services: StubArrivals;
beforeAll(async () => void (world = await adminWorld()));
afterAll(() => world.gateway.close());
beforeEach(() => void (services = new StubArrivals(world.gateway.bus, world.people)));

const file = (more: object = {}) => ({
  ...{ id: randomUUID(), realm: `r-${randomUUID().slice(0, 8)}`, passwordPolicy: 'length(9)' },
  users: [{ username: 'ann', credentials: [{ type: 'password', value: 'correct horse' }] }],
  clients: [{ clientId: 'shop', secret: 'of the shop', serviceAccountsEnabled: true }],
  authenticationFlows: [{ alias: 'own', topLevel: true, authenticationExecutions: [] }],
  ...more,
});
type File = ReturnType<typeof file>;
const send = (body: object, query = '') => world.ask('POST', query, body);
const clientsOf = async (realmId: string): Promise<string[]> => {
  const db = world.gateway.app.get(DataSource);
  const rows: { name: string }[] = await db.query(
    'select client_id as name from client where realm_id = $1 order by client_id',
    [realmId],
  );
  return rows.map(({ name }) => name);
};

/** What anybody keeps under the id of a realm. */
const left = async ({ id, realm }: File) => ({
  realm: world.people.realm(realm) !== undefined,
  credentials: services.owners.get(id)?.length ?? 0,
  flows: services.flowsOf.has(id),
  clients: await clientsOf(id),
  laidDown: services.laidDown.size,
});
const nothing = { realm: false, credentials: 0, flows: false, clients: [], laidDown: 0 };

describe('a realm that moves in', () => {
  it('comes last: everything else is there before anybody can ask for it', async () => {
    const body = file();
    const before = world.gateway.bus.calls.length;
    expect((await send(body)).status).toBe(201);
    const calls = world.gateway.bus.calls.slice(before);
    const order = [
      'credentials.setPolicies',
      'credentials.adopt',
      'flows.arriveFlows',
      'users.stageArrival',
      'users.arrive',
    ];
    expect(calls.filter((call, index) => order.includes(call) && calls.indexOf(call) === index)).toEqual(
      order,
    );
    expect(await left(body)).toMatchObject({ realm: true, credentials: 1, flows: true, laidDown: 0 });
    expect(await clientsOf(body.id)).toContain('shop');
  });

  it('brings how long applications may go on, of all and of each, and what of that it cannot read it tells', async () => {
    const settings = { revokeRefreshToken: false, refreshTokenMaxReuse: 1, clientSessionIdleTimeout: 60 };
    const attributes = { 'access.token.lifespan': '-1', 'client.session.idle.timeout': '30' };
    const body = file({
      ...settings,
      clients: [
        { clientId: 'shop', attributes },
        { clientId: 'other', attributes: { 'client.session.max.lifespan': 'soon' } },
      ],
    });
    const { notCarriedOver } = (await send(body)).body as { notCarriedOver: unknown[] };
    expect(notCarriedOver).toEqual([expect.objectContaining({ place: 'clients[1].attributes' })]);
    expect(world.people.realm(body.realm)).toMatchObject(settings);
    const shop = await world.gateway.app.get(Clients).byClientId({ id: body.id, name: body.realm }, 'shop');
    expect(shop!.attributes).toEqual(attributes);
  });

  const steps: [string, Rpc<object, unknown>][] = [
    ['policies', credentials.setPolicies],
    ['credentials', credentials.adopt],
    ['flows', flows.arriveFlows],
    ['users', users.stageArrival],
  ];
  it.each(steps)(
    'leaves nothing when the service of the %s stops, and comes at the second try',
    async (_what, step) => {
      const body = file();
      world.gateway.bus.stub(step, () => {
        throw new AppError('service_unavailable');
      });
      expect((await send(body)).status).toBe(503);
      expect(await left(body)).toEqual(nothing);

      services = new StubArrivals(world.gateway.bus, world.people);
      world.gateway.bus.stub(credentials.setPolicies, () => world.services.policies);
      expect((await send(body)).status).toBe(201);
      expect(world.people.realm(body.realm).id).toBe(body.id);
    },
  );

  it('leaves nothing when the last of its users cannot be made', async () => {
    const body = file();
    world.gateway.bus.stub(users.arrive, () => {
      throw conflict('User exists with same username', 'username');
    });
    expect(await send(body)).toMatchObject({
      status: 409,
      body: { errorMessage: 'User exists with same username' },
    });
    expect(await left(body)).toEqual(nothing);
  });

  it('stays when it arrived and nobody heard of it', async () => {
    services.losesTheAnswer = true;
    const body = file();
    expect((await send(body)).status).toBe(201);
    expect(await left(body)).toMatchObject({ realm: true, credentials: 1, flows: true, laidDown: 0 });
  });

  it('loses nothing when nobody can say whether it arrived', async () => {
    services.losesTheAnswer = true;
    world.gateway.bus.stub(users.abandonArrival, () => {
      throw new AppError('service_unavailable');
    });
    const body = file();
    expect((await send(body)).status).toBe(503);
    expect(await left(body)).toMatchObject({ realm: true, credentials: 1, flows: true });
  });

  it('is taken away when its server stopped half-way, before the next import', async () => {
    const [gone, made] = [file(), file()];
    const db = world.gateway.app.get(DataSource);
    for (const { id } of [gone, made]) {
      await db.query('insert into import_under_way values ($1, $2, null, now())', [randomUUID(), id]);
      services.owners.set(id, [{ userId: randomUUID(), credentials: [] }]);
    }
    // This one had arrived: only its end was not noted any more.
    services.taken.add(made.id);
    await send(file());
    expect(services.owners.get(gone.id)).toEqual([]);
    expect(services.owners.get(made.id)).toHaveLength(1);
    expect(await db.query('select from import_under_way')).toEqual([]);
  });

  it('takes nothing away from one that is under way', async () => {
    const { id } = file();
    const db = world.gateway.app.get(DataSource);
    const leftovers = world.gateway.app.get(Leftovers, { strict: false });
    await db.query('insert into import_under_way values ($1, $2, null, now())', [randomUUID(), id]);
    services.owners.set(id, [{ userId: randomUUID(), credentials: [] }]);
    await db.transaction(async (tx) => {
      await leftovers.lock(tx, id);
      await leftovers.clearUp();
      expect(services.owners.get(id)).toHaveLength(1);
    });
    await leftovers.clearUp();
    expect(services.owners.get(id)).toEqual([]);
  });

  it('comes once of two at the same moment', async () => {
    const body = file();
    const answers = await Promise.all([send(body), send(body), send(body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(world.people.realms.filter(({ id }) => id === body.id)).toHaveLength(1);
  });

  it('gets another id where something has its own', async () => {
    const body = file({ groups: [{ id: randomUUID(), name: 'works' }] });
    services.taken.add(body.id);
    const { body: report } = await send(body);
    expect(world.people.realm(body.realm).id).not.toBe(body.id);
    expect(report).toMatchObject({ notCarriedOver: [{ place: 'id' }] });
  });

  describe('with its account', () => {
    const rolesThere = () => {
      const roles = services.arrived.flatMap((part) => part.roles ?? []);
      const nameOf = (id: string) => roles.find((role) => role.id === id)?.name ?? id;
      const everyones = roles.find(({ ofNewUsers }) => ofNewUsers)!;
      return { roles, parts: (everyones.parts ?? []).map(nameOf).toSorted() };
    };

    it('has the roles that every account has, and users may name them, though the file tells of none', async () => {
      const clientRoles = { account: ['view-groups'] };
      const { status, body } = await send(file({ users: [{ username: 'ann', clientRoles }] }));
      expect({ status, left: body }).toMatchObject({ status: 201, left: { notCarriedOver: [] } });
      const { roles, parts } = rolesThere();
      expect(roles.filter(({ description }) => description === '${role_manage-consent}')).toHaveLength(1);
      expect(parts).toEqual(['manage-account', 'offline_access', 'uma_authorization', 'view-profile']);
    });

    it('keeps the roles that it had, each once, and what everybody had of them and no more', async () => {
      const [account, manage] = [randomUUID(), randomUUID()];
      const realm = `r-${randomUUID().slice(0, 8)}`;
      const composites = { client: { account: ['view-profile'] } };
      const names = ['manage-account', 'view-profile', 'delete-account'];
      const { status } = await send(
        file({
          realm,
          clients: [{ id: account, clientId: 'account' }],
          roles: {
            realm: [{ name: `default-roles-${realm}`, composites }],
            client: { account: names.map((name, i) => ({ name, ...(i ? {} : { id: manage }) })) },
          },
        }),
      );
      expect(status).toBe(201);
      const { roles, parts } = rolesThere();
      const ofAccount = roles.filter(({ clientId }) => clientId === account);
      expect(ofAccount.map(({ name }) => name).toSorted()).toEqual(
        ACCOUNT_ROLES.map(({ name }) => name).toSorted(),
      );
      expect(ofAccount.find(({ name }) => name === 'manage-account')?.id).toBe(manage);
      expect(parts).toEqual(['view-profile']);
    });
  });

  it('gives a client whose secret the file leaves empty or masks a secret that nobody can guess', async () => {
    const secrets = { empty: '', masked: '**********' };
    const clients = Object.entries(secrets).map(([clientId, secret]) => ({ clientId, secret }));
    const body = file({ clients });
    expect((await send(body)).status).toBe(201);
    const made = world.gateway.app.get(Clients);
    for (const clientId of Object.keys(secrets)) {
      const client = await made.byClientId({ id: body.id, name: body.realm }, clientId);
      expect(await made.secretOf(client!)).toHaveLength(43);
    }
  });

  it('leaves the private keys of its clients where it was, and keys that are fetched over no secured line', async () => {
    const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQ';
    const attributes = {
      ...{ 'jwt.credential.private.key': secret, 'use.jwks.url': 'true', 'jwks.url': 'http://10.0.0.1/keys' },
      'access.token.lifespan': '60',
    };
    const { status, body } = await send(file({ clients: [{ clientId: 'shop', attributes }] }));
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        notCarriedOver: [
          {
            place: 'clients[0].attributes.jwt.credential.private.key',
            reason: 'private keys of clients are not kept here',
          },
          {
            place: 'clients[0].attributes.jwks.url',
            reason: 'jwks.url must be an https address, or one of this machine',
          },
        ],
      },
    });
    const rows: unknown = await world.gateway.app.get(DataSource).query('select settings from client');
    expect(JSON.stringify(rows)).toContain('access.token.lifespan');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('is written nothing of in a dry run', async () => {
    const body = file();
    const before = world.gateway.bus.calls.length;
    expect(await send(body, '?dryRun=true')).toMatchObject({ status: 200, body: { dryRun: true } });
    expect(await left(body)).toEqual(nothing);
    const asked = new Set(world.gateway.bus.calls.slice(before));
    for (const call of ['users.administrator', 'users.get']) asked.delete(call);
    expect([...asked].toSorted()).toEqual([
      ...['credentials.examine', 'flows.examineFlows'],
      ...['users.examineArrival', 'users.findRealm', 'users.taken'],
    ]);
  });

  it('tells no secret of the file, whatever is wrong with it', async () => {
    const secret = 'x7Kq2mPz9LwR4tYv8BnC';
    const given = { type: 'otp', secretData: 7, credentialData: secret, userLabel: [secret] };
    const { status, body } = await send(file({ users: [{ username: 'ann', credentials: [given, secret] }] }));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toContain(secret.slice(0, 6));
  });

  it.each([
    ['a constructor', '{"realm":"x","users":[{"username":"a","attributes":{"constructor":["b"]}}]}'],
    ['a prototype', '{"realm":"x","roles":{"client":{"__proto__":[{"name":"admin"}]}}}'],
    ['lists for objects', '{"realm":"x","roles":[],"components":[],"clients":{}}'],
    ['depth', `{"realm":"x","groups":${'[{"name":"g","subGroups":'.repeat(2000)}[]${'}]'.repeat(2000)}}`],
  ])('of %s is refused, or taken for what it is, and breaks nothing', async (_what, text) => {
    const { status } = await send(JSON.parse(text) as object, '?dryRun=true');
    expect([200, 400]).toContain(status);
    expect(({} as { name?: string }).name).toBeUndefined();
  });
});

describe('an import into a realm', () => {
  it('leaves nothing when the users cannot come: clients and credentials neither', async () => {
    const { id } = world.people.realm('acme');
    const before = await clientsOf(id);
    world.gateway.bus.stub(users.listRoles, () => []);
    world.gateway.bus.stub(users.arrive, () => {
      throw conflict('User exists with same username', 'username');
    });
    const { users: people, clients } = file();
    const answer = await world.ask('POST', '/acme/partialImport', { users: people, clients });
    expect(answer.status).toBe(409);
    expect((await clientsOf(id)).filter((name) => !before.includes(name) && name === 'shop')).toEqual([]);
    expect(services.owners.get(id)).toEqual([]);
    expect(services.laidDown.size).toBe(0);
  });

  it('is for those who may do everything that is in it', async () => {
    const helper = world.people.add('acme', 'helper');
    world.people.rights.set(helper.id, { acme: ['manage-realm'] });
    const token = await world.tokenOf('acme', 'helper');
    const { users: people, clients } = file();
    for (const part of [{ users: people }, { clients }]) {
      expect((await world.ask('POST', '/acme/partialImport', part, token)).status).toBe(403);
    }
    for (const query of ['exportClients', 'exportGroupsAndRoles']) {
      expect((await world.ask('POST', `/acme/partial-export?${query}=true`, {}, token)).status).toBe(403);
    }
  });
});
