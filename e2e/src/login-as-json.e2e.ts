// The same login for a client without pages: nothing may be reached by it that a browser cannot reach.
import { beforeAll, expect, it } from 'vitest';
import { Authenticator } from './authenticator.js';
import { NativeApp, qrCodeIn } from './native-app.js';
import { PASSWORD, RealmOfStory } from './world.js';

let realm: RealmOfStory;
let phone: Authenticator;

beforeAll(async () => {
  realm = await RealmOfStory.create();
  await realm.setDefaultAction('CONFIGURE_TOTP', true);
  await realm.createUser('jay');
});

it('asks, says what was wrong, and leads through setting up a device, which no policy blocks (mistakes.md, ZITADEL #8565)', async () => {
  const app = new NativeApp();
  const start = await app.get(realm.accountUrl);
  expect(start.form).toMatchObject({ page: 'login-login' });
  expect(start.form?.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['username', 'password']),
  );

  const wrong = await app.send(start, { username: 'jay', password: 'not the password' });
  expect(JSON.stringify(wrong)).toContain('Invalid username or password.');

  const setUp = await app.send(wrong, { username: 'jay', password: PASSWORD });
  expect(setUp.form).toMatchObject({ page: 'login-login-config-totp' });
  phone = new Authenticator(qrCodeIn(setUp.form?.blocks));

  const skipped = await app.send(setUp, {});
  expect(skipped.form).toMatchObject({ page: 'login-login-config-totp' });
  expect((await app.get(realm.accountUrl)).form, 'the account stays shut').toBeDefined();

  const done = await app.send(skipped, { totp: await phone.freshCode(), userLabel: 'phone' });
  expect(done.redirectUri).toBe(realm.accountUrl);
  expect(JSON.stringify(await app.get(realm.accountUrl))).toContain('phone');
});

it('asks for the code the next time, and takes a form once', async () => {
  const app = new NativeApp();
  const start = await app.get(realm.accountUrl);
  const code = await app.send(start, { username: 'jay', password: PASSWORD });
  expect(code.form).toMatchObject({ page: 'login-login-otp' });

  const again = await app.send(start, { username: 'jay', password: PASSWORD });
  expect(again.form, 'the spent form of the password').toMatchObject({ page: 'login-login-otp' });

  const done = await app.send(again, { otp: await phone.freshCode() });
  expect(done.redirectUri).toBe(realm.accountUrl);
});

it('does not go on for anybody else, though they know every identifier of it', async () => {
  const app = new NativeApp();
  const code = await app.send(await app.get(realm.accountUrl), { username: 'jay', password: PASSWORD });
  const thief = await new NativeApp().send(code, { otp: await phone.freshCode() });
  expect(thief.redirectUri).toBeUndefined();
  expect(thief.form).toMatchObject({
    page: 'login-login',
    message: { text: 'Login timeout. Please sign in again.' },
  });
});
