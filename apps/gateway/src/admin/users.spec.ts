import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../sessions/sessions.js';
import { adminWorld, type AdminWorld } from '../testing/admin-world.js';

const realm = 'acme';

describe('users, by the official client', () => {
  let world: AdminWorld;
  beforeAll(async () => void (world = await adminWorld()));
  afterAll(() => world.gateway.close());

  const create = async (more: object = {}) => {
    const username = `u-${randomUUID()}`;
    const { id } = await world.admin.users.create({ realm, username, enabled: true, ...more });
    return { id, username };
  };
  const signedIn = async (userId: string) => {
    const id = randomUUID();
    const authTime = Math.floor(world.gateway.clock.now().getTime() / 1000);
    const finished = { userId, username: 'x', clientId: 'account', authTime, amr: [], rememberMe: false };
    await world.gateway.app.get(Sessions).openDirect({ id, realm: world.people.realm(realm), finished });
    return async () => Boolean(await world.gateway.app.get(Sessions).byId(world.people.realm(realm), id));
  };

  it('creates, reads, changes and removes one', async () => {
    const { id, username } = await create({ email: 'a@example.org', attributes: { team: 'red' } });
    const user = await world.admin.users.findOne({ realm, id });
    expect(user).toMatchObject({ id, username, email: 'a@example.org', enabled: true, totp: false });
    expect(user?.attributes).toEqual({ team: ['red'] });

    await world.admin.users.update({ realm, id }, { ...user, firstName: 'Ann' });
    expect((await world.admin.users.findOne({ realm, id }))?.firstName).toBe('Ann');

    await world.admin.users.del({ realm, id });
    expect(await world.admin.users.findOne({ realm, id })).toBeNull();
  });

  it('answers a creation with nothing but where the user is', async () => {
    const { status, headers, body } = await world.ask('POST', '/acme/users', { username: 'location' });
    expect({ status, body }).toEqual({ status: 201, body: undefined });
    expect(headers.get('location')).toMatch(/\/admin\/realms\/acme\/users\/[0-9a-f-]{36}$/);
  });

  it('sets the credentials before there is a user who could sign in', async () => {
    const before = world.gateway.bus.calls.length;
    await create({ credentials: [{ type: 'password', value: 'Tumblers-align-7' }] });
    const calls = world.gateway.bus.calls.slice(before).filter((call) => /set|create/.test(call));
    expect(calls).toEqual(['credentials.set', 'users.create']);
  });

  it('makes a temporary password one that has to be changed', async () => {
    const { id } = await create({ credentials: [{ type: 'password', value: 'x', temporary: true }] });
    expect((await world.admin.users.findOne({ realm, id }))?.requiredActions).toEqual(['UPDATE_PASSWORD']);
  });

  it('leaves nothing of a user whose name is taken', async () => {
    const { username } = await create();
    const credentials = [{ type: 'password', value: 'x' }];
    const sizes = () => [world.services.credentials.size, world.services.views.size];
    const before = sizes();
    await expect(world.admin.users.create({ realm, username, credentials })).rejects.toMatchObject({
      response: { status: 409 },
      responseData: { errorMessage: 'User exists with same username' },
    });
    expect(sizes()).toEqual(before);
  });

  it('takes no password from a user who may have been made: the answer was lost on its way', async () => {
    const before = world.services.credentials.size;
    const username = 'lost-answer';
    world.services.losesTheNextAnswer = true;
    const answer = await world.ask('POST', '/acme/users', {
      username,
      credentials: [{ type: 'password', value: 'x' }],
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(world.services.credentials.size).toBe(before + 1);
  });

  it('makes no user with a password that the policy refuses, and says which rule', async () => {
    const answer = await world.ask('POST', '/acme/users', {
      username: 'weak',
      credentials: [{ type: 'password', value: 'weak' }],
    });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: 'invalidPasswordMinLengthMessage',
        error_description: 'Invalid password: minimum length 12.',
      },
    });
    expect([...world.services.views.values()].map(({ username }) => username)).not.toContain('weak');
  });

  it('sets required actions', async () => {
    const { id } = await create();
    await world.admin.users.update({ realm, id }, { requiredActions: ['CONFIGURE_TOTP'] });
    expect((await world.admin.users.findOne({ realm, id }))?.requiredActions).toEqual(['CONFIGURE_TOTP']);
  });

  it('forgives failures when a user is switched on, and ends sessions when one is switched off', async () => {
    const { id } = await create();
    const alive = await signedIn(id);
    await world.admin.users.update({ realm, id }, { enabled: true });
    expect(world.services.lastAsked('credentials.clearFailures')).toBeUndefined();
    world.services.failures.numFailures = 3;
    await world.admin.users.update({ realm, id }, { enabled: true });
    world.services.failures.numFailures = 0;
    expect(world.services.lastAsked('credentials.clearFailures')).toMatchObject({ userId: id });
    expect(await alive()).toBe(true);
    await world.admin.users.update({ realm, id }, { enabled: false });
    expect(await alive()).toBe(false);
  });

  it('finds nobody by an identity provider, of which there are none', async () => {
    await create();
    for (const query of [{ idpAlias: 'google' }, { idpUserId: '1' }]) {
      expect(await world.admin.users.find({ realm, ...query })).toEqual([]);
      expect(await world.admin.users.count({ realm, ...query })).toBe(0);
    }
  });

  it('hands a search on with its types, and passes over what it does not know', async () => {
    await world.admin.users.find({
      realm,
      search: 'an*',
      enabled: true,
      exact: false,
      first: 2,
      max: 5,
      x: 'y',
    });
    expect(world.services.lastAsked('users.search')).toEqual({
      realmId: world.people.realm(realm).id,
      search: 'an*',
      enabled: true,
      exact: false,
      first: 2,
      max: 5,
    });
    expect(await world.admin.users.count({ realm })).toBe(world.services.views.size);
  });

  it('finds users by id', async () => {
    const { id } = await create();
    await world.admin.users.find({ realm, search: `id:${id}` });
    expect(world.services.lastAsked('users.search')).toMatchObject({ search: `id:${id}` });
  });

  it.each([
    ['a wrong type', { username: 7 }, 'username'],
    ['a wrong type further in', { username: 'x', credentials: [{ type: 'password', value: 7 }] }, 'value'],
    ['attributes that are none', { username: 'x', attributes: { a: [7] } }, 'attributes'],
    ['a kind of credential that nobody knows', { username: 'x', credentials: [{ type: 'magic' }] }, 'type'],
    ['roles, which would be lost', { username: 'x', realmRoles: ['admin'] }, 'realmRoles'],
    ['no name', { email: 'a@example.org' }, 'username'],
  ])('refuses %s, and says where', async (_what, body, field) => {
    expect(await world.ask('POST', '/acme/users', body)).toMatchObject({ status: 400, body: { field } });
  });

  it.each([
    ['{', { error: 'invalid_request', error_description: 'Cannot parse the JSON' }],
    ['[]', { error: 'invalid_request', error_description: 'Cannot parse the JSON' }],
    ['{"x":1}', { error: expect.stringContaining('Unrecognized field "x" at line 1 column 2') }],
    ['{"__proto__":{"enabled":true}}', { error: 'invalid_request' }],
  ])('refuses the body %s', async (body, error) => {
    expect(await world.ask('POST', '/acme/users', body)).toMatchObject({ status: 400, body: error });
  });

  it('refuses a body that is too large', async () => {
    expect((await world.ask('POST', '/acme/users', { username: 'x'.repeat(70_000) })).status).toBe(413);
  });

  it('lets nobody keep what it tells', async () => {
    const { headers } = await world.ask('GET', '/acme/users');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each(['first=x', 'max=-1', 'enabled=perhaps', 'max=1&max=2'])('refuses the query %s', async (query) => {
    const field = query.split('=')[0];
    expect(await world.ask('GET', `/acme/users?${query}`)).toMatchObject({ status: 400, body: { field } });
  });

  it('says 404 of a realm, and of a user, that is not there', async () => {
    expect(await world.ask('GET', '/nowhere/users')).toMatchObject({
      status: 404,
      body: { error: 'Realm not found.' },
    });
    for (const id of [randomUUID(), 'nobody', "'; drop table users"]) {
      expect(await world.ask('GET', `/acme/users/${encodeURIComponent(id)}`)).toMatchObject({
        status: 404,
        body: { error: 'User not found' },
      });
    }
  });

  it('signs a user out everywhere', async () => {
    const { id } = await create();
    const alive = await signedIn(id);
    expect(await world.admin.users.listSessions({ realm, id })).toHaveLength(1);
    await world.admin.users.logout({ realm, id });
    expect(await alive()).toBe(false);
    expect((await world.admin.users.findOne({ realm, id }))?.notBefore).toBeGreaterThan(0);
  });

  it('takes a request that says nothing, in JSON, as other clients send it', async () => {
    const { id } = await create();
    const path = `/admin/realms/acme/users/${id}`;
    const headers = {
      authorization: `Bearer ${await world.admin.getAccessToken()}`,
      'content-type': 'application/json',
    };
    const post = await fetch(`${world.admin.baseUrl}${path}/logout`, { method: 'POST', headers, body: '' });
    expect(post.status).toBe(204);
    const del = await fetch(`${world.admin.baseUrl}${path}`, { method: 'DELETE', headers });
    expect(del.status).toBe(204);
  });

  describe('credentials', () => {
    const withOtp = () =>
      create({
        credentials: [
          { type: 'password', value: 'x' },
          { type: 'otp', userLabel: 'Phone' },
        ],
      });
    const list = (id: string) => world.admin.users.getCredentials({ realm, id });

    it('are told without what is secret about them', async () => {
      const { id } = await withOtp();
      const credentials = await list(id);
      expect(credentials.map(({ type, userLabel }) => [type, userLabel])).toEqual([
        ['password', undefined],
        ['otp', 'Phone'],
      ]);
      expect(JSON.stringify(credentials)).not.toMatch(/secretData|value/);
      expect((await world.admin.users.findOne({ realm, id }))?.totp).toBe(true);
    });

    it('are asked about once for a whole page of users, and not at all for a brief one', async () => {
      const [{ id: has }, { id: lacks }] = [await withOtp(), await create()];
      const before = world.gateway.bus.calls.length;
      const page = await world.admin.users.find({ realm });
      const asked = world.gateway.bus.calls.slice(before).filter((call) => call.startsWith('credentials.'));
      expect(asked).toEqual(['credentials.whoHas']);
      const of = (id: string) => page.find((user) => user.id === id);
      expect(of(has)).toMatchObject({ totp: true, disableableCredentialTypes: ['otp'] });
      expect(of(lacks)).toMatchObject({ totp: false, disableableCredentialTypes: [] });

      const [brief] = await world.admin.users.find({ realm, briefRepresentation: true });
      expect(brief).not.toHaveProperty('totp');
      expect(world.gateway.bus.calls.slice(before).filter((call) => call === asked[0])).toHaveLength(1);
    });

    it('end the sessions of their user when they are taken away (mistakes.md, "Factor reset")', async () => {
      const { id } = await withOtp();
      const alive = await signedIn(id);
      const otp = (await list(id)).find(({ type }) => type === 'otp')!;
      await world.admin.users.deleteCredential({ realm, id, credentialId: otp.id! });
      expect((await list(id)).map(({ type }) => type)).toEqual(['password']);
      expect(await alive()).toBe(false);
      expect((await world.admin.users.findOne({ realm, id }))?.totp).toBe(false);
    });

    it('are taken away by type', async () => {
      const { id } = await withOtp();
      expect((await world.ask('PUT', `/acme/users/${id}/disable-credential-types`, ['otp'])).status).toBe(
        204,
      );
      expect((await list(id)).map(({ type }) => type)).toEqual(['password']);
    });

    it('are taken away by the official client’s removeTotp: the apps alone, and sessions end', async () => {
      const { id } = await withOtp();
      const alive = await signedIn(id);
      await world.admin.users.removeTotp({ realm, id });
      expect((await list(id)).map(({ type }) => type)).toEqual(['password']);
      expect(await alive()).toBe(false);
      await world.admin.users.removeTotp({ realm, id });
      const nobody = { realm, id: randomUUID() };
      await expect(world.admin.users.removeTotp(nobody)).rejects.toMatchObject({ response: { status: 404 } });
    });

    it('get labels as plain text, and places', async () => {
      const { id } = await withOtp();
      const [password, otp] = (await list(id)).map((credential) => credential.id!);
      await world.admin.users.updateCredentialLabel({ realm, id, credentialId: otp! }, 'Blue phone');
      expect(world.services.lastAsked('credentials.rename')).toMatchObject({
        credentialId: otp,
        label: 'Blue phone',
      });
      await expect(
        world.admin.users.updateCredentialLabel({ realm, id, credentialId: otp! }, ' '),
      ).rejects.toMatchObject({ responseData: { errorMessage: 'missingCredentialLabel' } });

      await world.admin.users.moveCredentialPositionUp({ realm, id, credentialId: otp! });
      expect(world.services.lastAsked('credentials.move')).not.toHaveProperty('after');
      const move = { realm, id, credentialId: password!, newPreviousCredentialId: otp! };
      await world.admin.users.moveCredentialPositionDown(move);
      expect(world.services.lastAsked('credentials.move')).toMatchObject({ after: otp });
    });

    it('that are not there are not found', async () => {
      const { id } = await create();
      for (const credentialId of [randomUUID(), 'x']) {
        await expect(world.admin.users.deleteCredential({ realm, id, credentialId })).rejects.toMatchObject({
          response: { status: 404 },
          responseData: { error: 'Credential not found' },
        });
      }
    });
  });

  describe('reset-password', () => {
    const reset = (id: string, credential: object) =>
      world.admin.users.resetPassword({ realm, id, credential });
    const actions = async (id: string) => (await world.admin.users.findOne({ realm, id }))?.requiredActions;

    it('asks for a change of a temporary one, and no more once a lasting one is set', async () => {
      const { id } = await create();
      await reset(id, { type: 'password', value: 'Tumblers-align-8', temporary: true });
      expect(await actions(id)).toEqual(['UPDATE_PASSWORD']);
      await reset(id, { type: 'password', value: 'Tumblers-align-8', temporary: false });
      expect(await actions(id)).toEqual([]);
    });

    it('signs out whoever knew the old one', async () => {
      const { id } = await create();
      const alive = await signedIn(id);
      await reset(id, { type: 'password', value: 'Tumblers-align-8' });
      expect(await alive()).toBe(false);
    });

    it('changes nothing when the policy refuses', async () => {
      const { id } = await create();
      const alive = await signedIn(id);
      await expect(reset(id, { type: 'password', value: 'weak', temporary: true })).rejects.toMatchObject({
        response: { status: 400 },
        responseData: { error: 'invalidPasswordMinLengthMessage' },
      });
      expect(await actions(id)).toEqual([]);
      expect(await alive()).toBe(true);
    });

    it.each([
      [{ type: 'password' }, 'No password provided'],
      [{ type: 'password', value: '' }, 'Empty password not allowed'],
    ])('refuses %j', async (credential, error) => {
      const { id } = await create();
      await expect(reset(id, credential)).rejects.toMatchObject({ responseData: { error } });
    });
  });

  it('tells and clears failures: four fields for a user who never failed', async () => {
    const { id } = await create();
    expect(await world.admin.attackDetection.findOne({ realm, id })).toEqual({
      disabled: false,
      numFailures: 0,
      lastFailure: 0,
      lastIPFailure: 'n/a',
    });
    await world.admin.attackDetection.del({ realm, id });
    expect(world.services.lastAsked('credentials.clearFailures')).toMatchObject({ userId: id });
    await world.admin.attackDetection.delAll({ realm });
    expect(world.services.lastAsked('credentials.clearFailures')).not.toHaveProperty('userId');
    expect(await world.admin.attackDetection.findOne({ realm, id: randomUUID() })).toBeNull();
  });
});
