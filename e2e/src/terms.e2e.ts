// Terms and conditions stand between the password and the door.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory, system } from './world.js';

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

it('an application is told that its user declined', async () => {
  const back = 'http://127.0.0.1:9/back';
  const admin = await administrator();
  const shop = { clientId: 'shop', publicClient: true, redirectUris: [back] };
  await admin.clients.create({ realm: realm.name, ...shop });
  await realm.createUser('bea');
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: 'shop', redirect_uri: back, scope: 'openid', state: 'kept' },
    ...{ code_challenge: 'E'.repeat(43), code_challenge_method: 'S256' },
  });
  const bea = await Visitor.arrive();
  await bea.open(`${system.url}/realms/${realm.name}/protocol/openid-connect/auth?${query.toString()}`);
  await bea.signIn('bea', PASSWORD);
  expect(await bea.where()).toBe('login-terms');
  const [request] = await Promise.all([bea.page.waitForRequest(`${back}?**`), bea.page.click('#kc-decline')]);
  const { searchParams } = new URL(request.url());
  expect([searchParams.get('error'), searchParams.get('state')]).toEqual(['access_denied', 'kept']);
  await bea.leave();
});
