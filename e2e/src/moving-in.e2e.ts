// A realm moves in from Keycloak: people sign in with the password and the app that they had there.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import type RealmRepresentation from '@keycloak/keycloak-admin-client/lib/defs/realmRepresentation.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { Authenticator } from './authenticator.js';
import { NativeApp } from './native-app.js';
import { administrator, RealmOfStory, system } from './world.js';

/** Of everybody in the file. */
const PASSWORD = 'Correct-horse-7';

interface Report {
  dryRun?: true;
  added: number;
  skipped: number;
  overwritten: number;
  results: { action: string; resourceType: string; resourceName: string; id: string }[];
  notCarriedOver: { place: string; reason: string; kept?: true }[];
}

/** The file that Keycloak 26 wrote, under a name of its own: other stories use the same server. */
async function fileOf(name: string): Promise<RealmRepresentation> {
  const text = await readFile(new URL('../fixtures/acme-realm.json', import.meta.url), 'utf8');
  return { ...(JSON.parse(text) as RealmRepresentation), realm: name };
}

let admin: KcAdminClient;
beforeAll(async () => void (admin = await administrator()));

/** What comes after the name and the password. */
async function signIn(realm: string, username: string, password = PASSWORD) {
  const app = new NativeApp();
  const start = await app.get(`${system.url}/realms/${realm}/account`);
  return { app, step: await app.send(start, { username, password }) };
}

describe('a realm of Keycloak 26', () => {
  const realm = `moved-${randomUUID().slice(0, 8)}`;
  let file: RealmRepresentation;
  beforeAll(async () => void (file = await fileOf(realm)));

  it('is looked at before: what would come, what would not, and why; and nothing is written', async () => {
    const { status, body } = await ask<Report>(admin, 'POST', '?dryRun=true', file);
    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, skipped: 0, overwritten: 0 });
    const reasons = Object.fromEntries(body.notCarriedOver.map(({ place, reason }) => [place, reason]));
    expect(Object.keys(reasons).toSorted()).toEqual(
      [
        'authenticationFlows[12].authenticationExecutions[1]',
        'clients[6].protocolMappers[1]',
        'clients[6].redirectUris[1]',
        'clients[8]',
        'components.org.keycloak.keys.KeyProvider',
        'components.org.keycloak.storage.UserStorageProvider[0]',
        'identityProviders',
        'loginTheme',
        'passwordPolicy',
        'smtpServer.password',
        'users[4].credentials',
        'users[4].credentials[1]',
        'users[5]',
      ].toSorted(),
    );
    expect(reasons['users[4].credentials']).toContain('sets one up at the next sign-in');
    expect(await admin.realms.findOne({ realm })).toBeNull();
  });

  it('moves in with one request of the official client', async () => {
    await admin.realms.create(file);
    expect(await admin.realms.findOne({ realm })).toMatchObject({
      ...{ id: file.id, displayName: 'Acme Keys', resetPasswordAllowed: true, failureFactor: 20 },
      ...{ browserFlow: 'browser with otp', passwordPolicy: 'length(8) and notUsername(undefined)' },
      ...{ eventsExpiration: 604_800, rememberMe: true },
    });
    expect(await ask(admin, 'POST', '', file)).toMatchObject({ status: 409 });
  });

  it('lets people in with the password and the app that they had, and no code twice', async () => {
    const secret = Buffer.from('Q7wZ2mXk9PtR4vLs8BnY');
    const phone = new Authenticator(`otpauth://totp/Acme:ann?secret=${base32(secret)}`);
    const { app, step } = await signIn(realm, 'ann');
    expect(step.form?.page).toBe('login-login-otp');
    const code = await phone.freshCode();
    expect((await app.send(step, { otp: code })).redirectUri).toBeDefined();

    const again = await signIn(realm, 'ann');
    expect((await again.app.send(again.step, { otp: code })).redirectUri).toBeUndefined();
  });

  it('knows a secret in base32 from one that is raw text (mistakes.md, Keycloak #9434)', async () => {
    const tablet = new Authenticator('otpauth://totp/Acme:bob?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP');
    const { app, step } = await signIn(realm, 'bob');
    expect((await app.send(step, { otp: await tablet.freshCode() })).redirectUri).toBeDefined();
  });

  it.each([
    ['cem', 'pbkdf2-sha256'],
    ['dia', 'pbkdf2'],
  ])('hashes %s’s password anew when they sign in, and not before', async (username, before) => {
    const { id } = await user(username);
    const algorithm = async () => {
      const all = await admin.users.getCredentials({ realm, id });
      const password = all.find(({ type }) => type === 'password');
      return (JSON.parse(password?.credentialData ?? '{}') as { algorithm?: string }).algorithm;
    };
    expect(await algorithm()).toBe(before);
    expect((await signIn(realm, username, 'wrong')).step.redirectUri).toBeUndefined();
    expect(await algorithm()).toBe(before);
    await signIn(realm, username);
    expect(await algorithm()).toBe('argon2');
  });

  it('asks for what has to be done first, and for a second factor where one was lost', async () => {
    expect((await signIn(realm, 'dia')).step.form?.page).toBe('login-login-update-password');
    expect((await signIn(realm, 'eve')).step.form?.page).toBe('login-login-config-totp');
  });

  it('keeps who is who: ids, attributes, roles, groups, and who administers', async () => {
    const ann = await user('ann');
    const wanted = file.users!.find(({ username }) => username === 'ann')!;
    expect(ann).toMatchObject({
      ...{ id: wanted.id, email: wanted.email, createdTimestamp: wanted.createdTimestamp },
      attributes: { department: ['keys'] },
    });
    const roles = await admin.users.listCompositeRealmRoleMappings({ realm, id: ann.id });
    expect(roles.map(({ name }) => name).toSorted()).toEqual([
      ...['default-roles-acme', 'offline_access', 'staff', 'uma_authorization'],
    ]);
    const [shop] = await admin.clients.find({ realm, clientId: 'shop' });
    const ofShop = await admin.users.listCompositeClientRoleMappings({
      realm,
      id: ann.id,
      clientUniqueId: shop!.id!,
    });
    expect(ofShop.map(({ name }) => name)).toEqual(['buyer']);
    const [account] = await admin.clients.find({ realm, clientId: 'account' });
    const ofAccount = await admin.users.listCompositeClientRoleMappings({
      ...{ realm, id: ann.id, clientUniqueId: account!.id! },
    });
    expect(ofAccount.map(({ name }) => name).toSorted()).toEqual(['manage-account', 'view-profile']);
    const groups = await admin.users.listGroups({ realm, id: ann.id });
    expect(groups.map(({ path }) => path)).toEqual(['/works/nights']);
    expect(await admin.users.find({ realm, username: 'fox', exact: true })).toEqual([]);

    const cem = await user('cem');
    const [management] = await admin.clients.find({ realm, clientId: 'realm-management' });
    expect(management!.id).toBe(file.clients!.find(({ clientId }) => clientId === 'realm-management')!.id);
    const rights = await admin.users.listClientRoleMappings({
      realm,
      id: cem.id,
      clientUniqueId: management!.id!,
    });
    expect(rights.map(({ name }) => name)).toEqual(['view-users']);
  });

  it('keeps applications: secrets, addresses, the flow of their own, and whom they act as', async () => {
    const token = await fetch(`${system.url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{
          grant_type: 'client_credentials',
          client_id: 'robots',
          client_secret: 'robots-secret-of-keycloak',
        },
      }),
    });
    expect(token.status).toBe(200);
    const [robots] = await admin.clients.find({ realm, clientId: 'robots' });
    const account = await admin.clients.getServiceAccountUser({ realm, id: robots!.id! });
    expect(account.id).toBe(file.users!.find(({ username }) => username === 'service-account-robots')!.id);
    const [shop] = await admin.clients.find({ realm, clientId: 'shop' });
    const flows = await admin.authenticationManagement.getFlows({ realm });
    const own = flows.find(({ alias }) => alias === 'browser with otp');
    expect(shop).toMatchObject({
      redirectUris: ['https://shop.acme.example/back'],
      authenticationFlowBindingOverrides: { browser: own!.id },
    });
    expect(await admin.clients.getClientSecret({ realm, id: shop!.id! })).toMatchObject({
      value: 'shop-secret-of-keycloak',
    });
    expect(await admin.clients.find({ realm, clientId: 'old-portal' })).toEqual([]);
  });

  it('keeps required actions and the profile', async () => {
    const action = await admin.authenticationManagement.getRequiredActionForAlias({
      realm,
      alias: 'CONFIGURE_TOTP',
    });
    expect(action).toMatchObject({ priority: 10, config: { max_auth_age: '600' } });
    const profile = await admin.users.getProfile({ realm });
    expect(profile.attributes?.map(({ name }) => name)).toContain('department');
  });

  async function user(username: string) {
    const [found] = await admin.users.find({ realm, username, exact: true });
    return found as { id: string } & NonNullable<typeof found>;
  }
});

describe('an import into a realm', () => {
  let realm: string;
  let file: RealmRepresentation;
  beforeAll(async () => {
    realm = (await RealmOfStory.create()).name;
    await admin.roles.create({ realm, name: 'staff' });
    const { id } = await admin.groups.create({ realm, name: 'works' });
    await admin.groups.createChildGroup({ realm, id }, { name: 'nights' });
    await admin.users.create({ realm, username: 'bob', email: 'bob@acme.example', enabled: true });
    file = await fileOf(realm);
    for (const client of file.clients!) client.authenticationFlowBindingOverrides = {};
    file.roles!.realm = file.roles!.realm!.filter(({ name }) => ['staff', 'robot'].includes(name!));
    for (const user of file.users!)
      user.realmRoles = user.realmRoles?.filter((name) => !name.startsWith('default'));
  });
  const request = (ifResourceExists: string, query = '') =>
    ask<Report & { errorMessage?: string }>(admin, 'POST', `/${realm}/partialImport${query}`, {
      ...{ ifResourceExists, realm },
      ...{ users: file.users, groups: file.groups, clients: file.clients, roles: file.roles },
    });
  const usernames = async () =>
    (await admin.users.find({ realm })).map(({ username }) => username).toSorted();
  const actions = ({ results }: Pick<Report, 'results'>, type: string) =>
    Object.fromEntries(
      results.filter((each) => each.resourceType === type).map((each) => [each.resourceName, each.action]),
    );

  it('that may overwrite nothing fails as a whole, and says at what, in Keycloak’s words', async () => {
    const { status, body } = await request('FAIL');
    expect({ status, body }).toEqual({
      status: 409,
      body: { errorMessage: "Realm role 'staff' already exists." },
    });
    expect(await usernames()).toEqual(['bob']);
    expect(await admin.clients.find({ realm, clientId: 'shop' })).toEqual([]);
  });

  it('is looked at before', async () => {
    const { status, body } = await request('OVERWRITE', '?dryRun=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({ dryRun: true, overwritten: 3 });
    expect(await usernames()).toEqual(['bob']);
  });

  it('leaves what is there, where it is told to skip it', async () => {
    const [before] = await admin.users.find({ realm, username: 'bob' });
    const body = await admin.realms.partialImport({
      realm,
      rep: {
        ifResourceExists: 'SKIP',
        users: file.users,
        groups: file.groups,
        clients: file.clients,
        roles: file.roles,
      },
    });
    expect(actions(body, 'USER')).toMatchObject({ ann: 'ADDED', bob: 'SKIPPED', cem: 'ADDED' });
    expect(actions(body, 'GROUP')).toEqual({ '/works': 'SKIPPED' });
    expect(actions(body, 'REALM_ROLE')).toEqual({ staff: 'SKIPPED', robot: 'ADDED' });
    expect(actions(body, 'CLIENT')).toEqual({ shop: 'ADDED', robots: 'ADDED' });
    expect(actions(body, 'CLIENT_ROLE')).toEqual({ 'shop.buyer': 'ADDED' });
    const [after] = await admin.users.find({ realm, username: 'bob' });
    expect(after).toEqual(before);
  });

  it('puts what comes in the place of what is there, under ids of its own, where it is told to', async () => {
    const [before] = await admin.users.find({ realm, username: 'bob' });
    const { status, body } = await request('OVERWRITE');
    expect(status).toBe(200);
    expect(actions(body, 'USER')).toMatchObject({ ann: 'OVERWRITTEN', bob: 'OVERWRITTEN' });
    const bob = body.results.find(({ resourceName }) => resourceName === 'bob')!;
    expect(bob.id).not.toBe(before!.id);
    const [after] = await admin.users.find({ realm, username: 'bob' });
    expect(after!.id).toBe(bob.id);
    const { step } = await signIn(realm, 'bob');
    expect(step.form?.page).toBe('login-login-otp');
    const [works] = await admin.groups.find({ realm, search: 'nights' });
    expect(works?.subGroups?.map(({ path }) => path)).toEqual(['/works/nights']);
    const [ann] = await admin.users.find({ realm, username: 'ann' });
    const roles = await admin.users.listCompositeRealmRoleMappings({ realm, id: ann!.id! });
    expect(roles.map(({ name }) => name)).toEqual(['staff']);
  });

  it('knows three words for what to do', async () => {
    expect(await request('MERGE')).toMatchObject({ status: 400 });
  });
});

describe('a realm that moves out', () => {
  it('moves in again, and tells the same; and nothing secret is in the file', async () => {
    const first = `out-${randomUUID().slice(0, 8)}`;
    const mapper = {
      ...{ name: 'dept', protocol: 'openid-connect', protocolMapper: 'oidc-usermodel-attribute-mapper' },
      config: { 'user.attribute': 'department', 'claim.name': 'dept', 'access.token.claim': 'true' },
    };
    const file = await fileOf(first);
    file.clientScopes!.push({
      name: 'payroll',
      protocol: 'openid-connect',
      attributes: {},
      protocolMappers: [mapper],
    });
    file.defaultOptionalClientScopes!.push('payroll');
    file.clients!.find(({ clientId }) => clientId === 'shop')!.optionalClientScopes!.push('payroll');
    await admin.realms.create(file);
    const told = await admin.realms.export({ realm: first, exportClients: true, exportGroupsAndRoles: true });
    const text = JSON.stringify(told);
    expect(text).not.toContain('secret-of-keycloak');
    expect(told.clients?.find(({ clientId }) => clientId === 'shop')?.secret).toBe('**********');
    expect(told.users).toBeUndefined();
    expect(told.clientScopes).toContainEqual(expect.objectContaining({ name: 'payroll' }));
    const shop = told.clients?.find(({ clientId }) => clientId === 'shop');
    expect(shop?.optionalClientScopes).toContain('payroll');

    const second = `in-${randomUUID().slice(0, 8)}`;
    const { status, body } = await ask<Report>(admin, 'POST', '', { ...told, realm: second });
    expect(status).toBe(201);
    expect(body.notCarriedOver.map(({ place }) => place).toSorted()).toEqual([
      'authenticationFlows[12].authenticationExecutions[1]',
      ...told.clients!.flatMap(({ secret }, index) => (secret ? [`clients[${index}].secret`] : [])),
      'id',
    ]);
    const again = await admin.realms.export({
      realm: second,
      exportClients: true,
      exportGroupsAndRoles: true,
    });
    expect(comparable(again)).toEqual(comparable(told));
  });

  /** Without ids, and without the name of the realm. */
  function comparable(realm: RealmRepresentation): unknown {
    const flowIds = new Map(
      realm.authenticationFlows!.map(({ id, alias }: { id: string; alias: string }) => [id, alias]),
    );
    const text = JSON.stringify(realm, (key, value: unknown) => {
      if (['id', 'containerId', 'parentId'].includes(key)) return undefined;
      return typeof value === 'string' ? (flowIds.get(value) ?? value) : value;
    });
    return JSON.parse(text.replaceAll(realm.realm!, 'the-realm'));
  }

  it('is told without its clients, groups and roles where nobody asks for them', async () => {
    const { name } = await RealmOfStory.create();
    const told = await admin.realms.export({ realm: name });
    expect(told).toMatchObject({ realm: name, browserFlow: 'browser' });
    expect(told.authenticationFlows?.length).toBeGreaterThan(15);
    for (const part of ['clients', 'groups', 'roles']) expect(told).not.toHaveProperty(part);
  });
});

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{5}/g)!
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)])
    .join('');
}
