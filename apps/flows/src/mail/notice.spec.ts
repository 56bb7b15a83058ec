import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailServer } from '../testing/mail-server.js';
import { CODE } from '../testing/neighbours.js';
import { type Browser, World } from '../testing/world.js';

let world: World;
let mails: MailServer;
let browser: Browser;
beforeAll(async () => {
  [world, mails] = await Promise.all([World.open(), MailServer.open()]);
});
afterAll(async () => void (await Promise.all([world.close(), mails.close()])));
beforeEach(() => {
  world.neighbours.enabled = ['UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'delete_credential'];
  world.neighbours.smtpServer = mails.settings;
  mails.received.length = 0;
  browser = world.browser();
});

let people = 0;
async function signedIn(action: string, emailVerified = true) {
  const name = `owner-${++people}`;
  const { user } = world.neighbours.person(name, { email: `${name}@acme.example`, emailVerified });
  await browser.open('browser', { action });
  await browser.send({ username: name, password: `${name}-password` });
  return user;
}
const NEW = { 'password-new': 'a new password', 'password-confirm': 'a new password' };
/** A subject that holds more than ASCII is written in quoted words (RFC 2047). */
const decoded = (raw: string) => raw.replaceAll(/=\?UTF-8\?Q\?|\?=/g, '').replaceAll('_', ' ');
const waiting = async () => (await world.db.query<unknown[]>('select from mail')).length;

describe('the owner of an account is told by mail (N-14)', () => {
  it('that another password was set', async () => {
    const user = await signedIn('UPDATE_PASSWORD');
    await browser.send(NEW);
    await world.postOffice.deliver();
    expect(mails.received.map(({ to }) => to)).toEqual([[user.email]]);
    expect(mails.last.raw).toContain('Subject: Your password was changed');
    expect(mails.last.raw).not.toMatch(/https?:|a new password/);
  });

  it('in their language, where the realm offers it', async () => {
    for (const [locales, subject] of [
      [['en', 'de'], 'Ihr Passwort wurde ge'],
      [['en'], 'Your password was changed'],
      [undefined, 'Your password was changed'],
    ] as const) {
      browser = world.browser(world.realm({ ...(locales ? { locales: [...locales] } : {}) }));
      const user = await signedIn('UPDATE_PASSWORD');
      user.attributes = { locale: ['de'] };
      await browser.send(NEW);
      await world.postOffice.deliver();
      expect(decoded(mails.last.raw)).toContain(`Subject: ${subject}`);
    }
  });

  it('that something was set up to sign in with', async () => {
    await signedIn('CONFIGURE_TOTP');
    await browser.send({ totp: CODE });
    await world.postOffice.deliver();
    expect(mails.last.raw).toContain('Subject: A new way to sign in was set up');
  });

  it('that something to sign in with was removed', async () => {
    const account = world.neighbours.personWithOtp(`owner-${++people}`);
    Object.assign(account.user, { email: 'remover@acme.example', emailVerified: true });
    await browser.open('browser', { action: `delete_credential:${account.credentials[1]!.id}` });
    await browser.send({ username: account.user.username, password: account.password });
    await browser.send({ otp: CODE });
    await browser.send({ accept: 'on' });
    await world.postOffice.deliver();
    expect(mails.last).toMatchObject({ to: ['remover@acme.example'] });
    expect(mails.last.raw).toContain('Subject: A way to sign in was removed');
  });

  it('at an address that is known to be theirs, and by no realm that sends no mail', async () => {
    await signedIn('UPDATE_PASSWORD', false);
    await browser.send(NEW);
    expect(await waiting()).toBe(0);
    world.neighbours.smtpServer = {};
    await signedIn('UPDATE_PASSWORD');
    await browser.send(NEW);
    expect(await waiting()).toBe(1);
    await world.postOffice.deliver();
    expect(await waiting()).toBe(0);
    expect(mails.received).toEqual([]);
  });

  it('later, where the mail server does not take it now; and never, where it does not at all', async () => {
    await signedIn('UPDATE_PASSWORD');
    await browser.send(NEW);
    mails.refusals = 5;
    for (let attempt = 0; attempt < 5; attempt++) {
      await world.postOffice.deliver();
      world.clock.advance(3600);
    }
    mails.refusals = 0;
    expect(await waiting()).toBe(0);
    expect(mails.received).toEqual([]);
  });
});
