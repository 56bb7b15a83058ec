import 'reflect-metadata';
import { text } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { authenticatorSuite } from '../../authenticators/authenticators.suite.js';
import { flowAdministrator } from '../../testing/flow-administrator.js';
import { World, type Browser } from '../../testing/world.js';
import { notice } from './notice.authenticator.js';

authenticatorSuite(notice);

let world: World;
let browser: Browser;
beforeAll(async () => void (world = await World.open({ authenticators: [notice] })));
afterAll(() => world.close());
beforeEach(async () => {
  browser = world.browser();
  const admin = flowAdministrator(world, () => browser.realm.id);
  const { id: flow } = await admin.create('watched');
  const required = { parentFlow: flow, requirement: 'REQUIRED' };
  const { id: step } = await admin.step({ ...required, authenticator: 'notice' });
  await admin.configure(step, 'ours', { notice: 'This system is watched.' });
  await admin.step({ ...required, authenticator: 'auth-username-password-form' });
  await browser.open('browser', { overrides: { browser: flow } });
});

it('stands before the login, in the words of the administrator', async () => {
  world.neighbours.person('ann');
  expect(browser.form.blocks).toMatchObject([{ text: { literal: 'This system is watched.' } }]);
  await browser.send({ accept: 'on' });
  expect(browser.form.page).toBe('login-login');
  await browser.send({ username: 'ann', password: 'ann-password' });
  expect(browser.finished).toMatchObject({ username: 'ann' });
});

it('cannot be walked past', async () => {
  world.neighbours.person('bob');
  await browser.send({ username: 'bob', password: 'bob-password' });
  expect(browser.form.page).toBe('login-notice');
});

it('lets nobody in who declines', async () => {
  await browser.send({ cancel: 'on' });
  expect(browser.step).toMatchObject({ kind: 'failed', error: text('access-denied') });
  expect(await world.toldTypes(browser.realm.id)).toContain('LOGIN_ERROR rejected_by_user');
});
