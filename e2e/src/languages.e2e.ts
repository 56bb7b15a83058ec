// A realm speaks German, too: by what an application asks for, by what a visitor picks, and by what a user has picked before.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let id: string;
let visitor: Visitor;
beforeAll(async () => {
  realm = await RealmOfStory.create({
    ...{ internationalizationEnabled: true, supportedLocales: ['en', 'de'], defaultLocale: 'en' },
  });
  id = await realm.createUser('ute');
  const admin = await administrator();
  const profile = await admin.users.getProfile({ realm: realm.name });
  await admin.users.updateProfile({
    ...{ ...profile, realm: realm.name },
    unmanagedAttributePolicy: 'ENABLED' as typeof profile.unmanagedAttributePolicy,
  });
});
afterEach(() => visitor.leave());
afterAll(closeBrowser);

it('by what an application asks for', async () => {
  visitor = await Visitor.arrive();
  const request = new URLSearchParams({
    ...{ client_id: 'account', redirect_uri: realm.accountUrl, response_type: 'code', scope: 'openid' },
    ...{ ui_locales: 'fr de', code_challenge_method: 'S256' },
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  });
  await visitor.open(`${system.url}/realms/${realm.name}/protocol/openid-connect/auth?${request.toString()}`);
  expect(await visitor.page.locator('h1').innerText()).toBe('Bei Ihrem Konto anmelden');
  await visitor.signIn('ute', 'wrong');
  expect(await visitor.reads()).toContain('Benutzername oder Passwort ist falsch.');
});

it('by what a visitor picks, which is theirs from then on', async () => {
  visitor = await Visitor.arrive({ viewport: { width: 390, height: 780 } });
  await visitor.open(realm.accountUrl);
  expect(await visitor.page.locator('h1').innerText()).toBe('Sign in to your account');
  await visitor.submit('#language-de');
  expect(await visitor.page.locator('html').getAttribute('lang')).toBe('de');
  await visitor.signIn('ute', PASSWORD);
  expect(await visitor.reads()).toContain('Sie sind angemeldet als');
  expect((await realm.user(id)).attributes?.locale).toEqual(['de']);
});

it('by what the user has picked before, in a browser that asks for English', async () => {
  await realm.requireOf(id, ['UPDATE_PASSWORD']);
  visitor = await Visitor.arrive();
  await visitor.open(realm.accountUrl);
  expect(await visitor.page.locator('h1').innerText()).toBe('Sign in to your account');
  await visitor.signIn('ute', PASSWORD);
  expect(await visitor.page.locator('h1').innerText()).toBe('Passwort ändern');
});

it('on the account page, and where one is told something that is over', async () => {
  await realm.createUser('vera');
  visitor = await Visitor.arrive({ javaScript: false, viewport: { width: 390, height: 780 } });
  await visitor.open(`${realm.accountUrl}?kc_locale=en`);
  await visitor.signIn('vera', PASSWORD);
  await visitor.submit('#language-de');
  expect(await visitor.reads()).toContain('Sie sind angemeldet als');
  await visitor.submit('#kc-logout');
  expect(await visitor.where()).toBe('login-info');
  await visitor.submit('#language-en');
  expect(await visitor.reads()).toContain('You are logged out');
  await visitor.submit('#sign-in');
  expect(await visitor.where()).toBe('login-login');
});
