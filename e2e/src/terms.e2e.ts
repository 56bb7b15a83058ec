// Terms and conditions stand between the password and the door.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { PASSWORD, RealmOfStory } from './world.js';

let realm: RealmOfStory;
beforeAll(async () => {
  realm = await RealmOfStory.create();
  await realm.setDefaultAction('TERMS_AND_CONDITIONS', true);
  await realm.createUser('ann');
});
afterAll(closeBrowser);

it('who declines does not get in and is asked again; who accepts is not', async () => {
  const ann = await Visitor.arrive();
  await ann.open(realm.accountUrl);
  await ann.signIn('ann', PASSWORD);
  expect(await ann.where()).toBe('login-terms');
  await ann.submit('#kc-decline');
  expect(await ann.where()).toBe('login-error');

  await ann.open(realm.accountUrl);
  await ann.signIn('ann', PASSWORD);
  expect(await ann.where()).toBe('login-terms');
  await ann.submit('#kc-accept');
  expect(await ann.where()).toBe('account');
  await ann.leave();

  const later = await Visitor.arrive();
  await later.open(realm.accountUrl);
  await later.signIn('ann', PASSWORD);
  expect(await later.where()).toBe('account');
  await later.leave();
});
