import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { flows, text, type SendLink } from '@tumbler/contract-flows';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailServer } from '../testing/mail-server.js';
import { CODE } from '../testing/neighbours.js';
import { by, World, type Browser } from '../testing/world.js';

let world: World;
let mails: MailServer;
let browser: Browser;
beforeAll(async () => {
  [world, mails] = await Promise.all([World.open(), MailServer.open()]);
});
afterAll(async () => void (await Promise.all([world.close(), mails.close()])));
beforeEach(async () => {
  world.neighbours.enabled = ['UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'VERIFY_EMAIL'];
  world.neighbours.smtpServer = mails.settings;
  browser = world.browser();
  await world.postOffice.deliver();
  mails.received.length = 0;
});

let people = 0;
const person = (more = {}) => {
  const name = `p${++people}`;
  return world.neighbours.person(name, { email: `${name}@acme.example`, ...more });
};

describe('an e-mail address that is to be confirmed', () => {
  async function signsIn() {
    const account = person();
    browser = world.browser(world.realm({ verifyEmail: true }));
    await browser.signIn(account.user.username);
    await world.postOffice.deliver();
    return account.user;
  }

  it('stands between the password and the door, where the realm says so', async () => {
    const user = await signsIn();
    expect(browser.form).toMatchObject({ page: 'login-login-verify-email' });
    expect(mails.received).toMatchObject([{ to: [user.email] }]);
    await browser.send({});
    expect(browser.form.message?.text).toEqual(text('emailNotVerifiedYet'));

    // In another browser, as phones do.
    const phone = world.browser(browser.realm);
    await phone.useLink(mails.last.key);
    expect(phone.step).toEqual({ kind: 'info', text: text('emailVerifiedMessage') });
    expect(user.emailVerified).toBe(true);
    await browser.send({});
    expect(browser.finished).toBeDefined();
    expect(await world.toldTypes(browser.realm.id)).toEqual(['SEND_VERIFY_EMAIL', 'VERIFY_EMAIL', 'LOGIN']);
  });

  it('is not asked for again, and nobody without an address is asked', async () => {
    for (const known of [{ emailVerified: true }, { email: undefined }]) {
      const { user } = person(known);
      browser = world.browser(world.realm({ verifyEmail: true }));
      await browser.signIn(user.username);
      expect(browser.finished).toBeDefined();
    }
  });

  it('goes on in its own browser as soon as it is looked at again, and knows nobody else', async () => {
    await signsIn();
    const waiting = browser.page;
    const stranger = world.browser(browser.realm);
    await world.postOffice.deliver();
    const { key } = mails.last;
    expect((await browser.reload()).kind).toBe('form');
    await browser.useLink(key);
    expect(browser.step).toMatchObject({
      redirectUri: expect.stringContaining(
        `/login-actions/authenticate?client_id=account&tab_id=${waiting.login}`,
      ) as string,
    });
    stranger.step = waiting;
    expect((await stranger.reload()).kind).toBe('expired');
    browser.step = waiting;
    expect((await browser.reload()).kind).toBe('done');
  });

  it('goes no further for a user who was disabled meanwhile', async () => {
    const user = await signsIn();
    const waiting = browser.page;
    await world.postOffice.deliver();
    await browser.useLink(mails.last.key);
    user.enabled = false;
    browser.step = waiting;
    expect((await browser.reload()).kind).toBe('failed');
  });

  it('holds up a token request too', async () => {
    const { user } = person();
    const granted = await world.bus.call(flows.grant, {
      realm: world.realm({ verifyEmail: true }),
      clientId: 'admin-cli',
      visitor: {},
      fields: { username: user.username, password: `${user.username}-password` },
    });
    expect(granted).toMatchObject({ kind: 'refused', description: 'Account is not fully set up' });
  });

  it('gets one letter, however often the page is shown', async () => {
    await signsIn();
    for (let i = 0; i < 3; i++) await browser.reload();
    await browser.send({ resend: 'on' });
    await world.postOffice.deliver();
    expect(mails.received).toHaveLength(1);
    world.clock.advance(61);
    await browser.send({ resend: 'on' });
    await world.postOffice.deliver();
    expect(mails.received).toHaveLength(2);
    await browser.useLink(mails.received[0]!.key);
    expect(browser.step.kind).toBe('info');
  });
});

describe('what an administrator asks for by mail', () => {
  const send = (userId: string, more: Partial<SendLink> = {}) =>
    world.bus.call(flows.sendLink, {
      by,
      realm: browser.realm,
      userId,
      kind: 'execute-actions',
      actions: ['UPDATE_PASSWORD', 'VERIFY_EMAIL'],
      clientId: 'account',
      ...more,
    });
  const newPassword = { 'password-new': 'a new password', 'password-confirm': 'a new password' };

  it('is done behind the link, which confirms the address as well, and signs nobody in', async () => {
    const { user } = person();
    await send(user.id, { redirectUri: 'https://app.example/' });
    await world.postOffice.deliver();
    expect(mails.last.raw).toContain('12 hours');
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-update-password');
    expect(browser.form.links ?? []).toEqual([]);
    await browser.send(newPassword);
    expect(browser.step).toEqual({
      kind: 'info',
      text: text('accountUpdatedMessage'),
      redirectUri: 'https://app.example/',
    });
    expect(user.emailVerified).toBe(true);
    expect((await world.told(browser.realm.id)).map(({ type }) => type)).toEqual([
      'admin',
      'EXECUTE_ACTION_TOKEN',
      'UPDATE_PASSWORD',
      'UPDATE_CREDENTIAL',
      'EXECUTE_ACTIONS',
    ]);
  });

  it('N-16: takes the second factor of who has one, before another one is set up', async () => {
    const account = person();
    account.credentials.push({ id: randomUUID(), type: 'otp' });
    await send(account.user.id, { actions: ['CONFIGURE_TOTP'] });
    await world.postOffice.deliver();
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-otp');
    await browser.send({ otp: CODE });
    expect(browser.form.page).toBe('login-login-config-totp');
  });

  it('cannot be begun anew without the link', async () => {
    const { user } = person();
    await send(user.id);
    await world.postOffice.deliver();
    await browser.useLink(mails.last.key);
    await browser.reload({ restart: true });
    expect(browser.step).toMatchObject({ kind: 'failed' });
  });

  it('is not asked for any more where the realm has withdrawn it since', async () => {
    const { user } = person();
    await send(user.id);
    await world.postOffice.deliver();
    world.neighbours.enabled = [];
    await browser.useLink(mails.last.key);
    expect(browser.step).toMatchObject({ kind: 'info' });
  });

  it('may be the address alone', async () => {
    const { user } = person();
    await send(user.id, { kind: 'verify-email', actions: [], lifespan: 86_400 });
    await world.postOffice.deliver();
    expect(mails.last.raw).toContain('1 day');
    expect(await browser.openLink(mails.last.key)).toMatchObject({
      form: { blocks: [{ text: text('confirmEmailAddressVerification') }] },
    });
    await browser.useLink(mails.last.key);
    expect(user.emailVerified).toBe(true);
  });

  it.each([
    ['without an address', () => person({ email: undefined }).user.id, {}, 'User email missing'],
    ['who is disabled', () => person({ enabled: false }).user.id, {}, 'User is disabled'],
    ['who is not there', () => randomUUID(), {}, 'User not found'],
    [
      'what nobody knows',
      () => person().user.id,
      { actions: ['NONSENSE'] },
      'Provided invalid required actions',
    ],
  ])('is refused for a user %s', async (_, whom, more, message) => {
    await expect(send(whom(), more)).rejects.toMatchObject({ message });
    expect(await world.toldTypes(browser.realm.id)).toEqual([]);
  });

  it('is refused where the realm has no mail server', async () => {
    world.neighbours.smtpServer = {};
    await expect(send(person().user.id)).rejects.toMatchObject({
      code: 'internal',
      message: 'Failed to send execute actions email: the realm has no mail server',
    });
  });

  it('is refused where the mail server does not take it; then nothing of it comes later', async () => {
    mails.refusals = 1;
    await expect(send(person().user.id)).rejects.toMatchObject({
      message: 'Failed to send execute actions email: EMESSAGE',
    });
    const letter: Partial<SendLink> = { kind: 'verify-email', actions: [] };
    world.neighbours.smtpServer = { host: '127.0.0.1', port: '1', from: 'no-reply@acme.example' };
    await expect(send(person().user.id, letter)).rejects.toMatchObject({
      message: 'Failed to send verify email: ESOCKET',
    });
    expect(await world.toldTypes(browser.realm.id)).toEqual([]);
    world.neighbours.smtpServer = mails.settings;
    world.clock.advance(3600);
    await world.postOffice.deliver();
    expect(mails.received).toEqual([]);
  });
});
