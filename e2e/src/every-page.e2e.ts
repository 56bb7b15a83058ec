// Every page that a user can come to, on a phone and on a screen, in light and in dark, down to the narrowest that WCAG asks for:
// axe finds nothing, nothing is cut off, and nothing is left in the language of programs. SCREENSHOTS=<folder> keeps pictures.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { Mailboxes } from './mailboxes.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

const SIZES = {
  narrow: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  screen: { width: 1280, height: 900 },
};
/** A key of a text in place of its words. */
const KEY = /\b[a-z]+(?:[A-Z][a-z]+)+\b/;
const DEVICE = { 'oauth2.device.authorization.grant.enabled': 'true' };
const NEW_PASSWORD = 'Tumblers-turn-again-8';

let realm: RealmOfStory;
let mailboxes: Mailboxes;
let axe: string;
let phone: Authenticator;
let who: Visitor;
const seen: string[] = [];

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
  mailboxes = await Mailboxes.open();
  realm = await RealmOfStory.create({
    displayName: 'Harbour Books',
    ...{ registrationAllowed: true, resetPasswordAllowed: true, rememberMe: true },
    smtpServer: mailboxes.smtpServer,
  });
  const { authenticationManagement: api } = await administrator();
  const flow = { realm: realm.name, flow: 'browser' };
  const steps = await api.getExecutions(flow);
  const form = steps.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form');
  await api.updateExecution(flow, { ...form, requirement: 'ALTERNATIVE' });
  await realm.setDefaultAction('TERMS_AND_CONDITIONS', false);
  who = await Visitor.arrive();
});
afterAll(async () => {
  await closeBrowser();
  await mailboxes.close();
});

/** Looks at the page that is open. */
async function look(name: string, pageId: string): Promise<void> {
  expect(await who.where(), name).toBe(pageId);
  seen.push(pageId);
  const { page } = who;
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWider, `${name} is cut off (${size})`).toBe(false);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const folder = process.env.SCREENSHOTS;
      if (folder)
        await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true });
      if (size === 'narrow') continue;
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(found, `${name} (${size}, ${colorScheme})`).toEqual([]);
    }
  }
  expect((await who.reads()).replace(realm.name, ''), name).not.toMatch(KEY);
}

/** Where one would begin to type. */
const focused = () => who.page.evaluate(() => document.activeElement?.id);

async function comes(): Promise<void> {
  await who.context.clearCookies();
  await who.open(realm.accountUrl);
}

describe('pages of a login', () => {
  beforeAll(async () => {
    const id = await realm.createUser('ann', {
      email: 'ann@harbour.example',
      firstName: 'Ann',
      lastName: 'Archer',
    });
    await realm.requireOf(id, [
      'TERMS_AND_CONDITIONS',
      'CONFIGURE_TOTP',
      'CONFIGURE_RECOVERY_AUTHN_CODES',
      'UPDATE_PASSWORD',
      'UPDATE_PROFILE',
      'VERIFY_EMAIL',
    ]);
  });

  it('login', async () => {
    await comes();
    await look('login', 'login-login');
    expect(await focused()).toBe('username');
    await who.signIn('ann', 'wrong');
    await look('login-wrong', 'login-login');
    expect(await who.page.getAttribute(`#${await focused()}`, 'aria-invalid')).toBe('true');
  });

  it('each required action', async () => {
    await who.signIn('ann', PASSWORD);
    for (let page = await who.where(); page !== 'account'; page = await who.where()) {
      await look(page.replace('login-', ''), page);
      await (ACTIONS[page] ?? stuck(page))();
      expect(seen.length).toBeLessThan(30);
    }
    await look('account', 'account');
  });

  it('code, another way, recovery code', async () => {
    await comes();
    await who.signIn('ann', NEW_PASSWORD);
    await look('otp', 'login-login-otp');
    expect(await who.page.getAttribute('#otp', 'autocomplete')).toBe('one-time-code');
    expect(await who.page.getAttribute('#otp', 'inputmode')).toBe('numeric');
    await who.typeCode(await phone.wrongCode());
    await look('otp-wrong', 'login-login-otp');
    expect(await focused()).toBe('otp');
    await who.submit('#try-another-way');
    await look('another-way', 'login-select-authenticator');
    await who.submit('button:has-text("Recovery Authentication Code")');
    await look('recovery-code', 'login-login-recovery-authn-code-input');
    await who.page.fill('#recoveryCodeInput', 'wrong');
    await who.submit('#kc-login');
    await look('recovery-code-wrong', 'login-login-recovery-authn-code-input');
    await who.submit('#try-another-way');
    await who.submit('button:has-text("Authenticator Application")');
    // As apps show it, and as it is copied out of them.
    await who.typeCode((await phone.freshCode()).replace(/^(...)/, ' $1 '));
    await look('account-again', 'account');
  });
});

const stuck = (page: string) => () => Promise.reject(new Error(`nobody knows how to leave ${page}`));

/** By its page: what is looked at of a required action, and how it is done. */
const ACTIONS: Record<string, () => Promise<void>> = {
  'login-terms': () => who.submit('#kc-accept'),
  'login-login-config-totp': async () => {
    await Promise.all([who.page.waitForEvent('load'), who.page.click('#mode-manual')]);
    await look('enrolment-manual', 'login-login-config-totp');
    await Promise.all([who.page.waitForEvent('load'), who.page.click('#mode-barcode')]);
    phone = await who.scanQrCode();
    await who.page.fill('#totp', await phone.wrongCode());
    await who.submit('#saveTOTPBtn');
    await look('enrolment-wrong', 'login-login-config-totp');
    expect(await focused()).toBe('totp');
    await who.confirmDevice(await phone.freshCode(), 'Phone');
  },
  'login-login-recovery-authn-code-config': async () => {
    await who.page.check('#kcRecoveryCodesConfirmationCheck');
    await who.submit('#saveRecoveryAuthnCodesBtn');
  },
  'login-login-update-password': async () => {
    await who.page.fill('#password-new', 'short');
    await who.page.fill('#password-confirm', 'other');
    await who.submit('#kc-submit');
    await look('update-password-wrong', 'login-login-update-password');
    await who.page.fill('#password-new', NEW_PASSWORD);
    await who.page.fill('#password-confirm', NEW_PASSWORD);
    await who.submit('#kc-submit');
  },
  'login-login-update-profile': async () => {
    await who.page.fill('#email', 'none');
    await who.page.fill('#firstName', '');
    await who.page.$eval('form', (form: HTMLFormElement) => (form.noValidate = true));
    await who.submit('form button');
    await look('update-profile-wrong', 'login-login-update-profile');
    await who.page.fill('#email', 'ann@harbour.example');
    await who.page.fill('#firstName', 'Ann');
    await who.submit('form button');
  },
  'login-login-verify-email': async () => {
    await who.submit('#kc-continue');
    await look('verify-email-not-yet', 'login-login-verify-email');
    const there = who;
    who = await there.newTab();
    await who.open(await mailboxes.nextLink('ann@harbour.example'));
    await look('link', 'login-info');
    await who.submit('#kc-proceed');
    await look('verified', 'login-info');
    await who.page.close();
    who = there;
    await who.submit('#kc-continue');
  },
};

describe('pages beside it', () => {
  it('registration', async () => {
    await comes();
    await who.page.click('#kc-registration');
    await who.page.waitForSelector('#kc-register-form');
    await look('register', 'login-register');
    await who.page.fill('#username', 'ann');
    await who.page.fill('#email', 'nothing');
    await who.page.$eval('form', (form: HTMLFormElement) => (form.noValidate = true));
    await who.submit('#kc-register');
    await look('register-wrong', 'login-register');
    expect(await who.page.getAttribute(`#${await focused()}`, 'aria-invalid')).toBe('true');
  });

  it('a forgotten password', async () => {
    await comes();
    await who.page.click('#kc-forgot-password');
    await who.page.waitForSelector('#kc-reset-password-form');
    await look('reset', 'login-login-reset-password');
    expect(await focused()).toBe('username');
    await who.page.fill('#username', 'ann');
    await who.submit('#kc-reset');
    await look('reset-sent', 'login-info');
  });

  it('what went wrong', async () => {
    await comes();
    await who.open(`${realm.accountUrl.replace('/account', '')}/login-actions/authenticate?tab_id=none`);
    await look('expired', 'login-login');
    await who.open(`${system.url}/realms/${realm.name}/protocol/openid-connect/auth?client_id=none`);
    await look('no-client', 'login-error');
    await who.open(`${system.url}/realms/none/account`);
    await look('no-realm', 'login-error');
    await who.open(`${realm.accountUrl.replace('/account', '')}/login-actions/action-token?key=none`);
    await look('link-expired', 'login-error');
  });

  it('what an application may know, and a device', async () => {
    const admin = await administrator();
    const shop = { clientId: 'shop', name: 'The shop', consentRequired: true };
    const addresses = { redirectUris: ['http://127.0.0.1:9/back'], attributes: DEVICE };
    await admin.clients.create({ realm: realm.name, publicClient: true, ...shop, ...addresses });
    await realm.createUser('cleo');
    const below = `${system.url}/realms/${realm.name}/protocol/openid-connect/auth`;
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: 'shop', redirect_uri: 'http://127.0.0.1:9/back' },
      ...{ scope: 'openid', code_challenge: 'E'.repeat(43), code_challenge_method: 'S256' },
    });
    await who.context.clearCookies();
    await who.open(`${below}?${query.toString()}`);
    await who.signIn('cleo', PASSWORD);
    await look('consent', 'login-login-oauth-grant');

    const asked = await fetch(`${below}/device`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'shop', scope: 'openid' }),
    });
    const { verification_uri: address } = (await asked.json()) as { verification_uri: string };
    await who.open(address);
    await look('device', 'login-login-oauth2-device-verify-user-code');
    await who.page.fill('input:not([type=hidden])', 'WRONG');
    await who.submit('form button');
    await look('device-wrong', 'login-login-oauth2-device-verify-user-code');
  });

  it('signing out', async () => {
    await realm.createUser('bob');
    await comes();
    await who.signIn('bob', PASSWORD);
    await who.open(`${system.url}/realms/${realm.name}/protocol/openid-connect/logout`);
    await look('logout-confirm', 'login-logout-confirm');
    await who.submit('#kc-logout');
    await look('logged-out', 'login-info');
  });
});

it('no page was left out', () => {
  const pages = Object.keys(ACTIONS);
  expect([...new Set(seen)]).toEqual(expect.arrayContaining(pages));
});
