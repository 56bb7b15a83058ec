// Administration as a program sees it: Keycloak's official client, unchanged, against the running system.
import { randomUUID } from 'node:crypto';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask as askAs } from './admin-requests.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let admin: KcAdminClient;
let realm: string;
let story: RealmOfStory;
beforeAll(async () => {
  admin = await administrator();
  story = await RealmOfStory.create({ displayName: 'Lock and Key' });
  realm = story.name;
});

const ask = <T>(method: string, path: string, body?: unknown) => askAs<T>(admin, method, path, body);

/** What a token says of itself, for whoever does not verify it. */
function decodeJwt(token: string): { exp?: number; iat?: number } {
  const [, claims = ''] = token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp?: number; iat?: number };
}

function expired(token: string): string {
  const [head, , signature] = token.split('.');
  const claims = Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 1 })).toString('base64url');
  return `${head}.${claims}.${signature}`;
}

/** Asks until it is so: events arrive a moment after what they tell of. */
async function soon<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (const deadline = Date.now() + 10_000; ;) {
    const value = await read();
    if (isSo(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('realms', () => {
  it('are told as one, and taken back as they were told', async () => {
    const before = await admin.realms.findOne({ realm });
    expect(before).toMatchObject({
      realm,
      displayName: 'Lock and Key',
      enabled: true,
      otpPolicyType: 'totp',
      otpPolicyAlgorithm: 'HmacSHA1',
      otpPolicyDigits: 6,
      otpPolicyPeriod: 30,
      browserFlow: 'browser',
      directGrantFlow: 'direct grant',
    });
    await admin.realms.update({ realm }, before!);
    expect(await admin.realms.findOne({ realm })).toEqual(before);
  });

  it('keep what is set, each part where it belongs', async () => {
    const changes = {
      otpPolicyDigits: 8,
      accessTokenLifespan: 120,
      passwordPolicy: 'length(10)',
      eventsEnabled: true,
    };
    await admin.realms.update({ realm }, changes);
    expect(await admin.realms.findOne({ realm })).toMatchObject(changes);
    await admin.realms.update({ realm }, { otpPolicyDigits: 6, passwordPolicy: '' });
  });

  it('are left as they were when any field is wrong', async () => {
    const before = await admin.realms.findOne({ realm });
    for (const wrong of [
      { browserFlow: 'nothing' },
      { passwordPolicy: 'nonsense(1)' },
      { otpPolicyDigits: 7 },
    ]) {
      const { status } = await ask('PUT', `/${realm}`, { displayName: 'Half done', ...wrong });
      expect({ wrong, status }).toEqual({ wrong, status: 400 });
      expect(await admin.realms.findOne({ realm })).toEqual(before);
    }
  });

  it('can be copied', async () => {
    const { id: _own, ...told } = (await admin.realms.findOne({ realm }))!;
    const name = `${realm}-copy`;
    await admin.realms.create({ ...told, realm: name });
    expect(await admin.realms.findOne({ realm: name })).toEqual({
      ...told,
      defaultRole: expect.objectContaining({ name: `default-roles-${name}` }),
      realm: name,
      id: expect.any(String),
    });
  });

  it('are renamed and removed', async () => {
    const other = await RealmOfStory.create();
    await admin.realms.update({ realm: other.name }, { realm: `${other.name}-new` });
    expect(await admin.realms.findOne({ realm: other.name })).toBeNull();
    await admin.realms.del({ realm: `${other.name}-new` });
    expect(await admin.realms.findOne({ realm: `${other.name}-new` })).toBeNull();
    expect((await ask('POST', '', { realm })).status).toBe(409);
  });
});

describe('users', () => {
  const create = async (more: object = {}) => {
    const username = `u-${randomUUID().slice(0, 8)}`;
    return { username, id: await story.createUser(username, more) };
  };
  const tokenOf = (username: string, password = PASSWORD) => story.tokenRequest({ username, password });

  it('are created, found, changed and removed', async () => {
    const { id, username } = await create({ email: `${randomUUID()}@example.org`, firstName: 'Ann' });
    expect(await story.user(id)).toMatchObject({
      id,
      username,
      firstName: 'Ann',
      enabled: true,
      totp: false,
    });
    expect(
      (await admin.users.find({ realm, search: username.slice(0, 6) })).map((user) => user.id),
    ).toContain(id);
    expect(await admin.users.count({ realm })).toBeGreaterThan(0);

    const before = await story.user(id);
    await admin.users.update({ realm, id }, before);
    expect(await story.user(id)).toEqual(before);
    await admin.users.update({ realm, id }, { lastName: 'Archer' });
    expect(await story.user(id)).toMatchObject({ firstName: 'Ann', lastName: 'Archer' });

    await admin.users.del({ realm, id });
    expect(await admin.users.findOne({ realm, id })).toBeNull();
    expect((await tokenOf(username)).status).toBe(401);
  });

  it('whose name is taken leave nothing behind', async () => {
    const { username, id } = await create();
    await expect(create({ username })).rejects.toMatchObject({ response: { status: 409 } });
    expect((await tokenOf(username)).status).toBe(200);
    expect(await admin.users.getCredentials({ realm, id })).toHaveLength(1);
  });

  it('sign in with a password that was reset, and have to change a temporary one', async () => {
    const { id, username } = await create();
    const credential = { type: 'password', value: 'Another-tumbler-8' };
    await admin.users.resetPassword({ realm, id, credential: { ...credential, temporary: false } });
    expect((await tokenOf(username)).status).toBe(401);
    expect((await tokenOf(username, credential.value)).status).toBe(200);

    await admin.users.resetPassword({ realm, id, credential: { ...credential, temporary: true } });
    expect((await story.user(id)).requiredActions).toEqual(['UPDATE_PASSWORD']);
    const refused = await tokenOf(username, credential.value);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: 'invalid_grant',
      error_description: 'Account is not fully set up',
    });
  });

  it('who are switched off are signed out, and cannot sign in', async () => {
    const { id, username } = await create();
    const { refresh_token } = await (await tokenOf(username)).json();
    await admin.users.update({ realm, id }, { enabled: false });
    expect((await story.tokenRequest({ grant_type: 'refresh_token', refresh_token })).status).toBe(400);
    expect((await tokenOf(username)).status).toBe(400);
  });

  it('get an OTP secret that was made elsewhere, and lose it with their sessions', async () => {
    const { id } = await create({
      credentials: [
        { type: 'password', value: PASSWORD },
        {
          type: 'otp',
          userLabel: 'Old phone',
          secretData: JSON.stringify({ value: '12345678901234567890' }),
          credentialData: JSON.stringify({
            subType: 'totp',
            digits: 6,
            period: 30,
            algorithm: 'HmacSHA1',
            counter: 0,
          }),
        },
      ],
    });
    expect((await story.user(id)).totp).toBe(true);
    const credentials = await admin.users.getCredentials({ realm, id });
    expect(JSON.stringify(credentials)).not.toContain('12345678901234567890');
    const otp = credentials.find(({ type }) => type === 'otp')!;
    await admin.users.updateCredentialLabel({ realm, id, credentialId: otp.id! }, 'Blue phone');
    expect((await admin.users.getCredentials({ realm, id })).map(({ userLabel }) => userLabel)).toContain(
      'Blue phone',
    );
    await admin.users.deleteCredential({ realm, id, credentialId: otp.id! });
    expect((await story.user(id)).totp).toBe(false);
    await expect(admin.users.deleteCredential({ realm, id, credentialId: otp.id! })).rejects.toMatchObject({
      responseData: { error: 'Credential not found' },
    });
  });

  it('lock themselves out, and are let in again', async () => {
    await admin.realms.update(
      { realm },
      { bruteForceProtected: true, failureFactor: 3, waitIncrementSeconds: 60 },
    );
    const { id, username } = await create();
    expect(await admin.attackDetection.findOne({ realm, id })).toEqual({
      disabled: false,
      numFailures: 0,
      lastFailure: 0,
      lastIPFailure: 'n/a',
    });
    for (let attempt = 0; attempt < 3; attempt++) await tokenOf(username, 'wrong');
    expect((await tokenOf(username)).status).toBe(401);
    expect(await admin.attackDetection.findOne({ realm, id })).toMatchObject({ disabled: true });
    await admin.attackDetection.del({ realm, id });
    expect((await tokenOf(username)).status).toBe(200);
    await admin.realms.update({ realm }, { bruteForceProtected: false });
  });
});

describe('authentication', () => {
  const otp = () => ({ realm, alias: 'CONFIGURE_TOTP' });

  it('has the required actions of Keycloak, and every verb for them', async () => {
    const { authenticationManagement: api } = admin;
    const { body: actions } = await ask<object[]>('GET', `/${realm}/authentication/required-actions`);
    expect(actions.length).toBeGreaterThanOrEqual(2);
    const action = await api.getRequiredActionForAlias(otp());
    expect(action).toMatchObject({ enabled: true, defaultAction: false, name: 'Configure OTP' });

    await api.lowerRequiredActionPriority(otp());
    await api.raiseRequiredActionPriority(otp());
    expect((await ask('GET', `/${realm}/authentication/required-actions`)).body).toEqual(actions);

    await api.updateRequiredActionConfig(otp(), { config: { max_auth_age: '60' } });
    expect(await api.getRequiredActionConfig(otp())).toEqual({ config: { max_auth_age: '60' } });
    await api.removeRequiredActionConfig(otp());
    expect((await api.getRequiredActionForAlias(otp()))?.config).toEqual({});

    await api.deleteRequiredAction(otp());
    expect(await api.getRequiredActionForAlias(otp())).toBeNull();
    await api.registerRequiredAction({ realm, providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' });
    expect(await api.getRequiredActionForAlias(otp())).toMatchObject({ enabled: true });
  });

  it('has the flows of Keycloak, and lets the requirement of a step change', async () => {
    const { body: flows } = await ask<{ alias: string }[]>('GET', `/${realm}/authentication/flows`);
    expect(flows.map(({ alias }) => alias).slice(0, 4)).toEqual([
      'browser',
      'direct grant',
      'registration',
      'reset credentials',
    ]);
    const { authenticationManagement: api } = admin;
    const steps = () => api.getExecutions({ realm, flow: 'browser' });
    const step = (await steps()).find(({ providerId }) => providerId === 'auth-cookie')!;
    await api.updateExecution({ realm, flow: 'browser' }, { ...step, requirement: 'DISABLED' });
    expect((await steps()).find(({ id }) => id === step.id)).toMatchObject({ requirement: 'DISABLED' });
    await api.updateExecution({ realm, flow: 'browser' }, step);
    const { body: providers } = await ask<{ id: string }[]>(
      'GET',
      `/${realm}/authentication/authenticator-providers`,
    );
    expect(providers.map(({ id }) => id)).toContain('auth-otp-form');
  });
});

describe('events', () => {
  it('of users and of administrators are kept and can be read', async () => {
    const other = await RealmOfStory.create({ eventsEnabled: true, adminEventsEnabled: true });
    const id = await other.createUser('eve');
    await other.tokenRequest({ username: 'eve', password: PASSWORD });
    const logins = await soon(
      () => admin.realms.findEvents({ realm: other.name, type: 'LOGIN' }),
      (events) => events.length > 0,
    );
    expect(logins).toMatchObject([{ type: 'LOGIN', userId: id, clientId: 'admin-cli' }]);

    const changes = await soon(
      () => admin.realms.findAdminEvents({ realm: other.name, resourcePath: `users/${id}` }),
      (events) => events.length > 0,
    );
    expect(changes).toMatchObject([
      { operationType: 'CREATE', resourceType: 'USER', resourcePath: `users/${id}` },
    ]);
    expect(JSON.stringify(changes)).not.toContain(PASSWORD);

    await admin.realms.clearEvents({ realm: other.name });
    expect(await admin.realms.findEvents({ realm: other.name })).toEqual([]);
  });
});

it('gives the token of an administrator a minute, and the official client goes on after it', async () => {
  const other = await administrator();
  const { exp, iat } = decodeJwt(other.accessToken!);
  expect(exp! - iat!).toBe(60);
  // As if the minute were over: the client refreshes, twice at once.
  other.setAccessToken(expired(other.accessToken!));
  const answers = await Promise.all([other.realms.find(), other.realms.find()]);
  expect(answers.map((realms) => realms.length > 0)).toEqual([true, true]);
});

describe('nobody else', () => {
  const list = async (authorization?: string) => {
    const response = await fetch(`${system.url}/admin/realms`, {
      headers: authorization ? { authorization } : {},
    });
    return { status: response.status, body: await response.json() };
  };

  it('may: no token, a user’s token, a token of another realm', async () => {
    expect(await list()).toEqual({ status: 401, body: { error: 'HTTP 401 Unauthorized' } });
    expect((await list('Bearer x')).status).toBe(401);
    await story.createUser('plain');
    const { access_token } = await (
      await story.tokenRequest({ username: 'plain', password: PASSWORD })
    ).json();
    expect(await list(`Bearer ${access_token}`)).toEqual({
      status: 403,
      body: { error: 'HTTP 403 Forbidden' },
    });
  });

  it('may, once signed out', async () => {
    const other = await administrator();
    const token = `Bearer ${await other.getAccessToken()}`;
    expect((await list(token)).status).toBe(200);
    await fetch(`${system.url}/realms/master/protocol/openid-connect/logout`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'admin-cli', refresh_token: other.refreshToken! }),
    });
    expect((await list(token)).status).toBe(401);
  });
});
