import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { text } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { type Browser, World } from '../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => {
  world.neighbours.enabled = ['CONFIGURE_TOTP', 'delete_account', 'delete_credential'];
  browser = world.browser();
});
afterAll(() => world.close());

let people = 0;
const nameOfNext = () => `leaver-${++people}`;

describe('Delete Credential', () => {
  async function askedToDelete(which: (ids: { password: string; otp: string; codes: string }) => string) {
    const account = world.neighbours.personWithOtp(nameOfNext(), 'my phone');
    const codes = world.neighbours.giveRecoveryCodes(account);
    const [password, otp] = account.credentials.map(({ id }) => id);
    const action = `delete_credential:${which({ password: password!, otp: otp!, codes })}`;
    await browser.open('browser', { action });
    await browser.send({ username: account.user.username, password: account.password });
    await browser.send({ otp: CODE });
    return account;
  }

  it('shows what goes, and takes it away when the user says so', async () => {
    const account = await askedToDelete(({ otp }) => otp);
    expect(browser.form.page).toBe('login-delete-credential');
    expect(JSON.stringify(browser.form.blocks)).toContain('my phone');
    await browser.send({});
    expect(account.credentials).toHaveLength(3);
    await browser.send({ accept: 'on' });
    expect(account.credentials.map(({ type }) => type)).toEqual(['password', 'recovery-authn-codes']);
    expect(browser.finished?.action).toEqual({ name: 'delete_credential', status: 'success' });
    const told = await world.told(browser.realm.id);
    expect(told.map(({ type }) => type)).toEqual(['REMOVE_CREDENTIAL', 'REMOVE_TOTP', 'LOGIN']);
    expect(told[0]).toMatchObject({
      data: { details: { credential_type: 'otp', credential_user_label: 'my phone' } },
    });
  });

  it('keeps everything for whoever declines', async () => {
    const account = await askedToDelete(({ codes }) => codes);
    expect(browser.form.buttons.map(({ id }) => id)).toEqual(['kc-accept', 'kc-decline']);
    await browser.send({ 'cancel-aia': 'true' });
    expect(account.credentials).toHaveLength(3);
    expect(browser.finished?.action?.status).toBe('cancelled');
  });

  it.each([
    ['somebody else’s', () => world.neighbours.personWithOtp(nameOfNext()).credentials[1]!.id],
    ['a password', ({ password }: { password: string }) => password],
    ['one that is not there', () => randomUUID()],
    ['nothing', () => ''],
  ])('is an error, and no page, for %s', async (_, which) => {
    const account = await askedToDelete(which);
    expect(browser.finished?.action).toEqual({ name: 'delete_credential', status: 'error' });
    expect(account.credentials).toHaveLength(3);
  });

  it('is done where somebody else has done it meanwhile', async () => {
    const account = await askedToDelete(({ codes }) => codes);
    account.credentials = account.credentials.filter(({ type }) => type !== 'recovery-authn-codes');
    await browser.send({ accept: 'on' });
    expect(browser.finished?.action?.status).toBe('success');
  });

  it('gets nobody in by a device that somebody else has taken away meanwhile', async () => {
    const account = await askedToDelete(({ otp }) => otp);
    account.credentials = account.credentials.filter(({ type }) => type !== 'otp');
    expect(await browser.send({ accept: 'on' })).toMatchObject({ kind: 'failed' });
  });
});

describe('Delete Account', () => {
  const member = (roles: string[] = ['delete-account']) =>
    world.neighbours.person(nameOfNext(), { clientRoles: { account: roles } });
  async function asksToLeave(account = member()) {
    await browser.open('browser', { action: 'delete_account' });
    await browser.send({ username: account.user.username, password: account.password });
    return account;
  }

  it('says what it means, and then it is for good: nobody is signed in, every session ends', async () => {
    const { user } = await asksToLeave();
    expect(browser.form).toMatchObject({
      page: 'login-delete-account-confirm',
      message: { kind: 'warning', text: text('irreversibleAction') },
    });
    await browser.send({ accept: 'on' });
    expect(browser.step).toEqual({
      kind: 'info',
      text: text('userDeletedSuccessfully'),
      redirectUri: 'https://app.example/back',
      endSessionsOf: user.id,
    });
    expect(world.neighbours.accounts.some(({ user: { id } }) => id === user.id)).toBe(false);
    expect(await world.told(browser.realm.id)).toMatchObject([
      { type: 'DELETE_ACCOUNT', subject: user.id, data: { userId: user.id } },
    ]);
  });

  it('is nothing that happens by itself', async () => {
    const { user } = await asksToLeave();
    await browser.send({});
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.finished).toMatchObject({ userId: user.id, action: { status: 'cancelled' } });
  });

  it.each([[[]], [['manage-account']]])('is not for a user with the roles %j', async (roles) => {
    await asksToLeave(member(roles));
    expect(browser.finished?.action?.status).toBe('error');
  });

  it('is never done with a session alone, however young', async () => {
    const { user } = member();
    const authTime = Math.floor(world.clock.now().getTime() / 1000);
    browser.session = { id: randomUUID(), userId: user.id, authTime, amr: ['pwd'] };
    world.neighbours.configs = { delete_account: { max_auth_age: '3600' } };
    await browser.open('browser', { action: 'delete_account' });
    expect(browser.form.page).toBe('login-login');
  });

  it('cannot be done twice', async () => {
    await asksToLeave();
    const page = browser.page;
    await browser.send({ accept: 'on' });
    await browser.send({ accept: 'on' }, page);
    expect(browser.step.kind).toBe('expired');
  });
});
