import 'reflect-metadata';
import { credentials } from '@tumbler/contract-credentials';
import { text } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { type Browser, World } from '../testing/world.js';

let world: World;
beforeEach(async () => void (world = await World.open()));
afterEach(() => world.close());

const EXPIRED = { kind: 'expired' };

describe('who has lost an account, and left a page of it open,', () => {
  const refused = { kind: 'failed', error: text('invalidUserMessage'), status: 400 };
  const enrolling = async (enter: (browser: Browser) => Promise<unknown> = (it) => it.signIn('ann')) => {
    const browser = world.browser();
    await enter(browser);
    expect(browser.form.page).toBe('login-login-config-totp');
    return browser;
  };
  const reset = ({ user }: { user: { id: string } }) =>
    world.bus.call(credentials.setPassword, {
      ...{ realmId: randomUUID(), userId: user.id, password: 'set by an administrator' },
    });

  it('does not get in with the code, by a password from before it was changed', async () => {
    const ann = world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    await reset(ann);
    expect(await browser.send({ otp: CODE })).toEqual(refused);
  });

  it('does not set up an app of theirs, nor get in, once the password was changed', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = await enrolling();
    await reset(ann);
    expect(await browser.send({ totp: CODE })).toEqual(refused);
    expect(ann.credentials.map(({ type }) => type)).toEqual(['password']);
  });

  it('does not put a password of theirs in place of the new one', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['UPDATE_PASSWORD'] });
    const browser = world.browser();
    await browser.signIn('ann');
    await reset(ann);
    const theirs = { 'password-new': 'mine once more', 'password-confirm': 'mine once more' };
    expect(await browser.send(theirs)).toEqual(refused);
    expect(ann.password).toBe('set by an administrator');
  });

  it('does not, either, by naming the old one as what is to be changed (kc_action)', async () => {
    const ann = world.neighbours.person('ann');
    const id = ann.credentials[0]!.id;
    const browser = world.browser();
    await browser.open('browser', { action: `UPDATE_PASSWORD:${id}` });
    await browser.send({ username: 'ann', password: 'ann-password' });
    expect(browser.form.page).toBe('login-login-update-password');
    await reset(ann);
    const theirs = { 'password-new': 'mine once more', 'password-confirm': 'mine once more' };
    expect(await browser.send(theirs)).toEqual(refused);
  });

  it('does not go on by the code of a device that was taken away', async () => {
    const ann = world.neighbours.personWithOtp('ann');
    ann.user.requiredActions = ['UPDATE_PROFILE'];
    const browser = world.browser();
    await browser.signIn('ann');
    await browser.send({ otp: CODE });
    expect(browser.form.page).toBe('login-login-update-profile');
    ann.credentials = ann.credentials.filter(({ type }) => type !== 'otp');
    expect(await browser.send({})).toEqual(refused);
  });

  it('does not go on by what was proven before they were signed out everywhere', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = await enrolling();
    world.clock.advance(10);
    ann.user.notBefore = Math.floor(world.clock.now().getTime() / 1000);
    expect(await browser.send({ totp: CODE })).toEqual(refused);
    expect(ann.credentials.map(({ type }) => type)).toEqual(['password']);
  });

  it('does nothing by a session that has ended since, nor by another one', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const authTime = Math.floor(world.clock.now().getTime() / 1000);
    const session = () => ({ id: randomUUID(), userId: ann.user.id, authTime, amr: ['pwd'] });
    for (const after of [undefined, session()]) {
      const browser = await enrolling(async (it) => {
        it.session = session();
        await it.open();
      });
      const { page } = browser;
      browser.session = after;
      expect(await browser.send({ totp: CODE }, page)).toEqual(EXPIRED);
      browser.step = page;
      expect(await browser.reload()).toEqual(EXPIRED);
    }
    expect(ann.credentials.map(({ type }) => type)).toEqual(['password']);
  });

  it('is not taken for one who changes the password by themselves, with something else to do after it', async () => {
    const ann = world.neighbours.person('ann', { requiredActions: ['UPDATE_PASSWORD', 'CONFIGURE_TOTP'] });
    const browser = await enrolling();
    await browser.send({ totp: CODE });
    await browser.send({ 'password-new': 'chosen by ann', 'password-confirm': 'chosen by ann' });
    expect(browser.finished).toBeDefined();

    ann.user.requiredActions = ['UPDATE_PASSWORD', 'UPDATE_PROFILE'];
    await browser.signIn('ann', 'chosen by ann');
    await browser.send({ otp: CODE });
    await browser.send({ 'password-new': 'chosen again', 'password-confirm': 'chosen again' });
    await browser.send({ email: 'ann@example.org', firstName: 'Ann', lastName: 'Lee' });
    expect(browser.finished).toBeDefined();
  });
});
