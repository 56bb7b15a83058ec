import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { flowAdministrator } from '../../testing/flow-administrator.js';
import { CODE } from '../../testing/neighbours.js';
import { World, type Browser } from '../../testing/world.js';

describe('a login on two pages', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());
  beforeEach(async () => {
    browser = world.browser();
    const admin = flowAdministrator(world, () => browser.realm.id);
    const { id } = await admin.create('name first');
    for (const authenticator of ['auth-username-form', 'auth-password-form', 'auth-otp-form'])
      await admin.step({ parentFlow: id, requirement: 'REQUIRED', authenticator });
    await browser.open('browser', { overrides: { browser: id } });
    expect(browser.form.page).toBe('login-login-username');
  });

  it('asks for the name, and then for what its user has', async () => {
    world.neighbours.personWithOtp('ann');
    await browser.send({ username: 'ann' });
    expect(browser.form.page).toBe('login-login-password');
    expect(browser.form.attemptedUsername).toBe('ann');
    await browser.send({ password: 'ann-password' });
    expect(browser.form.page).toBe('login-login-otp');
    await browser.send({ otp: CODE });
    expect(browser.finished).toMatchObject({ username: 'ann', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('lets nobody in by a name alone', async () => {
    world.neighbours.person('bob');
    await browser.send({ username: 'bob' });
    await browser.send({ username: 'bob' });
    expect(browser.form.page).toBe('login-login-password');
  });

  it('begins again where there is nobody of that name', async () => {
    await browser.send({ username: 'nobody' });
    expect(browser.form.page).toBe('login-login-username');
    expect(browser.errors).toHaveLength(1);
  });
});
