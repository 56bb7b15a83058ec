import 'reflect-metadata';
import { text, type Start } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { type Browser, World } from '../testing/world.js';

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open()));
beforeEach(() => {
  world.neighbours.enabled = ['UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'VERIFY_EMAIL', 'TERMS_AND_CONDITIONS'];
  world.neighbours.configs = {};
  browser = world.browser();
});
afterAll(() => world.close());

const NEW = { 'password-new': 'a new password', 'password-confirm': 'a new password' };
let people = 0;
const somebody = (requiredActions: string[] = []) =>
  world.neighbours.person(`asked-${++people}`, { requiredActions });

/** Signs in at an application that asks for an action. */
async function askedFor(action: string, account = somebody()) {
  await browser.open('browser', { action });
  await browser.send({ username: account.user.username, password: account.password });
  return account;
}

/** Comes with a session that began so many seconds ago. */
async function comesBackTo(action: string, secondsAgo: number, more: Partial<Start> = {}) {
  const { user } = somebody();
  const authTime = Math.floor(world.clock.now().getTime() / 1000) - secondsAgo;
  browser.session = { id: '6fa9b9b5-3e4e-4f7e-9b0a-2b1f0a5d1c11', userId: user.id, authTime, amr: ['pwd'] };
  await browser.open('browser', { action, ...more });
  return user;
}
const cancel = () => browser.form.buttons.find(({ name }) => name === 'cancel-aia');

describe('an action that an application asks for (kc_action)', () => {
  it('comes after the sign-in, and the application hears that it was done', async () => {
    await askedFor('UPDATE_PASSWORD');
    expect(browser.form.page).toBe('login-login-update-password');
    expect(browser.form.message).toBeUndefined();
    await browser.send(NEW);
    expect(browser.finished?.action).toEqual({ name: 'UPDATE_PASSWORD', status: 'success' });
  });

  it('may be cancelled, which is told, and the user is signed in all the same', async () => {
    await askedFor('CONFIGURE_TOTP');
    expect(cancel()).toMatchObject({ id: 'cancelTOTPBtn', label: text('doCancel'), skipsChecks: true });
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.finished?.action).toEqual({ name: 'CONFIGURE_TOTP', status: 'cancelled' });
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'CUSTOM_REQUIRED_ACTION_ERROR rejected_by_user',
      'LOGIN',
    ]);
  });

  it('is not begun from the account page for a user without manage-account, and for them at an application', async () => {
    const reader = () =>
      world.neighbours.person(`asked-${++people}`, { clientRoles: { account: ['view-profile'] } });
    await askedFor('UPDATE_PASSWORD', reader());
    expect(browser.finished?.action).toEqual({ name: 'UPDATE_PASSWORD', status: 'error' });

    const { user, password } = reader();
    await browser.open('browser', { action: 'UPDATE_PASSWORD', clientId: 'shop' });
    await browser.send({ username: user.username, password });
    expect(browser.form.page).toBe('login-login-update-password');
  });

  it('keeps its way out when what was typed was wrong', async () => {
    await askedFor('CONFIGURE_TOTP');
    await browser.send({ totp: '000000' });
    expect(browser.errors).toHaveLength(1);
    expect(cancel()).toBeDefined();
  });

  it('cannot be cancelled by whoever has to do it anyway', async () => {
    const { user } = await askedFor('UPDATE_PASSWORD', somebody(['UPDATE_PASSWORD']));
    expect(cancel()).toBeUndefined();
    expect(browser.form.message?.text).toEqual(text('updatePasswordMessage'));
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.errors).toEqual([{ 'password-new': text('missingPasswordMessage') }]);
    await browser.send(NEW);
    expect(browser.finished?.action?.status).toBe('success');
    expect(user.requiredActions).toEqual([]);
  });

  it('cannot be cancelled any more once an administrator asks for it, too', async () => {
    const { user } = await askedFor('UPDATE_PASSWORD');
    user.requiredActions = ['UPDATE_PASSWORD'];
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.form.page).toBe('login-login-update-password');
    expect(cancel()).toBeUndefined();
  });

  it('comes after those that the user has to do, of which none can be cancelled', async () => {
    await askedFor('UPDATE_PASSWORD', somebody(['CONFIGURE_TOTP']));
    expect(browser.form.page).toBe('login-login-config-totp');
    expect(cancel()).toBeUndefined();
    await browser.send({ totp: CODE });
    expect(browser.form.page).toBe('login-login-update-password');
    expect(cancel()).toBeDefined();
  });

  it.each([
    ['nobody knows', 'SING'],
    ['the realm does not enable', 'UPDATE_PROFILE'],
    ['is not for applications to ask', 'TERMS_AND_CONDITIONS'],
    ['means nothing to the user', 'VERIFY_EMAIL'],
    ['has no name', ':parameter'],
  ])('is an error where it %s', async (_, action) => {
    await askedFor(action);
    expect(browser.finished?.action).toEqual({ name: action.split(':')[0], status: 'error' });
  });

  it('does not keep a disabled user signed in by cancelling', async () => {
    const { user } = await askedFor('UPDATE_PASSWORD');
    user.enabled = false;
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.step).toMatchObject({ kind: 'failed', error: text('accountDisabledMessage') });
  });

  it('is asked again of whoever begins again', async () => {
    const { user } = await askedFor('UPDATE_PASSWORD');
    await browser.reload({ restart: true });
    expect(browser.form.page).toBe('login-login');
    await browser.send({ username: user.username, password: `${user.username}-password` });
    expect(browser.form.page).toBe('login-login-update-password');
  });

  it('has no part in a login that nobody asked it of', async () => {
    await browser.signIn(somebody().user.username);
    expect(browser.finished).not.toHaveProperty('action');
  });
});

describe('somebody who is signed in and comes for an action', () => {
  it('goes straight to it', async () => {
    await comesBackTo('UPDATE_PASSWORD', 300);
    expect(browser.form.page).toBe('login-login-update-password');
    await browser.send(NEW);
    expect(browser.finished).toMatchObject({
      sessionId: browser.session!.id,
      action: { status: 'success' },
    });
  });

  it('signs in first where that was too long ago', async () => {
    const { username } = await comesBackTo('UPDATE_PASSWORD', 301);
    expect(browser.form.page).toBe('login-login');
    await browser.send({ username, password: `${username}-password` });
    expect(browser.form.page).toBe('login-login-update-password');
    await browser.send({ 'cancel-aia': 'true' });
    expect(browser.finished?.authTime).toBe(Math.floor(world.clock.now().getTime() / 1000));
  });

  it.each([
    ['86400', 80_000, 'login-login-update-password'],
    ['10', 11, 'login-login'],
    ['0', 0, 'login-login'],
    ['nonsense', 301, 'login-login'],
  ])('may be asked for it %s seconds after signing in, as the realm has it', async (maxAge, ago, page) => {
    world.neighbours.configs = { UPDATE_PASSWORD: { max_auth_age: maxAge } };
    await comesBackTo('UPDATE_PASSWORD', ago);
    expect(browser.form.page).toBe(page);
  });

  it('needs no sign-in for an action that cannot be asked for', async () => {
    await comesBackTo('SING', 5000);
    expect(browser.finished?.action?.status).toBe('error');
  });
});

it('no application can ask for more than a name can hold', async () => {
  const action = 'x'.repeat(256);
  await expect(browser.open('browser', { action })).rejects.toMatchObject({ code: 'invalid_request' });
});
