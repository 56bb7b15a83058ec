// shared/reference/one-time-passwords.md, told in its own order.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { closeBrowser, Visitor } from './visitor.js';
import { PASSWORD, RealmOfStory } from './world.js';

const PICTURE = fileURLToPath(new URL('../../docs/images/enrolment.png', import.meta.url));
const LOGIN = 'login-login';
const CODE = 'login-login-otp';
const SET_UP = 'login-login-config-totp';
const ACCOUNT = 'account';
const WRONG_CODE = 'Invalid authenticator code.';

let realm: RealmOfStory;
const visitors: Visitor[] = [];

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive();
  visitors.push(arrived);
  return arrived;
}

async function signIn(username: string, password = PASSWORD): Promise<Visitor> {
  const who = await visitor();
  await who.open(realm.accountUrl);
  await who.signIn(username, password);
  return who;
}

beforeAll(async () => {
  realm = await RealmOfStory.create({ displayName: 'Harbour Books' });
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((each) => each.leave()));
});
afterAll(closeBrowser);

describe('Configuring OTP', () => {
  it('asks nobody for a code who has no device: the step of the browser flow is conditional', async () => {
    await realm.createUser('before');
    const before = await signIn('before');
    expect(await before.where()).toBe(ACCOUNT);
    expect(await before.reads()).toContain('before');
  });
});

describe('Required action: Configure OTP, enabled and set as default action', () => {
  let phone: Authenticator;

  beforeAll(async () => {
    await realm.setDefaultAction('CONFIGURE_TOTP', true);
    await realm.createUser('ann');
  });

  it('is a barrier for users who are created from now on, and only for them', async () => {
    const ann = await realm.findUser('ann');
    expect(ann.requiredActions).toEqual(['CONFIGURE_TOTP']);

    const before = await signIn('before');
    expect(await before.where()).toBe(ACCOUNT);
    expect((await realm.findUser('before')).requiredActions).toEqual([]);
  });

  it('shows nothing before the password was right', async () => {
    const ann = await visitor();
    await ann.open(realm.accountUrl);
    expect(await ann.where()).toBe(LOGIN);

    await ann.signIn('ann', 'not the password');
    expect(await ann.where()).toBe(LOGIN);
    expect(await ann.reads()).toContain('Invalid username or password.');
    expect(await ann.reads()).not.toMatch(/authenticator/i);
  });

  it('presents a QR code, the same key in letters, and what an app has to know', async () => {
    const ann = await signIn('ann');
    expect(await ann.where()).toBe(SET_UP);

    const scanned = await ann.scanQrCode();
    expect(scanned.issuer).toBe('Harbour Books');
    expect(scanned.account).toBe('ann');
    expect(await ann.keyToType()).toBe(scanned.secret);
    expect(await ann.page.locator('#kc-totp-secret-key').innerText()).toMatch(
      /^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/,
    );

    // For README.md: PICTURES=1 npx vitest run otp-enrolment
    if (process.env.PICTURES) await ann.page.screenshot({ path: PICTURE, fullPage: true });
    const text = await ann.reads();
    for (const part of ['Time-based', 'SHA1', '6', '30', 'FreeOTP', 'Google Authenticator']) {
      expect(text).toContain(part);
    }
    // The secret travels to the user and never back.
    expect((await ann.fieldValues()).filter((value) => value.includes(scanned.secret))).toEqual([]);
  });

  it('says that a code is wrong and keeps the key, also when the page is loaded again', async () => {
    const ann = await signIn('ann');
    const scanned = await ann.scanQrCode();

    await ann.confirmDevice(await scanned.wrongCode());
    expect(await ann.where()).toBe(SET_UP);
    expect(await ann.reads()).toContain(WRONG_CODE);
    expect((await ann.scanQrCode()).secret).toBe(scanned.secret);

    await ann.page.reload();
    expect(await ann.where()).toBe(SET_UP);
    expect((await ann.scanQrCode()).secret).toBe(scanned.secret);
  });

  it('cannot be walked around', async () => {
    const ann = await signIn('ann');
    expect(await ann.where()).toBe(SET_UP);

    await ann.page.goBack();
    await ann.open(realm.accountUrl);
    expect(await ann.where(), 'by the address of the account').not.toBe(ACCOUNT);

    const tab = await ann.newTab();
    await tab.open(realm.accountUrl);
    expect(await tab.where(), 'in a second tab').not.toBe(ACCOUNT);

    const token = await realm.tokenRequest({ username: 'ann', password: PASSWORD });
    expect(token.status, 'by a token request').toBe(400);
    expect(await token.json()).toEqual({
      error: 'invalid_grant',
      error_description: 'Account is not fully set up',
    });
    expect(await realm.credentialTypes((await realm.findUser('ann')).id!)).toEqual(['password']);
  });

  it('opens the door to the right code', async () => {
    const ann = await signIn('ann');
    phone = await ann.scanQrCode();
    await ann.confirmDevice(await phone.freshCode(), 'my phone');
    expect(await ann.where()).toBe(ACCOUNT);
    expect(await ann.reads()).toContain('my phone');

    const user = await realm.findUser('ann');
    expect(user.requiredActions).toEqual([]);
    expect(await realm.credentialTypes(user.id!)).toEqual(['password', 'otp']);
  });

  describe('subsequent logins', () => {
    it('ask for the code after the password, and never again for the one that set up the device', async () => {
      const enrolmentCode = await phone.codeNow();
      const ann = await signIn('ann');
      expect(await ann.where()).toBe(CODE);

      await ann.typeCode(await phone.wrongCode());
      expect(await ann.where()).toBe(CODE);
      expect(await ann.reads()).toContain(WRONG_CODE);

      await ann.typeCode(enrolmentCode);
      expect(await ann.where()).toBe(CODE);
      expect(await ann.reads()).toContain(WRONG_CODE);

      await ann.typeCode(await phone.freshCode());
      expect(await ann.where()).toBe(ACCOUNT);
    });

    it('accept a code once, and do not tell that it was right (RFC 6238 §5.2)', async () => {
      const [here, elsewhere] = [await signIn('ann'), await signIn('ann')];
      const code = await phone.freshCode();
      await here.typeCode(code);
      expect(await here.where()).toBe(ACCOUNT);

      await elsewhere.typeCode(code);
      expect(await elsewhere.where()).toBe(CODE);
      expect(await elsewhere.reads()).toContain(WRONG_CODE);
    });

    it('cannot be walked around', async () => {
      const ann = await signIn('ann');
      await ann.page.goBack();
      await ann.open(realm.accountUrl);
      expect(await ann.where(), 'by the back button and the address').not.toBe(ACCOUNT);

      const without = await realm.tokenRequest({ username: 'ann', password: PASSWORD });
      expect(without.status, 'by a token request without the code').toBe(401);
      const wrong = await realm.tokenRequest({
        username: 'ann',
        password: PASSWORD,
        totp: await phone.wrongCode(),
      });
      expect(wrong.status).toBe(401);
      expect(await wrong.json()).toEqual(await without.json());
    });
  });

  it('stands in the way of registration too', async () => {
    await realm.update({ registrationAllowed: true });
    const rita = await visitor();
    await rita.open(realm.accountUrl);
    await rita.page.click('text=Register');
    await rita.page.fill('#username', 'rita');
    await rita.page.fill('#password', PASSWORD);
    await rita.page.fill('#password-confirm', PASSWORD);
    await rita.page.fill('#email', 'rita@example.org');
    await rita.page.fill('#firstName', 'Rita');
    await rita.page.fill('#lastName', 'Roe');
    await rita.submit();
    expect(await rita.where()).toBe(SET_UP);

    const device = await rita.scanQrCode();
    await rita.confirmDevice(await device.freshCode());
    expect(await rita.where()).toBe(ACCOUNT);
    expect(await rita.reads()).toContain('rita');
  });
});

describe('Users: Configure OTP as a required user action', () => {
  it('reaches the existing user whom an administrator gives it', async () => {
    const { id } = await realm.findUser('before');
    await realm.requireOf(id!, ['CONFIGURE_TOTP']);

    const before = await signIn('before');
    expect(await before.where()).toBe(SET_UP);
    const device = await before.scanQrCode();
    await before.confirmDevice(await device.freshCode());
    expect(await before.where()).toBe(ACCOUNT);
    expect((await realm.user(id!)).requiredActions).toEqual([]);
  });

  it('lets a user have several devices with names, and choose between them', async () => {
    const id = await realm.createUser('dora', { requiredActions: [] });
    await realm.requireOf(id, ['CONFIGURE_TOTP']);
    const first = await signIn('dora');
    const phone = await first.scanQrCode();
    await first.confirmDevice(await phone.freshCode(), 'phone');
    expect(await first.where()).toBe(ACCOUNT);

    await realm.requireOf(id, ['CONFIGURE_TOTP']);
    const second = await signIn('dora');
    await second.typeCode(await phone.freshCode());
    expect(await second.where()).toBe(SET_UP);
    const tablet = await second.scanQrCode();
    expect(tablet.secret).not.toBe(phone.secret);

    const nameless = await second.page.locator('#userLabel').evaluate((field) => field.matches(':invalid'));
    expect(nameless, 'a second device needs a name, and the browser says so').toBe(true);
    await second.confirmDevice(await tablet.codeNow(), 'tablet');
    expect(await second.where()).toBe(ACCOUNT);

    const third = await signIn('dora');
    expect(await third.reads()).toContain('phone');
    await third.page.getByLabel('tablet').check();
    await third.typeCode(await tablet.freshCode());
    expect(await third.where()).toBe(ACCOUNT);
  });
});
