// Everything works with JavaScript off; the script only makes reload and back nicer.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { closeBrowser, Visitor } from './visitor.js';
import { PASSWORD, RealmOfStory } from './world.js';

let realm: RealmOfStory;
let phone: Authenticator;

beforeAll(async () => {
  realm = await RealmOfStory.create();
  await realm.setDefaultAction('CONFIGURE_TOTP', true);
  await realm.createUser('nora');
});
afterAll(closeBrowser);

it('a device is set up, on a small screen and in the dark', async () => {
  const nora = await Visitor.arrive({
    javaScript: false,
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
  });
  await nora.open(realm.accountUrl);
  await nora.signIn('nora', PASSWORD);
  expect(await nora.where()).toBe('login-login-config-totp');
  phone = await nora.scanQrCode();
  await nora.confirmDevice(await phone.freshCode());
  expect(await nora.where()).toBe('account');
  await nora.leave();
});

it('a form that is sent again by reloading shows the present step', async () => {
  const nora = await Visitor.arrive({ javaScript: false });
  await nora.open(realm.accountUrl);
  await nora.signIn('nora', PASSWORD);
  expect(await nora.where()).toBe('login-login-otp');
  await nora.page.reload();
  expect(await nora.where()).toBe('login-login-otp');
  await nora.typeCode(await phone.freshCode());
  expect(await nora.where()).toBe('account');
  await nora.leave();
});
