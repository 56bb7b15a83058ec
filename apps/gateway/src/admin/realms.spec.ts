import { randomUUID } from 'node:crypto';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { MASK, users } from '@tumbler/contract-users';
import { invalid } from '@tumbler/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

describe('realms, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const create = async (more: object = {}) => {
    const realm = `r-${randomUUID().slice(0, 8)}`;
    await world.admin.realms.create({ realm, enabled: true, ...more });
    return realm;
  };
  const read = (realm: string) => world.admin.realms.findOne({ realm });

  it('creates, reads, changes, renames and removes one', async () => {
    const realm = await create({ displayName: 'Lock and Key' });
    expect(await read(realm)).toMatchObject({ realm, displayName: 'Lock and Key', enabled: true });
    await world.admin.realms.update({ realm }, { displayName: 'Key and Lock' });
    expect((await read(realm))?.displayName).toBe('Key and Lock');
    await world.admin.realms.update({ realm }, { realm: `${realm}-2` });
    expect(await read(realm)).toBeNull();
    await world.admin.realms.del({ realm: `${realm}-2` });
    expect(await read(`${realm}-2`)).toBeNull();
  });

  it('lists them', async () => {
    const realms = await world.admin.realms.find({ briefRepresentation: true });
    expect(realms.map(({ realm }) => realm)).toEqual(expect.arrayContaining(['master', 'acme']));
  });

  it('tells a realm as one, from the services that look after its parts', async () => {
    expect(await read('acme')).toMatchObject({
      realm: 'acme',
      accessTokenLifespan: 300,
      otpPolicyType: 'totp',
      otpPolicyPeriod: 30,
      browserFlow: 'browser',
      eventsEnabled: true,
    });
  });

  it('takes back what it told: reading and writing changes nothing', async () => {
    const before = await read('acme');
    await world.admin.realms.update({ realm: 'acme' }, before!);
    expect(await read('acme')).toEqual(before);
  });

  it('spreads a change over those whom it concerns, and bothers no others', async () => {
    const before = world.gateway.bus.calls.length;
    await world.admin.realms.update({ realm: 'acme' }, { otpPolicyDigits: 8 });
    expect(world.services.lastAsked('credentials.setPolicies')).toMatchObject({
      settings: { otpPolicyDigits: 8 },
    });
    const calls = world.gateway.bus.calls.slice(before).filter((call) => /set|update/i.test(call));
    expect(calls).toEqual(['credentials.setPolicies', 'users.updateRealm']);
    await world.admin.realms.update({ realm: 'acme' }, { otpPolicyDigits: 6 });
  });

  it.each([
    ['a wrong type', { enabled: 'yes' }, 'enabled'],
    ['a policy that is none', { otpPolicyDigits: 7 }, 'otpPolicyDigits'],
    [
      'codes that may be used again (RFC 6238 §5.2)',
      { otpPolicyCodeReusable: true },
      'otpPolicyCodeReusable',
    ],
    // It was taken once, and ended in an error of the database for every session of the realm.
    ['a time that no clock counts to', { ssoSessionIdleTimeout: 2 ** 31 }, 'ssoSessionIdleTimeout'],
    ['a token that comes again less than never', { refreshTokenMaxReuse: -1 }, 'refreshTokenMaxReuse'],
    ['a switch that is none', { revokeRefreshToken: 'false' }, 'revokeRefreshToken'],
    ['a flow that is not there', { browserFlow: 'nothing' }, 'browserFlow'],
    ['a flow of another kind', { clientAuthenticationFlow: 'browser' }, 'clientAuthenticationFlow'],
    ['a name that means something in an address', { realm: 'a/b' }, 'realm'],
    ['attributes that are no strings', { attributes: { a: 1 } }, 'attributes'],
    ['names of levels that are none', { attributes: { 'acr.loa.map': '{"gold":"high"}' } }, 'attributes'],
    ['an age that is none', { attributes: { 'userinfo.max.age': 'old' } }, 'attributes'],
    ['clients, which would be lost', { clients: [{ clientId: 'x' }] }, 'clients'],
    ['users, which belong to a new realm', { users: [{ username: 'x' }] }, 'users'],
  ])('refuses %s and has then written nothing', async (_what, change, field) => {
    const before = JSON.stringify(await read('acme'));
    const answer = await world.ask('PUT', '/acme', { displayName: 'Half done', failureFactor: 3, ...change });
    expect(answer).toMatchObject({ status: 400, body: { field } });
    expect(JSON.stringify(await read('acme'))).toBe(before);
  });

  it('keeps master, where administrators come from', async () => {
    expect((await world.ask('PUT', '/master', { enabled: false })).status).toBe(400);
    expect((await world.ask('PUT', '/master', { realm: 'other' })).status).toBe(400);
  });

  it('says how long applications may go on, and how often a refresh token may come, and gives that away', async () => {
    const before = await read('acme');
    expect(before).toMatchObject({ revokeRefreshToken: true, refreshTokenMaxReuse: 0 });
    const said = {
      ...{ revokeRefreshToken: false, refreshTokenMaxReuse: 2 },
      ...{ clientSessionIdleTimeout: 60, clientSessionMaxLifespan: 70 },
      ...{ clientOfflineSessionIdleTimeout: 80, clientOfflineSessionMaxLifespan: 90 },
    };
    await world.admin.realms.update({ realm: 'acme' }, said);
    expect(await read('acme')).toMatchObject(said);
    world.gateway.bus
      .stub(flows.exportFlows, () => ({ flows: [], configs: [] }))
      .stub(users.userProfile, () => ({ attributes: [], groups: [] }));
    expect((await world.ask('POST', '/acme/partial-export')).body).toMatchObject(said);
    await world.admin.realms.update({ realm: 'acme' }, before!);
  });

  it('refuses a field that Keycloak does not know', async () => {
    expect(await world.ask('PUT', '/acme', { enabled: true, colour: 'red' })).toMatchObject({
      status: 400,
      body: {
        error:
          'Invalid json representation for RealmRepresentation. Unrecognized field "colour" at line 1 column 17.',
      },
    });
  });

  it('takes fields of Keycloak that say nothing here', async () => {
    const answer = await world.ask('PUT', '/acme', {
      loginTheme: 'x',
      webAuthnPolicyRpEntityName: 'keycloak',
      clients: [],
      defaultRole: { name: 'default-roles-acme' },
    });
    expect(answer.status).toBe(204);
  });

  it('hands the mask of the password of a mail server on as it is: users knows what it stands for', async () => {
    world.people.realm('acme').smtpServer = { host: 'mail.example.org', password: MASK };
    const told = await read('acme');
    expect(told).toMatchObject({ smtpServer: { password: MASK } });
    await world.admin.realms.update({ realm: 'acme' }, { ...told, displayName: 'Acme' });
    expect(world.services.lastAsked('users.updateRealm')).toMatchObject({
      settings: { smtpServer: { host: 'mail.example.org', password: MASK } },
    });
  });

  it('gives a new realm its required actions, and its users, who get the default ones', async () => {
    const before = world.gateway.bus.calls.length;
    await create({
      requiredActions: [{ alias: 'CONFIGURE_TOTP', enabled: true, defaultAction: true, priority: 10 }],
      users: [{ username: 'first', enabled: true, credentials: [{ type: 'password', value: 'x' }] }],
    });
    const written = world.gateway.bus.calls
      .slice(before)
      .filter((call) => /adopt|stage|arrive$|Realm$/.test(call));
    expect([...new Set(written)]).toEqual([
      'users.findRealm',
      'credentials.adopt',
      'users.stageArrival',
      'users.arrive',
    ]);
  });

  it('makes all of a realm or none of it', async () => {
    world.gateway.bus.stub(credentials.setPolicies, () => {
      throw invalid('Password policy not found', 'passwordPolicy');
    });
    const answer = await world.ask('POST', '', { realm: 'half', passwordPolicy: 'nonsense(1)' });
    expect(answer).toMatchObject({ status: 400, body: { field: 'passwordPolicy' } });
    expect(await read('half')).toBeNull();
  });

  it('says 409 of a name that is taken, and 404 of one that nobody has', async () => {
    expect(await world.ask('POST', '', { realm: 'acme' })).toMatchObject({
      status: 409,
      body: { errorMessage: 'Realm acme already exists' },
    });
    expect(await world.ask('PUT', '/nowhere', {})).toMatchObject({
      status: 404,
      body: { error: 'Realm not found.' },
    });
  });
});
