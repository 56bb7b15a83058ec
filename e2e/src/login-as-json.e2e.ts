// The same login for a client without pages: nothing may be reached by it that a browser cannot reach.
import { beforeAll, describe, expect, it } from 'vitest';
import { Authenticator } from './authenticator.js';
import { NativeApp, qrCodeIn } from './native-app.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

let realm: RealmOfStory;
let phone: Authenticator;

beforeAll(async () => {
  // Codes change so fast that nobody waits long for the next one.
  realm = await RealmOfStory.create({ otpPolicyPeriod: 10 });
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

describe('an application of ours, without cookies', () => {
  const BACK = 'org.example.phone:/back';
  let address: string;
  beforeAll(async () => {
    const admin = await administrator();
    const client = { clientId: 'phone-app', publicClient: true, redirectUris: [BACK] };
    await admin.clients.create({ realm: realm.name, ...client });
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'phone-app', redirect_uri: BACK, scope: 'openid' },
      ...{ state: 'kept', code_challenge: 'E'.repeat(43), code_challenge_method: 'S256' },
    });
    address = `${system.url}/realms/${realm.name}/protocol/openid-connect/auth?${query.toString()}`;
  });

  it('gets no further than a browser: no step can be skipped, and no form is sent twice', async () => {
    const app = NativeApp.withoutCookies();
    const start = await app.get(address);
    const otp = await phone.freshCode();
    const ahead = await app.send(start, { otp, username: 'jay' });
    expect(ahead.form, 'a code before the password').toMatchObject({ page: 'login-login' });

    const code = await app.send(ahead, { username: 'jay', password: PASSWORD });
    expect(code.form).toMatchObject({ page: 'login-login-otp' });
    const unsigned = { action: code.action?.replace(/session_code=[^&]*&/, '') };
    const withoutToken = await app.send(unsigned, { otp });
    expect(withoutToken.form, 'without the code of the form').toMatchObject({ page: 'login-login-otp' });
    const elsewhere = { action: code.action?.replace(/execution=[^&]*/, 'execution=none') };
    expect((await app.send(elsewhere, { otp })).redirectUri).toBeUndefined();
    const replayed = await app.send(ahead, { username: 'jay', password: PASSWORD });
    expect(replayed.form).toMatchObject({ page: 'login-login-otp', message: { kind: 'warning' } });

    const done = await app.send(replayed, { otp });
    expect(done.redirectUri).toMatch(/^org\.example\.phone:\/back\?code=.+&state=kept/);
  });

  it('is the only one who can go on, whatever of the login others know', async () => {
    const app = NativeApp.withoutCookies();
    const code = await app.send(await app.get(address), { username: 'jay', password: PASSWORD });
    const otp = await phone.freshCode();
    for (const thief of [NativeApp.withoutCookies(), new NativeApp('x'.repeat(87))]) {
      const stolen = await thief.send(code, { otp });
      expect(stolen.redirectUri).toBeUndefined();
      expect(stolen.form).toMatchObject({
        page: 'login-login',
        message: { text: 'Login timeout. Please sign in again.' },
      });
      expect(stolen.login).not.toBe(code.login);
    }
    expect((await app.send(code, { otp })).redirectUri).toContain('code=');
  });

  it('learns nothing of who has an account, and locks out as pages do', async () => {
    const answers = async (username: string) => {
      const app = NativeApp.withoutCookies();
      let step = await app.get(address);
      const shown: unknown[] = [];
      for (let guess = 0; guess < 6; guess++) {
        step = await app.send(step, { username, password: `guess ${guess}` });
        shown.push({ page: step.form?.page, errors: step.form?.fields.map(({ error }) => error) });
      }
      step = await app.send(step, { username, password: PASSWORD });
      shown.push({ page: step.form?.page, errors: step.form?.fields.map(({ error }) => error) });
      return shown;
    };
    await realm.update({ bruteForceProtected: true, failureFactor: 5 });
    await realm.createUser('lou');
    expect(await answers('lou')).toEqual(await answers('nobody'));
  });
});
