import 'reflect-metadata';
import { flows, text } from '@tumbler/contract-flows';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MailServer } from '../testing/mail-server.js';
import { CODE } from '../testing/neighbours.js';
import { World, type Browser } from '../testing/world.js';

let world: World;
let mails: MailServer;
let browser: Browser;
beforeAll(async () => {
  [world, mails] = await Promise.all([World.open(), MailServer.open()]);
  world.neighbours.smtpServer = mails.settings;
});
afterAll(async () => void (await Promise.all([world.close(), mails.close()])));
beforeEach(async () => {
  browser = world.browser(world.realm({ resetPasswordAllowed: true }));
  await world.postOffice.deliver();
  mails.received.length = 0;
});

let people = 0;
function person({ app = false, email = `p${++people}@acme.example`, enabled = true } = {}) {
  const account = world.neighbours.person(`p${++people}`, { email, enabled });
  if (app) account.credentials.push({ id: randomUUID(), type: 'otp' });
  return account;
}
async function forgets(username: string, visitor = browser) {
  await visitor.open('reset-credentials');
  await visitor.send({ username });
  await world.postOffice.deliver();
}
const newPassword = { 'password-new': 'a new password', 'password-confirm': 'a new password' };

/** What is set for the step that has to do with apps. */
async function configured(config: Record<string, string>): Promise<void> {
  const { id: realmId } = browser.realm;
  await world.trees.ofRealm(realmId);
  await world.db.query(
    `with config as (
       insert into authenticator_config (id, realm_id, alias, config)
       values (gen_random_uuid(), $1, 'lost phones', $2) returning id)
     update execution set config_id = config.id from config
      where realm_id = $1 and authenticator = 'reset-otp'`,
    [realmId, config],
  );
}

describe('a forgotten password', () => {
  it('is set anew behind the link from the mailbox; then the user signs in with it', async () => {
    const { user } = person();
    await forgets(user.username);
    expect(browser.form).toMatchObject({ page: 'login-info', message: { text: text('emailSentMessage') } });
    expect(mails.received).toMatchObject([{ from: 'no-reply@acme.example', to: [user.email] }]);
    expect(mails.last.raw).toContain('Subject: Reset password');
    expect(mails.last.raw).toContain('https://id.example/realms/acme/login-actions/action-token?key=');
    expect(mails.last.raw).toContain('5 minutes');

    expect(await browser.openLink(mails.last.key)).toMatchObject({ kind: 'confirm' });
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-update-password');
    await browser.send({ ...newPassword, 'logout-sessions': 'on' });
    expect(browser.step).toEqual({
      kind: 'info',
      text: text('accountUpdatedMessage'),
      redirectUri: expect.stringContaining('/login-actions/restart?to=login&') as string,
      endSessionsOf: user.id,
    });
    await browser.signIn(user.username, 'a new password');
    expect(browser.finished?.amr).toEqual(['pwd']);
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'SEND_RESET_PASSWORD',
      'EXECUTE_ACTION_TOKEN',
      'UPDATE_PASSWORD',
      'UPDATE_CREDENTIAL',
      'RESET_PASSWORD',
      'LOGIN',
    ]);
  });

  it('C-07: never signs anybody in, whatever was given', async () => {
    const { user } = person({ app: true });
    await forgets(user.username);
    await browser.useLink(mails.last.key);
    await browser.send({ otp: CODE });
    await browser.send(newPassword);
    expect(browser.step.kind).toBe('info');
  });

  it('N-13: needs the app that the user has beside the mailbox', async () => {
    const account = person({ app: true });
    await forgets(account.user.username);
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-otp');
    await browser.send(newPassword);
    await browser.send({ otp: '000000' });
    expect(browser.form.page).toBe('login-login-otp');
    expect(account.password).toBe(`${account.user.username}-password`);
    await browser.send({ otp: CODE });
    expect(browser.form.page).toBe('login-login-update-password');
  });

  it('may be set without the app where the administrator has chosen so, and the app anew', async () => {
    const account = person({ app: true });
    await configured({ ask_enrolled_factor: 'false', action_on_otp_reset_flag: 'Remove all' });
    await forgets(account.user.username);
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-reset-otp');
    await browser.send({});
    expect(account.credentials.map(({ type }) => type)).toEqual(['password']);
    expect(browser.form.page).toBe('login-login-config-totp');
    await browser.send({ totp: CODE });
    await browser.send(newPassword);
    expect(browser.step.kind).toBe('info');
    expect(await world.toldTypes(browser.realm.id)).toContain('REMOVE_CREDENTIAL');
  });

  it('goes on after the app that the code was of, where the realm takes that away for it', async () => {
    const account = person({ app: true });
    await configured({ action_on_otp_reset_flag: 'Remove one' });
    await forgets(account.user.username);
    await browser.useLink(mails.last.key);
    await browser.send({ otp: CODE });
    expect(account.credentials.map(({ type }) => type)).toEqual(['password']);
    await browser.send({ totp: CODE });
    await browser.send(newPassword);
    expect(browser.step.kind).toBe('info');
  });

  it('leaves what else the user has to do to the next login, which asks for more than a mailbox', async () => {
    const account = person();
    account.user.requiredActions = ['CONFIGURE_TOTP'];
    await forgets(account.user.username);
    await browser.useLink(mails.last.key);
    expect(browser.form.page).toBe('login-login-update-password');
    await browser.send(newPassword);
    expect(browser.step.kind).toBe('info');
    expect(account.user.requiredActions).toEqual(['CONFIGURE_TOTP']);
  });

  it('is no business of a realm that does not allow it', async () => {
    const closed = world.browser();
    expect(await closed.open('reset-credentials')).toMatchObject({
      kind: 'failed',
      error: text('resetCredentialNotAllowedMessage'),
    });
    const signIn = world.browser();
    await signIn.open();
    expect(signIn.form.links).toEqual([]);
    await browser.open();
    expect(browser.form.links).toMatchObject([{ to: 'reset-credentials' }]);
  });
});

describe('who asks learns nothing (C-07)', () => {
  /** What the visitor sees, without what is made anew each time. */
  const seen = ({ step }: Browser) =>
    JSON.parse(JSON.stringify(step).replaceAll(/"(login|execution|code)":"[^"]+"/g, '"$1":""')) as unknown;

  it('a name that nobody has, one without an address, a disabled account and a right one look alike', async () => {
    const names = [
      person().user.username,
      person({ email: '' }).user.username,
      person({ enabled: false }).user.username,
      'nobody',
      'nobody\u0000',
    ];
    const answers: { seen: unknown; calls: string[] }[] = [];
    for (const username of names) {
      const visitor = world.browser(world.realm({ resetPasswordAllowed: true }));
      await visitor.open('reset-credentials');
      const calls = await visitor.callsOf(() => visitor.send({ username }));
      await visitor.reload();
      answers.push({ seen: seen(visitor), calls });
    }
    const [right, ...others] = answers;
    for (const other of others.slice(0, 3)) expect(other).toEqual(right);
    expect(others.map((other) => other.seen)).toEqual(others.map(() => right?.seen));
    await world.postOffice.deliver();
    expect(mails.received).toHaveLength(1);
  });

  it('and cannot fill a mailbox', async () => {
    const { user } = person();
    await forgets(user.username);
    for (let i = 0; i < 5; i++) await browser.send({ resend: 'on' });
    await forgets(user.username, world.browser(browser.realm));
    expect(mails.received).toHaveLength(1);
    world.clock.advance(61);
    await browser.send({ resend: 'on' });
    await world.postOffice.deliver();
    expect(mails.received).toHaveLength(2);
  });
});

describe('a link', () => {
  it('works once, and what scanners do to it does not count', async () => {
    await forgets(person().user.username);
    const { key } = mails.last;
    for (let i = 0; i < 3; i++) expect(await browser.openLink(key)).toMatchObject({ kind: 'confirm' });
    const visitors = Array.from({ length: 8 }, () => world.browser(browser.realm));
    const steps = await Promise.all(visitors.map((visitor) => visitor.useLink(key)));
    expect(steps.filter(({ kind }) => kind === 'form')).toHaveLength(1);
    expect(steps.filter(({ kind }) => kind === 'failed')).toHaveLength(7);
    expect(await browser.openLink(key)).toEqual({ kind: 'expired' });
  });

  it('is void when its time is over, in another realm, and when it is not ours', async () => {
    await forgets(person().user.username);
    const { key } = mails.last;
    const elsewhere = world.browser(world.realm({ resetPasswordAllowed: true }));
    expect(await elsewhere.useLink(key)).toMatchObject({ kind: 'failed' });
    expect(await browser.useLink(key.slice(1))).toMatchObject({ kind: 'failed' });
    expect(await browser.useLink('')).toMatchObject({ kind: 'failed' });
    world.clock.advance(300);
    expect(await browser.useLink(key)).toMatchObject({ kind: 'failed' });
  });

  it('is void when the address is another one by now, or the account is disabled', async () => {
    const moved = person();
    await forgets(moved.user.username);
    moved.user.email = 'other@acme.example';
    expect(await browser.useLink(mails.last.key)).toMatchObject({ kind: 'failed' });
    const disabled = person();
    await forgets(disabled.user.username);
    disabled.user.enabled = false;
    expect(await browser.useLink(mails.last.key)).toMatchObject({ kind: 'failed' });
  });

  it('is the only one that works: with it, older ones are used up', async () => {
    const { user } = person();
    await forgets(user.username);
    world.clock.advance(61);
    await forgets(user.username);
    const [older, newer] = mails.received.map(({ key }) => key) as [string, string];
    await browser.useLink(newer);
    expect(browser.step.kind).toBe('form');
    expect(await world.browser(browser.realm).useLink(older)).toMatchObject({ kind: 'failed' });
  });

  it('is not to be found in the database, in an event, or in the page that waits', async () => {
    await forgets(person().user.username);
    const rows = await world.db.query<unknown[]>(
      `select to_jsonb(l) from action_link l union all select to_jsonb(m) from mail m
       union all select event from outbox union all select to_jsonb(o) from login o`,
    );
    expect(JSON.stringify(rows)).not.toContain(mails.last.key);
    expect(JSON.stringify(browser.step)).not.toContain(mails.last.key);
  });

  it('is forgotten after its time', async () => {
    await forgets(person().user.username);
    world.clock.advance(301);
    await world.housekeeping.tidy();
    expect(await world.db.query('select 1 from action_link')).toEqual([]);
  });

  it('begins anew where the user starts again: it is no proof for two logins', async () => {
    const { user } = person();
    await forgets(user.username);
    await browser.useLink(mails.last.key);
    await browser.reload({ restart: true });
    expect(browser.form.page).toBe('login-login-reset-password');
    expect(browser.form).not.toHaveProperty('attemptedUsername');
  });
});

it('no route leads from a link to a session, with the flow bent to end at once', async () => {
  const { realm } = browser;
  await world.trees.ofRealm(realm.id);
  await world.db.query(
    `update execution set requirement = 'DISABLED' where realm_id = $1 and authenticator = 'reset-password'`,
    [realm.id],
  );
  await forgets(person().user.username);
  await browser.useLink(mails.last.key);
  expect(browser.step).toMatchObject({ kind: 'info' });
  expect(await world.bus.call(flows.events, { realmId: realm.id, types: ['LOGIN'] })).toEqual([]);
});
