import 'reflect-metadata';
import { text, type Form } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { type Browser, World } from '../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => {
  world.neighbours.enabled = ['TERMS_AND_CONDITIONS', 'CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'UPDATE_PROFILE'];
  browser = world.browser();
});
afterAll(() => world.close());

let people = 0;
async function signedInWith(...requiredActions: string[]) {
  const account = world.neighbours.person(`person-${++people}`, {
    requiredActions,
    email: 'old@example.org',
  });
  await browser.signIn(account.user.username);
  return account;
}
const pageNow = () => browser.form.page;

describe('required actions', () => {
  it('come in the order of the realm, whatever the order of the user', async () => {
    await signedInWith('UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'TERMS_AND_CONDITIONS');
    expect(pageNow()).toBe('login-terms');
    await browser.send({ accept: 'on' });
    expect(pageNow()).toBe('login-login-config-totp');
    await browser.send({ totp: CODE });
    expect(pageNow()).toBe('login-login-update-password');
    await browser.send({ 'password-new': 'a new password', 'password-confirm': 'a new password' });
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'CUSTOM_REQUIRED_ACTION',
      'UPDATE_TOTP',
      'UPDATE_CREDENTIAL',
      'UPDATE_PASSWORD',
      'UPDATE_CREDENTIAL',
      'LOGIN',
    ]);
  });

  it('that the realm does not enable, or nobody knows here, are passed over', async () => {
    world.neighbours.enabled = ['UPDATE_PASSWORD', 'webauthn-register'];
    await signedInWith('CONFIGURE_TOTP', 'webauthn-register');
    expect(browser.finished).toBeDefined();
  });

  it('can ask that every other session ends', async () => {
    await signedInWith('CONFIGURE_TOTP');
    await browser.send({ totp: CODE, 'logout-sessions': 'on' });
    expect(browser.finished?.endOtherSessions).toBe(true);
    await signedInWith('CONFIGURE_TOTP');
    await browser.send({ totp: CODE });
    expect(browser.finished).not.toHaveProperty('endOtherSessions');
  });

  it('that was forced by a step fails the login when the realm withdraws it meanwhile (mistakes.md: silently drops the demand)', async () => {
    const { realm } = browser;
    await world.trees.ofRealm(realm.id);
    await world.db.query(
      `update execution set requirement = 'REQUIRED' where realm_id = $1 and (authenticator = 'auth-otp-form' or
         sub_flow_id in (select id from flow where alias = 'Browser - Conditional 2FA'))`,
      [realm.id],
    );
    await signedInWith();
    expect(pageNow()).toBe('login-login-config-totp');
    world.neighbours.enabled = [];
    await browser.send({ totp: '000000' });
    await browser.send({});
    expect(browser.step).toMatchObject({ kind: 'failed', error: text('credentialSetupRequired') });
  });
});

describe('Configure OTP', () => {
  const ids = ({ blocks }: Form): string[] =>
    JSON.stringify(blocks)
      .split('"id":"')
      .slice(1)
      .map((rest) => rest.slice(0, rest.indexOf('"')));

  it('shows the apps, the QR code, the key and all that an app may want to know', async () => {
    await signedInWith('CONFIGURE_TOTP');
    expect(ids(browser.form)).toEqual([
      'kc-totp-supported-apps',
      'kc-totp-secret-qr-code',
      'kc-totp-secret-key',
      'kc-totp-type',
      'kc-totp-algorithm',
      'kc-totp-digits',
      'kc-totp-period',
    ]);
    expect(browser.form.fields.map(({ name }) => name)).toEqual(['totp', 'userLabel', 'logout-sessions']);
    expect(JSON.stringify(browser.form.blocks)).toContain('otpauth://totp/acme:');
  });

  it('shows the key alone to those who cannot scan, also after a wrong code', async () => {
    await signedInWith('CONFIGURE_TOTP');
    await browser.reload({ query: { mode: 'manual' } });
    expect(ids(browser.form)).not.toContain('kc-totp-secret-qr-code');
    expect(ids(browser.form)).toContain('kc-totp-secret-key');
    expect(browser.form.links?.[0]).toMatchObject({ id: 'mode-barcode', query: { mode: 'qr' } });
    await browser.send({ totp: '000000', mode: 'manual' });
    expect(ids(browser.form)).not.toContain('kc-totp-secret-qr-code');
  });

  it('asks for a code where there is none', async () => {
    await signedInWith('CONFIGURE_TOTP');
    await browser.send({ totp: ' ', userLabel: 'phone' });
    expect(browser.errors).toEqual([{ totp: text('missingTotpMessage') }]);
    expect(browser.form.fields[1]).toMatchObject({ name: 'userLabel', value: 'phone' });
    expect(await world.toldTypes(browser.realm.id)).toEqual([]);
  });

  it('shows a fresh secret, and why, when the one that was pending is gone', async () => {
    await signedInWith('CONFIGURE_TOTP');
    world.neighbours.pending.clear();
    await browser.send({ totp: CODE });
    expect(browser.form.message?.text).toEqual(text('expiredActionMessage'));
    await browser.send({ totp: CODE });
    expect(browser.finished).toBeDefined();
  });

  it('names the realm as users know it', async () => {
    browser = world.browser(world.realm({ displayName: 'Acme Works' }));
    await signedInWith('CONFIGURE_TOTP');
    expect(JSON.stringify(browser.form.blocks)).toContain('otpauth://totp/Acme Works:');
  });
});

describe('Update Password', () => {
  it.each([
    [{}, { 'password-new': text('missingPasswordMessage') }, 'password_missing'],
    [
      { 'password-new': 'one', 'password-confirm': 'two' },
      { 'password-confirm': text('notMatchPasswordMessage') },
      'password_confirm_error',
    ],
    [
      { 'password-new': 'short', 'password-confirm': 'short' },
      { 'password-new': text('invalidPasswordMinLengthMessage', 8) },
      'password_rejected',
    ],
  ])('refuses %j', async (fields, error, reason) => {
    await signedInWith('UPDATE_PASSWORD');
    await browser.send(fields);
    expect(browser.errors).toEqual([error]);
    expect(await world.toldTypes(browser.realm.id)).toEqual([`UPDATE_PASSWORD_ERROR ${reason}`]);
    expect(JSON.stringify(browser.form)).not.toMatch(/"(one|two|short)"/);
  });

  it('is enough for the next login', async () => {
    const { user } = await signedInWith('UPDATE_PASSWORD');
    await browser.send({ 'password-new': 'a new password', 'password-confirm': 'a new password' });
    expect(browser.finished).toBeDefined();
    await browser.signIn(user.username, 'a new password');
    expect(browser.finished).toBeDefined();
  });
});

describe('Terms and Conditions', () => {
  it('are written down with the time of their acceptance, beside what was there', async () => {
    const { user } = await signedInWith('TERMS_AND_CONDITIONS');
    user.attributes = { team: ['red'] };
    await browser.send({ accept: 'on' });
    const seconds = Math.floor(world.clock.now().getTime() / 1000);
    expect(user.attributes).toEqual({ team: ['red'], terms_and_conditions: [String(seconds)] });
  });

  it('keep out who declines, and ask again the next time', async () => {
    const { user } = await signedInWith('TERMS_AND_CONDITIONS');
    await browser.send({});
    expect(pageNow()).toBe('login-terms');
    await browser.send({ cancel: 'on' });
    expect(browser.step).toEqual({
      ...{ kind: 'failed', error: text('termsAcceptanceRequired'), status: 403, declined: true },
    });
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'CUSTOM_REQUIRED_ACTION_ERROR rejected_by_user',
    ]);
    expect(user.requiredActions).toEqual(['TERMS_AND_CONDITIONS']);
  });
});
