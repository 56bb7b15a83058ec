// An address is confirmed by the link that is sent to it, on whatever device that is opened.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { Mailboxes } from './mailboxes.js';
import { closeBrowser, Visitor } from './visitor.js';
import { administrator, PASSWORD, RealmOfStory } from './world.js';

let realm: RealmOfStory;
let mailboxes: Mailboxes;
const visitors: Visitor[] = [];

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive();
  visitors.push(arrived);
  return arrived;
}

beforeAll(async () => {
  mailboxes = await Mailboxes.open();
  realm = await RealmOfStory.create({ verifyEmail: true, smtpServer: mailboxes.smtpServer });
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((each) => each.leave()));
});
afterAll(async () => {
  await closeBrowser();
  await mailboxes.close();
});

it('a login waits for the address to be confirmed, and goes on when it is, on another device', async () => {
  const id = await realm.createUser('ann', { email: 'ann@harbour.example' });
  const ann = await visitor();
  await ann.open(realm.accountUrl);
  await ann.signIn('ann', PASSWORD);
  expect(await ann.where()).toBe('login-login-verify-email');
  expect(await ann.reads()).toContain('has been sent to ann@harbour.example');
  await ann.submit('#kc-continue');
  expect(await ann.reads()).toContain('not verified yet');

  const phone = await visitor();
  await phone.open(await mailboxes.nextLink('ann@harbour.example'));
  expect(await phone.reads()).toContain('Do you confirm that this email address is yours?');
  expect((await realm.user(id)).emailVerified).toBe(false);
  await phone.submit('#kc-proceed');
  expect(await phone.reads()).toContain('Your email address has been verified.');
  expect((await realm.user(id)).emailVerified).toBe(true);

  await ann.submit('#kc-continue');
  expect(await ann.where()).toBe('account');
});

it('an administrator sends somebody a link to what is to be done', async () => {
  const id = await realm.createUser('bob', { email: 'bob@harbour.example' });
  const admin = await administrator();
  await admin.users.executeActionsEmail({
    realm: realm.name,
    id,
    actions: ['UPDATE_PASSWORD'],
    lifespan: 600,
  });
  const bob = await visitor();
  await bob.open(await mailboxes.nextLink('bob@harbour.example'));
  await bob.submit('#kc-proceed');
  expect(await bob.where()).toBe('login-login-update-password');
  await bob.page.fill('#password-new', 'Tumblers-turn-again-8');
  await bob.page.fill('#password-confirm', 'Tumblers-turn-again-8');
  await bob.submit('#kc-submit');
  expect(await bob.reads()).toContain('Your account has been updated.');
  expect((await realm.user(id)).emailVerified).toBe(true);
});
