import 'reflect-metadata';
import { flows, text, type LoginRealm } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE, RECOVERY_CODES } from '../testing/neighbours.js';
import { by, World, type Browser } from '../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(async () => {
  world.neighbours.enabled = ['CONFIGURE_TOTP', 'UPDATE_PASSWORD', 'CONFIGURE_RECOVERY_AUTHN_CODES'];
  browser = world.browser();
  await require2fa(browser.realm, 'ALTERNATIVE');
});
afterAll(() => world.close());

/** Recovery codes beside one-time codes, as an administrator sets it. */
async function require2fa({ id: realmId }: LoginRealm, requirement: 'ALTERNATIVE' | 'DISABLED') {
  const rows = await world.bus.call(flows.executions, { realmId, alias: 'browser' });
  const { id, priority } = rows.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form')!;
  await world.bus.call(flows.updateExecution, { by, realmId, alias: 'browser', id, requirement, priority });
}

let people = 0;
/** Somebody who made recovery codes before setting an app up. */
async function signedIn({ app = true, codes = true, nextCode = 1 } = {}) {
  const account = world.neighbours.person(`person-${++people}`);
  if (codes) world.neighbours.giveRecoveryCodes(account, nextCode);
  if (app) account.credentials.push({ id: `app-${people}`, type: 'otp' });
  await browser.signIn(account.user.username);
  return account;
}
const pageNow = () => browser.form.page;
const buttons = () => browser.form.buttons.map(({ id }) => id);
const wayOf = (label: string) =>
  browser.form.buttons.find((button) => 'key' in button.label && button.label.key === label)?.value ?? '';

describe('another way', () => {
  it('is offered beside the app, which is asked for first, however old the codes are', async () => {
    await signedIn();
    expect(pageNow()).toBe('login-login-otp');
    expect(buttons()).toEqual(['kc-login', 'try-another-way']);
  });

  it('is chosen on a page of its own, which a reload keeps', async () => {
    await signedIn();
    await browser.send({ tryAnotherWay: 'on' });
    await browser.reload();
    expect(browser.form).toMatchObject({
      page: 'login-select-authenticator',
      title: text('loginChooseAuthenticator'),
      buttons: [
        { label: text('otp-display-name'), name: 'authenticationExecution' },
        { label: text('auth-recovery-authn-code-form-display-name'), name: 'authenticationExecution' },
      ],
    });
    await browser.send({ authenticationExecution: wayOf('auth-recovery-authn-code-form-display-name') });
    expect(pageNow()).toBe('login-login-recovery-authn-code-input');
    expect(browser.form.fields[0]?.label).toEqual(text('auth-recovery-code-prompt', 1));
    await browser.reload();
    expect(pageNow()).toBe('login-login-recovery-authn-code-input');
    await browser.send({ recoveryCodeInput: 'FIRST' });
    expect(browser.finished?.amr).toEqual(['pwd', 'otp', 'mfa']);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['admin', 'LOGIN']);
  });

  it('may be left again', async () => {
    await signedIn();
    await browser.send({ tryAnotherWay: 'on' });
    await browser.send({ authenticationExecution: wayOf('auth-recovery-authn-code-form-display-name') });
    await browser.send({ tryAnotherWay: 'on' });
    await browser.send({ authenticationExecution: wayOf('otp-display-name') });
    expect(pageNow()).toBe('login-login-otp');
    await browser.send({ otp: CODE });
    expect(browser.finished).toBeDefined();
  });

  it('is not offered to who has one only', async () => {
    await signedIn({ codes: false });
    expect(buttons()).toEqual(['kc-login']);
    await browser.send({ tryAnotherWay: 'on' });
    expect(pageNow()).toBe('login-login-otp');
  });

  it('leads past nothing: not to the end, not to another step, not to one that was switched off', async () => {
    await signedIn();
    const otp = browser.page.execution;
    const rows = await world.bus.call(flows.executions, { realmId: browser.realm.id, alias: 'browser' });
    await browser.send({ tryAnotherWay: 'on' });
    const codes = wayOf('auth-recovery-authn-code-form-display-name');
    await require2fa(browser.realm, 'DISABLED');
    for (const authenticationExecution of [...rows.map(({ id }) => id), codes, 'nothing', '']) {
      await browser.send({ authenticationExecution });
      expect(browser.page).toMatchObject({ execution: otp, form: { page: 'login-login-otp' } });
    }
  });
});

describe('a recovery code', () => {
  it('that is wrong is told, and the same one is asked for again', async () => {
    await signedIn({ app: false, nextCode: 2 });
    await browser.send({ recoveryCodeInput: 'FIRST' });
    expect(browser.errors).toEqual([{ recoveryCodeInput: text('recovery-codes-error-invalid') }]);
    expect(browser.form.fields[0]?.label).toEqual(text('auth-recovery-code-prompt', 2));
    expect((await world.told(browser.realm.id)).at(-1)).toMatchObject({
      type: 'LOGIN_ERROR',
      data: { error: 'invalid_user_credentials', details: { credential_type: 'recovery-authn-codes' } },
    });
  });

  it('that is the last one is followed by new ones, before the door', async () => {
    await signedIn({ app: false, nextCode: 3 });
    await browser.send({ recoveryCodeInput: 'THIRD' });
    expect(pageNow()).toBe('login-login-recovery-authn-code-config');
    await browser.send({ kcRecoveryCodesConfirmationCheck: 'on' });
    expect(browser.finished).toBeDefined();
  });

  it('that is the last one lets in where the realm gives no new ones', async () => {
    world.neighbours.enabled = [];
    await signedIn({ app: false, nextCode: 3 });
    await browser.send({ recoveryCodeInput: 'THIRD' });
    expect(browser.finished).toBeDefined();
  });
});

describe('giving recovery codes', () => {
  async function asked() {
    const account = world.neighbours.person(`person-${++people}`, {
      requiredActions: ['CONFIGURE_RECOVERY_AUTHN_CODES'],
    });
    await browser.signIn(account.user.username);
    return account;
  }

  it('shows them, and none in a field', async () => {
    await asked();
    expect(browser.form.blocks).toContainEqual(
      expect.objectContaining({ kind: 'codes', id: 'kc-recovery-codes-list', values: RECOVERY_CODES }),
    );
    expect(JSON.stringify(browser.form.fields)).not.toContain('FIRST');
  });

  it('goes on when the user says that they are kept', async () => {
    const account = await asked();
    await browser.send({});
    expect(browser.errors).toEqual([
      { kcRecoveryCodesConfirmationCheck: text('recoveryCodesNotConfirmedMessage') },
    ]);
    await browser.send({ kcRecoveryCodesConfirmationCheck: 'on', 'logout-sessions': 'on' });
    expect(browser.finished?.endOtherSessions).toBe(true);
    expect(account.user.requiredActions).toEqual([]);
    const [updated] = (await world.told(browser.realm.id)).filter(({ type }) => type === 'UPDATE_CREDENTIAL');
    expect(updated).toMatchObject({ data: { details: { credential_type: 'recovery-authn-codes' } } });
    expect(JSON.stringify(await world.told(browser.realm.id))).not.toContain('FIRST');
  });

  it('shows others when it took too long, and says so', async () => {
    await asked();
    world.neighbours.recoveryCodesExpire = true;
    await browser.send({ kcRecoveryCodesConfirmationCheck: 'on' });
    world.neighbours.recoveryCodesExpire = false;
    expect(browser.form.message?.text).toEqual(text('recoveryCodesExpiredMessage'));
  });

  it('follows the setting up of an app where the realm says so, and is remembered if it is not done', async () => {
    world.neighbours.configs = { CONFIGURE_TOTP: { 'add-recovery-codes': 'true' } };
    const account = world.neighbours.person(`person-${++people}`, { requiredActions: ['CONFIGURE_TOTP'] });
    await browser.signIn(account.user.username);
    await browser.send({ totp: CODE });
    world.neighbours.configs = {};
    expect(pageNow()).toBe('login-login-recovery-authn-code-config');
    expect(account.user.requiredActions).toEqual(['CONFIGURE_RECOVERY_AUTHN_CODES']);
  });
});
