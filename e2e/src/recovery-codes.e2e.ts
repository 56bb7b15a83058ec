// Codes on paper for the day on which the phone is gone, and the other way that leads to them.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory } from './world.js';

const CODE = 'login-login-otp';
const RECOVERY_CODE = 'login-login-recovery-authn-code-input';
const ACCOUNT = 'account';

let realm: RealmOfStory;
let phone: Authenticator;
let paper: string[];
const visitors: Visitor[] = [];

async function signsIn(): Promise<Visitor> {
  const ann = await Visitor.arrive();
  visitors.push(ann);
  await ann.open(realm.accountUrl);
  await ann.signIn('ann', PASSWORD);
  return ann;
}
async function typesRecoveryCode(ann: Visitor, code: string): Promise<void> {
  await ann.page.fill('#recoveryCodeInput', code);
  await ann.submit('#kc-login');
}
async function triesAnotherWay(ann: Visitor): Promise<void> {
  await ann.submit('#try-another-way');
  expect(await ann.where()).toBe('login-select-authenticator');
  expect(await ann.reads()).toContain('Enter a verification code from authenticator application.');
  await ann.submit('button:has-text("Recovery Authentication Code")');
}

beforeAll(async () => {
  realm = await RealmOfStory.create();
  const { authenticationManagement: api } = await administrator();
  const flow = { realm: realm.name, flow: 'browser' };
  const steps = await api.getExecutions(flow);
  const form = steps.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form');
  await api.updateExecution(flow, { ...form, requirement: 'ALTERNATIVE' });
  await api.updateRequiredActionConfig(
    { realm: realm.name, alias: 'CONFIGURE_TOTP' },
    { config: { 'add-recovery-codes': 'true' } },
  );
  const ann = await realm.createUser('ann');
  await realm.requireOf(ann, ['CONFIGURE_TOTP']);
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((each) => each.leave()));
});
afterAll(closeBrowser);

it('are given after the app is set up, to be copied, and not before somebody says that they are kept', async () => {
  const ann = await signsIn();
  phone = await ann.scanQrCode();
  await ann.confirmDevice(await phone.freshCode());
  expect(await ann.where()).toBe('login-login-recovery-authn-code-config');
  paper = await ann.page.locator('#kc-recovery-codes-list li').allInnerTexts();
  expect(paper).toHaveLength(12);
  await ann.page.reload();
  expect(await ann.page.locator('#kc-recovery-codes-list li').allInnerTexts()).toEqual(paper);
  expect((await ann.fieldValues()).join()).not.toContain(paper[0]!.replaceAll(/\s/g, ''));

  await ann.page.check('#kcRecoveryCodesConfirmationCheck');
  await ann.submit('#saveRecoveryAuthnCodesBtn');
  expect(await ann.where()).toBe(ACCOUNT);
});

it('let somebody in who has lost the phone: the app is asked for first, and the codes in order', async () => {
  const ann = await signsIn();
  expect(await ann.where()).toBe(CODE);
  await triesAnotherWay(ann);
  expect(await ann.where()).toBe(RECOVERY_CODE);
  expect(await ann.reads()).toContain('Recovery code #1');
  await typesRecoveryCode(ann, paper[4]!);
  expect(await ann.reads()).toContain('Invalid recovery authentication code');
  await typesRecoveryCode(ann, paper[0]!);
  expect(await ann.where()).toBe(ACCOUNT);
});

it('are each accepted once, and the app goes on as before', async () => {
  const ann = await signsIn();
  await triesAnotherWay(ann);
  expect(await ann.reads()).toContain('Recovery code #2');
  await typesRecoveryCode(ann, paper[0]!);
  expect(await ann.where()).toBe(RECOVERY_CODE);

  await ann.submit('#try-another-way');
  await ann.submit('button:has-text("Authenticator Application")');
  await ann.typeCode(await phone.freshCode());
  expect(await ann.where()).toBe(ACCOUNT);
});
