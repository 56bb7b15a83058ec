import 'reflect-metadata';
import { credentials } from '@tumbler/contract-credentials';
import { text } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { MailServer } from '../../testing/mail-server.js';
import { type Browser, World } from '../../testing/world.js';

let world: World;
let mails: MailServer;
let browser: Browser;
beforeAll(async () => void (mails = await MailServer.open()));
afterAll(() => mails.close());
beforeEach(async () => {
  world = await World.open();
  world.neighbours.enabled = ['UPDATE_EMAIL', 'VERIFY_EMAIL'];
  world.neighbours.configs = { UPDATE_EMAIL: { verifyEmail: 'true' } };
  world.neighbours.smtpServer = mails.settings;
  mails.received.length = 0;
  browser = world.browser();
  return () => world.close();
});

const person = (more: object = {}) =>
  world.neighbours.person('ann', { email: 'old@acme.example', emailVerified: true, ...more });
/** Signs in at an application that asks for another address, and gives one. */
async function moves(to = 'new@acme.example', { user } = person()) {
  await browser.open('browser', { action: 'UPDATE_EMAIL' });
  await browser.send({ username: 'ann', password: 'ann-password' });
  await browser.send({ email: to, 'logout-sessions': 'on' });
  await world.postOffice.deliver();
  return user;
}
const setPassword = (userId: string) =>
  world.bus.call(credentials.setPassword, {
    ...{ realmId: browser.realm.id, userId, password: 'set by an administrator' },
  });
const mailsTo = (address: string) => mails.received.filter(({ to }) => to.includes(address));

describe('a new address that is to be confirmed', () => {
  it('counts from when the link was opened that is sent there, and the old one is told', async () => {
    const user = await moves();
    expect(browser.form).toMatchObject({
      page: 'login-update-email-sent',
      blocks: [{ text: text('emailUpdateConfirmationSent', 'new@acme.example') }],
    });
    expect(mails.received.map(({ to }) => to)).toEqual([['new@acme.example']]);
    await browser.send({ email: 'new@acme.example', sent: 'on' });
    expect(browser.form.message?.text).toEqual(text('emailNotVerifiedYet'));
    expect(user.email).toBe('old@acme.example');

    const phone = world.browser(browser.realm);
    const { key } = mails.last;
    expect(await phone.openLink(key)).toMatchObject({
      form: { blocks: [{ text: text('confirmEmailUpdate') }] },
    });
    expect(user.email).toBe('old@acme.example');
    await phone.useLink(key);
    expect(phone.step).toEqual({ kind: 'info', text: text('emailUpdatedMessage', 'new@acme.example') });
    expect(user).toMatchObject({ email: 'new@acme.example', emailVerified: true });
    await world.postOffice.deliver();
    expect(mailsTo('old@acme.example')).toHaveLength(1);
    expect(mails.last.raw).toContain('was changed');
    expect(mails.last.key).toBe('');

    await browser.send({ email: 'new@acme.example', sent: 'on', 'logout-sessions': 'on' });
    expect(browser.finished).toMatchObject({ endOtherSessions: true, action: { status: 'success' } });
    expect(await world.told(browser.realm.id)).toMatchObject([
      { type: 'SEND_VERIFY_EMAIL', data: { details: { email: 'new@acme.example' } } },
      {
        type: 'UPDATE_EMAIL',
        data: { details: { previous_email: 'old@acme.example', updated_email: 'new@acme.example' } },
      },
      { type: 'LOGIN' },
    ]);
  });

  it('is confirmed by a link once', async () => {
    await moves();
    const { key } = mails.last;
    await browser.useLink(key);
    await browser.useLink(key);
    expect(browser.step).toMatchObject({ error: text('expiredActionTokenNoSessionMessage') });
  });

  it('is not taken by an account that has moved elsewhere since', async () => {
    const user = await moves();
    user.email = 'third@acme.example';
    await browser.useLink(mails.last.key);
    expect(browser.step).toMatchObject({ kind: 'failed' });
    expect(user.email).toBe('third@acme.example');
  });

  it.each([
    ['that is over its time', async () => world.clock.advance(301)],
    ['of a user who is disabled', async (user: { enabled: boolean }) => void (user.enabled = false)],
    ['of a user who may not change it', async (user: { emailFixed?: true }) => void (user.emailFixed = true)],
    [
      'that somebody asked for who has lost the account since, by another password',
      ({ id }: { id: string }) => setPassword(id),
    ],
    [
      'that was asked for before its user was signed out everywhere',
      async (user: { notBefore: number }) => void (user.notBefore = world.clock.seconds()),
    ],
  ])('is not confirmed by a link %s', async (_, meanwhile) => {
    const user = await moves();
    await meanwhile(user);
    await browser.useLink(mails.last.key);
    expect(browser.step).toMatchObject({ kind: 'failed' });
    expect(user.email).toBe('old@acme.example');
  });

  it('does not tell whether somebody else has it before the link was opened', async () => {
    world.bus.stub(users.update, () => {
      throw new AppError('conflict', { field: 'email' });
    });
    await moves('taken@acme.example');
    expect(browser.form.page).toBe('login-update-email-sent');
    await browser.useLink(mails.last.key);
    expect(browser.step).toMatchObject({ kind: 'failed', error: text('emailExistsMessage') });
    const told = await world.told(browser.realm.id);
    expect(told.at(-1)).toMatchObject({
      type: 'UPDATE_EMAIL_ERROR',
      data: {
        error: 'email_in_use',
        details: {
          ...{ username: 'ann', previous_email: 'old@acme.example', updated_email: 'taken@acme.example' },
        },
      },
    });
  });

  it('can be another one after all, and is sent one letter in a minute', async () => {
    await moves('tpyo@acme.example');
    await browser.send({ email: 'tpyo@acme.example', sent: 'on', change: 'on' });
    expect(browser.form.fields[0]).toMatchObject({ type: 'email', value: 'tpyo@acme.example' });
    world.clock.advance(61);
    await browser.send({ email: 'typo@acme.example' });
    await browser.send({ email: 'typo@acme.example', sent: 'on', resend: 'on' });
    await world.postOffice.deliver();
    expect(mails.received.map(({ to }) => to)).toEqual([['tpyo@acme.example'], ['typo@acme.example']]);
    await browser.useLink(mails.last.key);
    await browser.useLink(mails.received[0]!.key);
    expect(browser.step).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['', 'missingEmailMessage'],
    ['nowhere', 'invalidEmailMessage'],
    ['a@b\r\nBcc: c@d', 'invalidEmailMessage'],
    [`${'x'.repeat(250)}@acme.example`, 'invalidEmailMessage'],
  ])('is not %j', async (email, error) => {
    await moves(email);
    expect(browser.errors).toEqual([{ email: text(error) }]);
    expect(mails.received).toEqual([]);
  });
});

describe('where addresses are not to be confirmed', () => {
  beforeEach(() => (world.neighbours.configs = {}) && undefined);

  it('a new one counts at once, unproven, and the old one is told', async () => {
    const user = await moves('New@acme.example');
    expect(user).toMatchObject({ email: 'new@acme.example', emailVerified: false });
    expect(browser.finished?.action?.status).toBe('success');
    expect(mails.received.map(({ to }) => to)).toEqual([['old@acme.example']]);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['UPDATE_EMAIL', 'LOGIN']);
  });

  it('one that is taken is refused', async () => {
    world.bus.stub(users.update, () => {
      throw new AppError('conflict', { field: 'email' });
    });
    await moves();
    expect(browser.errors).toEqual([{ email: text('emailExistsMessage') }]);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['UPDATE_EMAIL_ERROR email_in_use']);
  });
});

it('the realm decides by its own setting, too, and an address that is to be changed is not to be confirmed first', async () => {
  world.neighbours.configs = {};
  browser = world.browser(world.realm({ verifyEmail: true }));
  await moves('new@acme.example', person({ emailVerified: false, requiredActions: ['UPDATE_EMAIL'] }));
  expect(browser.form.page).toBe('login-update-email-sent');
});

it('nobody is asked who may not change their address', async () => {
  person({ emailFixed: true });
  await browser.open('browser', { action: 'UPDATE_EMAIL' });
  await browser.send({ username: 'ann', password: 'ann-password' });
  expect(browser.finished?.action).toEqual({ name: 'UPDATE_EMAIL', status: 'error' });
});
