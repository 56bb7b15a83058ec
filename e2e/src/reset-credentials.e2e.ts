// "Forgot password?", with nothing but the link in the mail, and with an app that is asked for as well.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Authenticator } from './authenticator.js';
import { Mailboxes } from './mailboxes.js';
import { closeBrowser, Visitor } from './visitor.js';
import { PASSWORD, RealmOfStory } from './world.js';

const NEW_PASSWORD = 'Tumblers-turn-again-8';
const LOGIN = 'login-login';
const CODE = 'login-login-otp';
const NEW_PASSWORD_PAGE = 'login-login-update-password';
const INFO = 'login-info';
const ACCOUNT = 'account';

let realm: RealmOfStory;
let mailboxes: Mailboxes;
const visitors: Visitor[] = [];

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive();
  visitors.push(arrived);
  return arrived;
}
async function forgets(name: string): Promise<Visitor> {
  const who = await visitor();
  await who.open(realm.accountUrl);
  await who.page.click('#kc-forgot-password');
  await who.page.fill('#username', name);
  await who.submit('#kc-reset');
  return who;
}
async function sets(who: Visitor, password: string): Promise<void> {
  await who.page.fill('#password-new', password);
  await who.page.fill('#password-confirm', password);
  await who.submit('#kc-submit');
}
async function signsIn(name: string, password: string): Promise<Visitor> {
  const who = await visitor();
  await who.open(realm.accountUrl);
  await who.signIn(name, password);
  return who;
}

beforeAll(async () => {
  mailboxes = await Mailboxes.open();
  realm = await RealmOfStory.create({
    displayName: 'Harbour Books',
    resetPasswordAllowed: true,
    smtpServer: mailboxes.smtpServer,
  });
  await realm.createUser('ann', { email: 'ann@harbour.example' });
  const bob = await realm.createUser('bob', { email: 'bob@harbour.example' });
  await realm.requireOf(bob, ['CONFIGURE_TOTP']);
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((each) => each.leave()));
});
afterAll(async () => {
  await closeBrowser();
  await mailboxes.close();
});

describe('Forgot password', () => {
  it('leads by a link in the mailbox to a new password, and back to the login', async () => {
    const ann = await forgets('ann@harbour.example');
    expect(await ann.where()).toBe(INFO);
    expect(await ann.reads()).toContain('You should receive an email shortly');

    const link = await mailboxes.nextLink('ann@harbour.example');
    await ann.open(link);
    expect(await ann.reads()).toContain('Do you want to set a new password?');
    await ann.submit('#kc-proceed');
    expect(await ann.where()).toBe(NEW_PASSWORD_PAGE);
    await sets(ann, NEW_PASSWORD);
    expect(await ann.where()).toBe(INFO);
    expect(await ann.reads()).toContain('Your account has been updated.');

    await ann.page.click('#backToApplication');
    expect(await ann.where()).toBe(LOGIN);
    await ann.signIn('ann', NEW_PASSWORD);
    expect(await ann.where()).toBe(ACCOUNT);

    const late = await visitor();
    await late.open(link);
    expect(await late.reads()).toContain('This link was used already, or has expired.');
    expect(await (await signsIn('ann', PASSWORD)).where()).toBe(LOGIN);
  });

  it('says the same about somebody who is not there, and sends nothing', async () => {
    const stranger = await forgets('nobody@harbour.example');
    expect(await stranger.where()).toBe(INFO);
    expect(await stranger.reads()).toContain('You should receive an email shortly');
    expect(mailboxes.count('nobody@harbour.example')).toBe(0);
  });
});

describe('Forgot password, with an app', () => {
  let phone: Authenticator;
  beforeAll(async () => {
    const bob = await signsIn('bob', PASSWORD);
    phone = await bob.scanQrCode();
    await bob.confirmDevice(await phone.freshCode());
    expect(await bob.where()).toBe(ACCOUNT);
  });

  it('asks whoever has the mailbox for the code as well (mistakes.md: one channel counted twice, Kratos #4317)', async () => {
    const thief = await forgets('bob');
    await thief.open(await mailboxes.nextLink('bob@harbour.example'));
    await thief.submit('#kc-proceed');
    expect(await thief.where()).toBe(CODE);
    await thief.typeCode('000000');
    expect(await thief.where()).toBe(CODE);

    await thief.typeCode(await phone.freshCode());
    expect(await thief.where()).toBe(NEW_PASSWORD_PAGE);
    await sets(thief, NEW_PASSWORD);
    const bob = await signsIn('bob', NEW_PASSWORD);
    expect(await bob.where()).toBe(CODE);
    await bob.typeCode(await phone.freshCode());
    expect(await bob.where()).toBe(ACCOUNT);
  });
});
