// An application that was written for Keycloak works here unchanged: sign in, refresh, ask who it is, sign out.
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
    attributes: { 'post.logout.redirect.uris': `${app.url}/bye` },
  });
  nora = await Visitor.arrive();
});
afterAll(async () => {
  await nora.leave();
  await app.stop();
  await closeBrowser();
});

/** What the page of the app shows once it has something new to show. */
async function state(before = ''): Promise<Record<string, Record<string, unknown>>> {
  const shown = nora.page.locator('#state');
  await expect.poll(() => shown.textContent(), { timeout: 15_000 }).not.toBe(before);
  return JSON.parse((await shown.textContent())!) as Record<string, Record<string, unknown>>;
}

async function press(button: string): Promise<Record<string, Record<string, unknown>>> {
  const before = await nora.page.locator('#state').textContent();
  await nora.page.click(button);
  return state(before ?? '');
}

it('the app sends its user to the login and gets them back with tokens', async () => {
  await nora.open(app.url);
  await nora.page.waitForSelector('#kc-form-login');
  await nora.signIn('nora', PASSWORD);
  await nora.page.waitForURL(`${app.url}/**`);
  const { parsed } = await state();
  expect(parsed).toMatchObject({ sub: id, azp: 'sample-app', preferred_username: 'nora', typ: 'Bearer' });
  expect(parsed!['allowed-origins']).toEqual([app.url]);
});

it('the app refreshes its tokens', async () => {
  const { refreshed, parsed } = await press('#refresh');
  expect(refreshed).toBe(true);
  expect(parsed).toMatchObject({ sub: id });
});

it('the app asks who it is', async () => {
  const { info } = await press('#profile');
  expect(info).toMatchObject({ sub: id, name: 'Nora Nash', email: 'nora@example.org' });
});

it('another visit needs no password', async () => {
  await nora.open(app.url);
  const { parsed } = await state();
  expect(parsed).toMatchObject({ sub: id });
});

it('the app signs its user out, and the next visit asks for the password', async () => {
  await nora.page.click('#out');
  await nora.page.waitForURL(`${app.url}/bye*`);
  await nora.open(app.url);
  await nora.page.waitForSelector('#kc-form-login');
});
