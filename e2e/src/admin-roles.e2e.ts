// Administrators of one realm, against the running system: what they may do, and what they try.
import { randomUUID } from 'node:crypto';
import KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let root: KcAdminClient;
let story: RealmOfStory;
let realm: string;
beforeAll(async () => {
  root = await administrator();
  story = await RealmOfStory.create();
  realm = story.name;
});

async function signedIn(username: string, of = realm): Promise<KcAdminClient> {
  const client = new KcAdminClient({ baseUrl: system.url, realmName: of });
  await client.auth({ grantType: 'password', clientId: 'admin-cli', username, password: PASSWORD });
  return client;
}

/** The roles of the client that manages the story's realm; of the one in `home`. */
async function management(names: string[], home = realm) {
  const clientId = home === realm ? 'realm-management' : `${realm}-realm`;
  const [client] = await root.clients.find({ realm: home, clientId });
  const roles = await root.clients.listRoles({ realm: home, id: client!.id! });
  return { client: client!.id!, roles: roles.filter(({ name }) => names.includes(name!)) };
}

async function give(userId: string, names: string[], home = realm): Promise<void> {
  const { client, roles } = await management(names, home);
  expect(roles).toHaveLength(names.length);
  await root.users.addClientRoleMappings({
    ...{ realm: home, id: userId, clientUniqueId: client },
    roles: roles.map(({ id, name }) => ({ id: id!, name: name! })),
  });
}

async function helper(...rights: string[]) {
  const username = `helper-${randomUUID().slice(0, 8)}`;
  const id = await story.createUser(username, { email: `${username}@example.org` });
  await give(id, rights);
  return { id, username, client: await signedIn(username) };
}

const status = async (as: KcAdminClient, method: string, path: string, body?: unknown) =>
  (await ask(as, method, path, body)).status;

describe('an administrator of one realm', () => {
  it('does there what the roles of realm-management say, with the official client', async () => {
    const { client, id } = await helper('manage-users');
    const made = await client.users.create({ realm, username: `by-${id}`, enabled: true });
    expect(await client.users.findOne({ realm, id: made.id })).toMatchObject({ username: `by-${id}` });
    await client.users.del({ realm, id: made.id });
    expect(await status(client, 'GET', `/${realm}/clients`)).toBe(403);
    expect(await status(client, 'PUT', `/${realm}`, { displayName: 'Mine' })).toBe(403);
    expect(await status(client, 'GET', '/master/users')).toBe(403);
    expect(await status(client, 'POST', '', { realm: 'another' })).toBe(403);
  });

  it('sees the realms that are theirs, and of them what they may', async () => {
    const { client } = await helper('query-users');
    expect(await client.realms.find()).toMatchObject([{ realm }]);
    const seen = await client.realms.findOne({ realm });
    expect(seen?.realm).toBe(realm);
    expect(seen).not.toHaveProperty('smtpServer');
    expect(await client.users.find({ realm })).toEqual([]);
    expect(await client.users.count({ realm })).toBe(0);
  });

  it('is told of a user what there is to do', async () => {
    const { client, id } = await helper('view-users', 'impersonation');
    const seen = await client.users.findOne({ realm, id });
    expect(seen?.access).toEqual({
      ...{ manage: false, manageGroupMembership: false, mapRoles: false, resetPassword: false },
      ...{ view: true, impersonate: true },
    });
    expect((await root.users.findOne({ realm, id }))?.access).toMatchObject({ manage: true, mapRoles: true });
  });

  it('that is a program administers with the roles of its user, if it is told of all of them (RFC 9700 §2.3)', async () => {
    const { id } = await root.clients.create({ realm, clientId: 'clerk', serviceAccountsEnabled: true });
    const { id: userId } = await root.clients.getServiceAccountUser({ realm, id });
    await give(userId!, ['view-users']);
    const { value } = await root.clients.getClientSecret({ realm, id });
    const clerk = async () => {
      const client = new KcAdminClient({ baseUrl: system.url, realmName: realm });
      await client.auth({ grantType: 'client_credentials', clientId: 'clerk', clientSecret: value! });
      return client;
    };
    expect(await status(await clerk(), 'GET', `/${realm}/users`)).toBe(200);
    expect(await status(await clerk(), 'GET', `/${realm}/clients`)).toBe(403);
    await root.clients.update({ realm, id }, { clientId: 'clerk', fullScopeAllowed: false });
    expect(await status(await clerk(), 'GET', `/${realm}/users`)).toBe(403);
  });

  it('hears that identity providers are not offered', async () => {
    const { client, id } = await helper('manage-users');
    const path = `/${realm}/users/${id}/federated-identity`;
    expect(await ask(client, 'GET', path)).toMatchObject({ status: 200, body: [] });
    expect(await ask(client, 'POST', `${path}/google`, {})).toMatchObject({
      ...{ status: 400, body: { error: 'Identity providers are not offered' } },
    });
    expect((await ask(client, 'DELETE', `${path}/google`)).status).toBe(404);
  });

  it('is told by the console who they are', async () => {
    const { client, id, username } = await helper('view-events', 'view-clients');
    const whoAmI = await client.whoAmI.find({ realm, currentRealm: realm });
    expect(whoAmI).toMatchObject({
      ...{ userId: id, realm, displayName: username, createRealm: false },
      realm_access: { [realm]: ['query-clients', 'view-clients', 'view-events'] },
    });
    const all = await root.whoAmI.find({ realm: 'master', currentRealm: realm });
    expect(all).toMatchObject({ realm: 'master', createRealm: true });
    expect(Object.keys(all.realm_access)).toEqual([realm]);
  });

  it('of master may be given one realm of many', async () => {
    const name = `delegate-${randomUUID().slice(0, 8)}`;
    const { id } = await root.users.create({
      ...{ realm: 'master', username: name, enabled: true },
      credentials: [{ type: 'password', value: PASSWORD }],
    });
    await give(id, ['view-users'], 'master');
    const delegate = await signedIn(name, 'master');
    expect(await status(delegate, 'GET', `/${realm}/users`)).toBe(200);
    expect(await status(delegate, 'GET', '/master/users')).toBe(403);
    await root.users.del({ realm: 'master', id });
  });

  it('has lost a right as soon as it is taken away (ASVS 8.3.2)', async () => {
    const { client, id } = await helper('view-users');
    expect(await status(client, 'GET', `/${realm}/users`)).toBe(200);
    const { client: clientUniqueId, roles } = await management(['view-users']);
    await root.users.delClientRoleMappings({
      ...{ realm, id, clientUniqueId },
      roles: roles.map((role) => ({ id: role.id!, name: role.name! })),
    });
    expect(await status(client, 'GET', `/${realm}/users`)).toBe(403);
  });
});

describe('an administrator who comes as a user', () => {
  /** What a console of administrators does, in a browser. */
  async function impersonate(as: KcAdminClient, userId: string) {
    const response = await fetch(`${system.url}/admin/realms/${realm}/users/${userId}/impersonation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await as.getAccessToken()}` },
    });
    const cookie = response.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const body = (await response.json()) as { sameRealm?: boolean; redirect?: string };
    return { status: response.status, body, cookie };
  }
  const page = async (url: string, cookie: string) =>
    (await fetch(url, { headers: { cookie, accept: 'text/html' } })).text();

  it('sees what the user sees, and the audit log says who it was', async () => {
    const id = await story.createUser('eve', { email: 'eve@example.org' });
    const { status: answered, body, cookie } = await impersonate(root, id);
    expect({ answered, body }).toEqual({
      answered: 200,
      body: { sameRealm: false, redirect: `${system.url}/realms/${realm}/account` },
    });
    const account = await page(body.redirect!, cookie);
    expect(account).toContain('data-page-id="account"');
    expect(account).toContain('eve@example.org');
    await expect
      .poll(async () => root.realms.findEvents({ realm, type: ['IMPERSONATE'] as never }), {
        timeout: 10_000,
      })
      .toMatchObject([{ userId: id, details: { impersonator: system.admin.name, username: 'eve' } }]);
    const [session] = await root.users.listSessions({ realm, id });
    await root.realms.removeSession({ realm, sessionId: session!.id! });
    expect(await page(body.redirect!, cookie)).not.toContain('eve@example.org');
  });

  it('does not take the account over: what asks for a fresh login asks for the password', async () => {
    const id = await story.createUser('fay');
    const { body, cookie } = await impersonate((await helper('impersonation')).client, id);
    expect(body.sameRealm).toBe(true);
    const query = new URLSearchParams({
      ...{ client_id: 'account', response_type: 'code', scope: 'openid', kc_action: 'UPDATE_PASSWORD' },
      ...{ redirect_uri: `${system.url}/realms/${realm}/account`, code_challenge_method: 'S256' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    });
    const shown = await page(`${system.url}/realms/${realm}/protocol/openid-connect/auth?${query}`, cookie);
    expect(shown).toContain('name="password"');
    expect(shown).not.toContain('password-new');
  });

  it('does not come as somebody greater, or without the right to', async () => {
    const chief = await helper('realm-admin');
    const user = await story.createUser('gil');
    const one = await helper('impersonation');
    expect((await impersonate(one.client, chief.id)).status).toBe(403);
    expect((await impersonate((await helper('manage-users')).client, user)).status).toBe(403);
  });
});

describe('somebody who manages users and clients, and wants more', () => {
  let mallory: Awaited<ReturnType<typeof helper>>;
  let chief: Awaited<ReturnType<typeof helper>>;
  let robot: { id: string; userId: string };
  const attempt = (method: string, path: string, body?: unknown) =>
    status(mallory.client, method, `/${realm}${path}`, body);

  beforeAll(async () => {
    mallory = await helper('manage-users', 'manage-clients');
    chief = await helper('realm-admin');
    const { id } = await root.clients.create({ realm, clientId: 'robot', serviceAccountsEnabled: true });
    const { id: userId } = await root.clients.getServiceAccountUser({ realm, id });
    await give(userId!, ['realm-admin']);
    robot = { id, userId: userId! };
  });

  it('takes no greater role', async () => {
    const { client, roles } = await management(['realm-admin']);
    const named = roles.map(({ id, name }) => ({ id, name }));
    expect(await attempt('POST', `/users/${mallory.id}/role-mappings/clients/${client}`, named)).toBe(403);
    const [own] = (await management(['manage-users'])).roles;
    expect(await attempt('POST', `/roles-by-id/${own!.id}/composites`, named)).toBe(403);
    expect(await attempt('POST', `/clients/${client}/roles`, { name: 'new' })).toBe(403);
  });

  it('does not become somebody greater: no password, no removed app, no other address, no mail', async () => {
    const { id } = chief;
    const value = 'Another-password-8';
    const [password] = await root.users.getCredentials({ realm, id });
    const attempts: [string, string, unknown?][] = [
      ['PUT', `/users/${id}/reset-password`, { type: 'password', value }],
      ['PUT', `/users/${id}`, { email: 'mallory@example.org' }],
      ['PUT', `/users/${id}`, { credentials: [{ type: 'password', value }] }],
      ['PUT', `/users/${id}`, { requiredActions: ['UPDATE_PASSWORD'] }],
      ['DELETE', `/users/${id}/credentials/${password!.id}`],
      ['PUT', `/users/${id}/disable-credential-types`, ['otp']],
      ['PUT', `/users/${id}/remove-totp`],
      ['PUT', `/users/${id}/execute-actions-email`, ['UPDATE_PASSWORD']],
      ['POST', `/users/${id}/logout`],
      ['DELETE', `/users/${id}`],
    ];
    for (const [method, path, body] of attempts) {
      expect({ path, status: await attempt(method, path, body) }).toEqual({ path, status: 403 });
    }
    await expect(signedIn(chief.username)).resolves.toBeDefined();
  });

  it('does not come as a program with greater rights', async () => {
    const { id, userId } = robot;
    expect(await attempt('GET', `/clients/${id}/client-secret`)).toBe(403);
    expect(await attempt('POST', `/clients/${id}/client-secret`)).toBe(403);
    expect(await attempt('PUT', `/clients/${id}`, { clientId: 'robot', secret: 'chosen by me' })).toBe(403);
    expect(await attempt('PUT', `/users/${userId}/reset-password`, { type: 'password', value: 'x' })).toBe(
      403,
    );
    const seen = await mallory.client.clients.findOne({ realm, id });
    expect(seen).toMatchObject({ clientId: 'robot' });
    expect(seen).not.toHaveProperty('secret');
    const listed = await mallory.client.clients.find({ realm, clientId: 'robot' });
    expect(listed[0]).not.toHaveProperty('secret');
  });

  it('does not have the tokens of administrators sent to another address', async () => {
    const [consoleClient] = await root.clients.find({ realm, clientId: 'security-admin-console' });
    const change = { redirectUris: ['https://mallory.example.org/'] };
    expect(await attempt('PUT', `/clients/${consoleClient!.id}`, change)).toBe(403);
    expect(await attempt('DELETE', `/clients/${consoleClient!.id}`)).toBe(403);
  });
});
