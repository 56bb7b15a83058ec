// People change what is known of them, and take away what they no longer want; an application or their realm asks for it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Mailboxes } from './mailboxes.js';
import { SampleApp } from './sample-app.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let app: SampleApp;
let mailboxes: Mailboxes;
const visitors: Visitor[] = [];

beforeAll(async () => {
  mailboxes = await Mailboxes.open();
  realm = await RealmOfStory.create({ smtpServer: mailboxes.smtpServer });
  app = await SampleApp.serve({ url: system.url, realm: realm.name, clientId: 'sample-app' });
  const admin = await administrator();
  await admin.clients.create({
    ...{ realm: realm.name, clientId: 'sample-app', publicClient: true },
    ...{ redirectUris: [`${app.url}/`], webOrigins: ['+'] },
  });
  for (const alias of ['UPDATE_EMAIL', 'delete_account']) await realm.setDefaultAction(alias, false);
});
afterAll(async () => {
  await Promise.all(visitors.map((each) => each.leave()));
  await Promise.all([app.stop(), mailboxes.close(), closeBrowser()]);
});

async function atTheApp(name: string): Promise<Visitor> {
  const visitor = await Visitor.arrive();
  visitors.push(visitor);
  await visitor.open(app.url);
  await visitor.page.waitForSelector('#kc-form-login');
  await visitor.signIn(name, PASSWORD);
  return visitor;
}

it('an address changes when the link was opened that is sent to the new one, and the old one is told', async () => {
  const admin = await administrator();
  await admin.authenticationManagement.updateRequiredActionConfig(
    { realm: realm.name, alias: 'UPDATE_EMAIL' },
    { config: { verifyEmail: 'true' } },
  );
  const id = await realm.createUser('ann', { email: 'ann@harbour.example', emailVerified: true });
  const ann = await atTheApp('ann');
  await app.askFor('UPDATE_EMAIL', ann);
  await ann.page.waitForSelector('#kc-update-email-form');
  await ann.page.fill('#email', 'ann@lighthouse.example');
  await ann.submit('#kc-submit');
  expect(await ann.reads()).toContain('ann@lighthouse.example');
  expect((await realm.user(id)).email).toBe('ann@harbour.example');

  const phone = await Visitor.arrive();
  visitors.push(phone);
  await phone.open(await mailboxes.nextLink('ann@lighthouse.example'));
  await phone.submit('#kc-proceed');
  expect(await phone.reads()).toContain('The email address of your account is ann@lighthouse.example now.');
  expect(await realm.user(id)).toMatchObject({ email: 'ann@lighthouse.example', emailVerified: true });
  await expect.poll(() => mailboxes.count('ann@harbour.example'), { timeout: 15_000 }).toBe(1);

  await ann.page.click('#kc-continue');
  expect(await app.heardOf('UPDATE_EMAIL', ann)).toBe('success');
});

it('a device that is no longer there is taken away', async () => {
  const id = await realm.createUser('bob', { requiredActions: ['CONFIGURE_TOTP'] });
  const bob = await atTheApp('bob');
  const phone = await bob.scanQrCode();
  await bob.confirmDevice(await phone.freshCode());
  const admin = await administrator();
  const devices = (await admin.users.getCredentials({ realm: realm.name, id })).filter(
    ({ type }) => type === 'otp',
  );
  await app.askFor(`delete_credential:${devices[0]!.id}`, bob);
  await bob.page.waitForSelector('#kc-delete-credential-form');
  expect(await bob.reads()).toContain('Authenticator app');
  await bob.page.click('#kc-accept');
  expect(await app.heardOf('delete_credential', bob)).toBe('success');
  expect(await realm.credentialTypes(id)).toEqual(['password']);
});

it('an account is deleted by its owner, after the password, where the realm lets them', async () => {
  const id = await realm.createUser('carl');
  const admin = await administrator();
  const [account] = await admin.clients.find({ realm: realm.name, clientId: 'account' });
  const client = { realm: realm.name, id: account!.id! };
  const role = await admin.clients.findRole({ ...client, roleName: 'delete-account' });
  await admin.users.addClientRoleMappings({
    ...{ realm: realm.name, id, clientUniqueId: client.id },
    roles: [{ id: role!.id!, name: role!.name! }],
  });

  const carl = await atTheApp('carl');
  await app.askFor('delete_account', carl);
  await carl.page.waitForSelector('#kc-form-login');
  await carl.signIn('carl', PASSWORD);
  expect(await carl.where()).toBe('login-delete-account-confirm');
  await carl.submit('#kc-accept');
  expect(await carl.reads()).toContain('User deleted successfully');
  expect(await admin.users.find({ realm: realm.name, username: 'carl', exact: true })).toEqual([]);
  await carl.open(realm.accountUrl);
  expect(await carl.where()).toBe('login-login');
});

it('a page that somebody may look at and not change offers nothing to change, and says so at an old link', async () => {
  const admin = await administrator();
  const id = await realm.createUser('kim');
  const kim = await atTheApp('kim');
  await kim.open(realm.accountUrl);
  expect(await kim.page.locator('#do-CONFIGURE_TOTP').count()).toBe(1);

  const account = (await admin.clients.find({ realm: realm.name, clientId: 'account' }))[0]!.id!;
  const everyones = (await admin.roles.findOneByName({
    realm: realm.name,
    name: `default-roles-${realm.name}`,
  }))!;
  const view = (await admin.clients.findRole({
    ...{ realm: realm.name, id: account, roleName: 'view-profile' },
  }))!;
  await admin.users.delRealmRoleMappings({
    ...{ realm: realm.name, id, roles: [{ id: everyones.id!, name: everyones.name! }] },
  });
  await kim.open(realm.accountUrl);
  expect(await kim.where()).toBe('login-error');
  await admin.users.addClientRoleMappings({
    ...{ realm: realm.name, id, clientUniqueId: account, roles: [{ id: view.id!, name: view.name! }] },
  });
  await kim.open(realm.accountUrl);
  expect(await kim.where()).toBe('account');
  expect(await kim.page.locator('[data-does]').count()).toBe(0);
  await kim.open(`${realm.accountUrl}/actions/CONFIGURE_TOTP`);
  expect(await kim.reads()).toContain('ask your administrator');
  await kim.submit('#kc-logout');
  expect(await kim.where()).toBe('login-info');
});

it('what the realm wants to know is asked at the door, and what users may not write is not', async () => {
  const own = await RealmOfStory.create();
  const id = await own.createUser('dora', {
    email: 'dora@harbour.example',
    firstName: 'Dora',
    lastName: 'Doe',
  });
  const admin = await administrator();
  const profile = await admin.users.getProfile({ realm: own.name });
  const everybody = { view: ['admin', 'user'], edit: ['admin', 'user'] };
  await admin.users.updateProfile({
    ...{ ...profile, realm: own.name },
    attributes: [
      ...(profile.attributes ?? []),
      {
        ...{ name: 'department', displayName: 'Your department', permissions: everybody },
        ...{ required: { roles: ['user'] }, validations: { length: { min: 3, max: 20 } } },
      },
      { name: 'grade', permissions: { view: ['admin'], edit: ['admin'] }, required: { roles: ['user'] } },
    ],
  });
  const refused = await own.tokenRequest({ username: 'dora', password: PASSWORD });
  expect(await refused.json()).toMatchObject({ error_description: 'Account is not fully set up' });

  const dora = await Visitor.arrive();
  visitors.push(dora);
  await dora.open(own.accountUrl);
  await dora.signIn('dora', PASSWORD);
  expect(await dora.where()).toBe('login-login-update-profile');
  await dora.page.fill('#department', 'x');
  await dora.submit('#kc-submit');
  expect(await dora.reads()).toContain('Length must be between 3 and 20.');
  await dora.page.fill('#department', 'Pilots');
  await dora.submit('#kc-submit');
  expect(await dora.where()).toBe('account');
  expect((await own.user(id)).attributes).toEqual({ department: ['Pilots'] });
});

it('people find on their account page what they may do, and are back there afterwards', async () => {
  const id = await realm.createUser('eve', { requiredActions: ['CONFIGURE_TOTP'] });
  const eve = await Visitor.arrive();
  visitors.push(eve);
  await eve.open(realm.accountUrl);
  await eve.signIn('eve', PASSWORD);
  const phone = await eve.scanQrCode();
  await eve.confirmDevice(await phone.freshCode(), 'my phone');
  await eve.submit('[data-credential-type=otp] [data-does=delete_credential]');
  expect(await eve.where()).toBe('login-delete-credential');
  expect(await eve.reads()).toContain('my phone');
  await eve.submit('#kc-decline');
  expect(await eve.where()).toBe('account');
  expect(await realm.credentialTypes(id)).toEqual(['password', 'otp']);

  await eve.submit('[data-credential-type=otp] [data-does=delete_credential]');
  await eve.submit('#kc-accept');
  expect(await eve.where()).toBe('account');
  expect(await realm.credentialTypes(id)).toEqual(['password']);
});
