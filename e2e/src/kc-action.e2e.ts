// An application sends its user to change something, and hears what became of it: by Keycloak's own adapter.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SampleApp } from './sample-app.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let app: SampleApp;
let nora: Visitor;
let id: string;

beforeAll(async () => {
  realm = await RealmOfStory.create();
  id = await realm.createUser('nora', { email: 'nora@example.org', firstName: 'Nora', lastName: 'Nash' });
  app = await SampleApp.serve({ url: system.url, realm: realm.name, clientId: 'sample-app' });
  const admin = await administrator();
  await admin.clients.create({
    ...{ realm: realm.name, clientId: 'sample-app', publicClient: true },
    ...{ redirectUris: [`${app.url}/`], webOrigins: ['+'] },
  });
  nora = await Visitor.arrive();
  await nora.open(app.url);
  await nora.page.waitForSelector('#kc-form-login');
  await nora.signIn('nora', PASSWORD);
});
afterAll(async () => {
  await nora.leave();
  await app.stop();
  await closeBrowser();
});

it('somebody who is signed in sets up a device without giving the password again', async () => {
  await app.askFor('CONFIGURE_TOTP', nora);
  await nora.page.waitForSelector('#kc-totp-settings-form');
  const phone = await nora.scanQrCode();
  await nora.confirmDevice(await phone.freshCode());
  expect(await app.heardOf('CONFIGURE_TOTP', nora)).toBe('success');
  expect(await realm.credentialTypes(id)).toContain('otp');
});

it('whoever thinks better of it is back at the application, still signed in', async () => {
  await app.askFor('UPDATE_PASSWORD', nora);
  await nora.page.waitForSelector('#kc-passwd-update-form');
  await nora.page.click('#kc-cancel');
  expect(await app.heardOf('UPDATE_PASSWORD', nora)).toBe('cancelled');
});

it('what the realm does not offer is an error, and no page', async () => {
  await app.askFor('TERMS_AND_CONDITIONS', nora);
  expect(await app.heardOf('TERMS_AND_CONDITIONS', nora)).toBe('error');
});

it('where the realm wants a fresh sign-in, the password comes first', async () => {
  const admin = await administrator();
  await admin.authenticationManagement.updateRequiredActionConfig(
    { realm: realm.name, alias: 'UPDATE_PASSWORD' },
    { config: { max_auth_age: '0' } },
  );
  await app.askFor('UPDATE_PASSWORD', nora);
  await nora.page.waitForSelector('#kc-form-login');
});
