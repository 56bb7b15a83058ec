import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { MailServer } from '../testing/mail-server.js';
import { World, type Browser } from '../testing/world.js';
import { letter } from './letters.js';
import { Smtp } from './smtp.js';

let world: World;
let mails: MailServer;
let browser: Browser;
beforeAll(async () => {
  [world, mails] = await Promise.all([World.open(), MailServer.open()]);
});
afterAll(async () => void (await Promise.all([world.close(), mails.close()])));
beforeEach(() => {
  mails.received.length = 0;
  mails.refusals = 0;
  world.neighbours.smtpServer = mails.settings;
  browser = world.browser(world.realm({ resetPasswordAllowed: true }));
});

let people = 0;
async function posted() {
  const { user } = world.neighbours.person(`p${++people}`, { email: `p${people}@acme.example` });
  await browser.open('reset-credentials');
  await browser.send({ username: user.username });
  return user;
}
const waiting = () => world.db.query<{ attempts: number }[]>('select attempts from mail');

it('takes each mail once, with any number of instances', async () => {
  for (let i = 0; i < 12; i++) {
    browser = world.browser(browser.realm);
    await posted();
  }
  await Promise.all(Array.from({ length: 4 }, () => world.postOffice.deliver()));
  expect(mails.received).toHaveLength(12);
  expect(await waiting()).toEqual([]);
});

it('tries again later, with a key that is new, and is not heard of before its time', async () => {
  await posted();
  mails.refusals = 1;
  await world.postOffice.deliver();
  await world.postOffice.deliver();
  expect(mails.received).toEqual([]);
  expect(await waiting()).toEqual([{ attempts: 1 }]);
  world.clock.advance(60);
  await world.postOffice.deliver();
  expect(mails.received).toHaveLength(1);
  expect(await browser.openLink(mails.last.key)).toMatchObject({ kind: 'confirm' });
});

it('gives up when the link is over its time', async () => {
  await posted();
  world.neighbours.smtpServer = {};
  await world.postOffice.deliver();
  world.clock.advance(301);
  world.neighbours.smtpServer = mails.settings;
  await world.postOffice.deliver();
  expect([mails.received, await waiting()]).toEqual([[], []]);
});

it('gives up after the fifth attempt, and tells of it', async () => {
  browser = world.browser(world.realm({ resetPasswordAllowed: true, userLinkLifespan: 86_400 }));
  const user = await posted();
  world.neighbours.smtpServer = { host: '127.0.0.1', port: '1', from: 'a@acme.example' };
  for (let i = 0; i < 5; i++) {
    await world.postOffice.deliver();
    world.clock.advance(60 * 2 ** i);
  }
  expect(await waiting()).toEqual([]);
  expect((await world.told(browser.realm.id)).at(-1)).toMatchObject({
    type: 'SEND_RESET_PASSWORD_ERROR',
    subject: user.id,
    data: { error: 'email_send_failed', userId: user.id },
  });
});

it('sends nothing for what was not saved', async () => {
  await posted();
  // Two that send one form at once: the one that loses was not there.
  await browser.open('reset-credentials');
  const { user } = world.neighbours.person(`p${++people}`, { email: `p${people}@acme.example` });
  const page = browser.page;
  await Promise.all([
    browser.send({ username: user.username }, page),
    browser.send({ username: user.username }, page),
  ]);
  await world.postOffice.deliver();
  expect(mails.received.filter(({ to }) => to.includes(user.email ?? ''))).toHaveLength(1);
});

it('gives a password away to no server that does not encrypt where encryption is asked for', async () => {
  const settings = { ...mails.settings, starttls: 'true' };
  const mail = { subject: 's', text: 't', html: 'h' };
  await expect(new Smtp().send(settings, 'a@acme.example', mail)).rejects.toThrow();
  await expect(
    new Smtp().send({ ...settings, starttls: 'false' }, 'a@acme.example', mail),
  ).resolves.toBeUndefined();
});

it.each(['a@acme.example, b@evil.example', 'a@acme.example\r\nBcc: b@evil.example', '<b@evil.example>'])(
  'sends to one address, whatever the address holds: %j',
  async (address) => {
    const mail = { subject: 's', text: 't', html: 'h' };
    await new Smtp().send(mails.settings, address, mail).catch(() => undefined);
    for (const { to, raw } of mails.received) {
      expect(to).toHaveLength(1);
      expect(raw).not.toMatch(/^Bcc:/m);
    }
  },
);

it('writes letters in which a name is a name and nothing else', () => {
  const values = { realmName: '<b>Acme\r\nBcc: x@evil.example</b>', realmUrl: '', minutes: 60 };
  const written = letter('reset-credentials', values, 'https://id.example/?a=1&b="2"');
  expect(written.html).not.toContain('<b>');
  expect(written.html).toContain('href="https://id.example/?a=1&amp;b=&quot;2&quot;"');
  expect(written.text).toContain('1 hour.');
  expect(letter('verify-email', values, 'x').subject).not.toContain('\n');
});
