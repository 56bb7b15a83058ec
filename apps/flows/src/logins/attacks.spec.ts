import 'reflect-metadata';
import { credentials, type Verified } from '@tumbler/contract-credentials';
import { text, type LoginStep } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { World } from '../testing/world.js';

let world: World;
beforeEach(async () => void (world = await World.open()));
afterEach(() => world.close());

const EXPIRED = { kind: 'expired' };

describe('who guesses a password', () => {
  it('learns nothing from how an unknown name, a wrong password and a locked account are answered', async () => {
    world.neighbours.person('ann');
    const seen: unknown[] = [];
    const asked: string[][] = [];
    for (const username of ['ann', 'nobody', 'locked']) {
      if (username === 'locked') {
        world.neighbours.person('locked');
        world.bus.stub(credentials.verify, (): Verified => ({ verdict: 'locked', has: [], lockedUntil: 1 }));
      }
      const browser = world.browser();
      await browser.open();
      asked.push(await browser.callsOf(() => browser.send({ username, password: 'wrong' })));
      seen.push(JSON.stringify(browser.form).replaceAll(username, '?'));
      expect(browser.errors).toEqual([{ username: text('invalidUserMessage') }]);
    }
    expect(new Set(seen).size).toBe(1);
    expect(new Set(asked.map(String))).toEqual(new Set(['users.identify,credentials.verify']));
  });

  it('is told that an account is disabled only with its right password (keycloak.md §6.4)', async () => {
    world.neighbours.person('ann', { enabled: false });
    const browser = world.browser();
    await browser.signIn('ann', 'wrong');
    expect(browser.errors).toEqual([{ username: text('invalidUserMessage') }]);
    await browser.send({ username: 'ann', password: 'ann-password' });
    expect(browser.errors).toEqual([{ username: text('accountDisabledMessage') }]);
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'LOGIN_ERROR invalid_user_credentials',
      'LOGIN_ERROR user_disabled',
    ]);
  });

  it('is told of, with the reason, and with the user where there is one', async () => {
    const { user } = world.neighbours.person('ann');
    const browser = world.browser();
    await browser.signIn('ann', 'wrong');
    await browser.send({ username: 'nobody', password: 'wrong' });
    const [wrong, unknown] = await world.told(browser.realm.id);
    expect(wrong?.data).toMatchObject({ userId: user.id, error: 'invalid_user_credentials' });
    expect(wrong?.data).not.toHaveProperty('sessionId');
    expect(unknown?.data).toMatchObject({ error: 'user_not_found', details: { username: 'nobody' } });
    expect(unknown?.data).not.toHaveProperty('userId');
  });

  it('is not counted for a form without a password', async () => {
    const browser = world.browser();
    await browser.open();
    expect(await browser.callsOf(() => browser.send({ username: 'ann', password: '' }))).toEqual([]);
    expect(browser.errors).toEqual([{ username: text('invalidUserMessage') }]);
  });

  it.each(['a'.repeat(300), 'a\0b', 'a\ud800', ''])(
    'with a name that nobody can have is answered like any other',
    async (name) => {
      const browser = world.browser();
      await browser.open();
      const calls = await browser.callsOf(() => browser.send({ username: name, password: 'wrong' }));
      expect(calls).toContain('credentials.verify');
      expect(await world.toldTypes(browser.realm.id)).toEqual(['LOGIN_ERROR user_not_found']);
      expect(browser.errors).toEqual([{ username: text('invalidUserMessage') }]);
    },
  );
});

describe('the second factor', () => {
  it('is asked for however one turns: by the back button, a second tab, the first form again', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.open();
    const first = browser.page;
    await browser.send({ username: 'ann', password: 'ann-password' });

    await browser.send({ username: 'ann', password: 'ann-password' }, first);
    expect(browser.form).toMatchObject({
      page: 'login-login-otp',
      message: { kind: 'warning', text: text('expiredActionMessage') },
    });
    await browser.reload();
    expect(browser.form.page).toBe('login-login-otp');
    await browser.open();
    expect(browser.form.page).toBe('login-login');
  });

  it('cannot be answered with the step of the password, or with a step that is made up', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.open();
    const { execution } = browser.page;
    await browser.signIn('ann');
    const calls = await browser.callsOf(async () => {
      await browser.send({ username: 'ann', password: 'ann-password' }, { execution });
      await browser.send({ otp: CODE }, { execution: randomUUID() });
      await browser.send({ otp: CODE }, { execution: 'CONFIGURE_TOTP' });
    });
    expect(calls.filter((call) => call !== 'flows.submit')).toEqual([]);
    expect(browser.form.page).toBe('login-login-otp');
  });

  it('takes a code once: another login with the same code hears that it is wrong (T-05)', async () => {
    world.neighbours.personWithOtp('ann');
    const [first, second] = [world.browser(), world.browser()];
    await first.signIn('ann');
    await second.signIn('ann');
    await first.send({ otp: CODE });
    expect(first.finished).toBeDefined();
    await second.send({ otp: CODE });
    expect(second.errors).toEqual([{ otp: text('invalidTotpMessage') }]);
    const [event] = await world.told(second.realm.id);
    expect(event).toMatchObject({
      type: 'LOGIN_ERROR',
      data: {
        error: 'invalid_user_credentials',
        details: { username: 'ann', credential_type: 'otp', passed_credentials: 'password' },
      },
    });
  });

  it('shows the page again, uncounted, when the field is missing, and refuses an empty one (keycloak.md §6.4)', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    expect(await browser.callsOf(() => browser.send({}))).toEqual(['users.get']);
    expect(browser.errors).toEqual([]);
    await browser.send({ otp: ' ' });
    expect(browser.errors).toEqual([{ otp: text('invalidTotpMessage') }]);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['LOGIN_ERROR invalid_user_credentials']);
  });

  it('offers the devices by name, the default one first, and takes no other', async () => {
    const { credentials: has } = world.neighbours.personWithOtp('ann', 'phone', 'tablet');
    const browser = world.browser();
    await browser.signIn('ann');
    const [choice] = browser.form.fields;
    expect(choice).toMatchObject({
      name: 'selectedCredentialId',
      options: [
        { id: 'kc-otp-credential-0', label: { literal: 'phone' }, checked: true },
        { id: 'kc-otp-credential-1', label: { literal: 'tablet' }, checked: false },
      ],
    });
    const calls = await browser.callsOf(() =>
      browser.send({ otp: CODE, selectedCredentialId: randomUUID() }),
    );
    expect(calls).toEqual(['users.get']);
    expect(browser.errors).toEqual([{ otp: text('invalidTotpMessage') }]);
    await browser.send({ otp: CODE, selectedCredentialId: has[2]!.id });
    expect(browser.finished).toBeDefined();
  });

  it('lets nobody in who was disabled, or removed, while the page was open', async () => {
    const ann = world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    ann.user.enabled = false;
    await browser.send({ otp: CODE });
    expect(browser.step).toEqual({ kind: 'failed', error: text('accountDisabledMessage'), status: 400 });

    const bob = world.neighbours.personWithOtp('bob');
    const other = world.browser();
    await other.signIn('bob');
    bob.user.id = randomUUID();
    world.bus.stub(credentials.verify, () => ({ verdict: 'ok', has: bob.credentials }));
    await other.send({ otp: CODE });
    expect(other.step).toMatchObject({ kind: 'failed' });
  });
});

describe('a login belongs to one browser, one realm, and its time', () => {
  async function asked(as: (step: LoginStep) => Promise<LoginStep>): Promise<void> {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    expect(await as(browser.step)).toEqual(EXPIRED);
  }

  it('another browser sees nothing of it', () =>
    asked(async (step) => {
      const thief = world.browser();
      thief.step = step;
      expect(await thief.send({ otp: CODE })).toEqual(EXPIRED);
      thief.step = step;
      return thief.reload();
    }));

  it('another realm sees nothing of it', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    browser.realm.id = randomUUID();
    expect(await browser.send({ otp: CODE })).toEqual(EXPIRED);
  });

  it('after its time it is over', async () => {
    world.neighbours.personWithOtp('ann');
    const browser = world.browser();
    await browser.signIn('ann');
    world.clock.advance(1801);
    expect(await browser.send({ otp: CODE })).toEqual(EXPIRED);
  });

  it.each(['', 'nothing', randomUUID(), "' or true --"])(
    'an id that is made up is nothing',
    async (login) => {
      const browser = world.browser();
      await browser.open();
      expect(await browser.send({ username: 'ann', password: 'x' }, { login })).toEqual(EXPIRED);
    },
  );

  it('an abandoned enrolment is over after the time of an action, however often it is reloaded', async () => {
    world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.signIn('ann');
    world.clock.advance(200);
    await browser.reload();
    await browser.send({ totp: '000000' });
    expect(browser.form.page).toBe('login-login-config-totp');
    world.clock.advance(101);
    expect(await browser.send({ totp: CODE })).toEqual(EXPIRED);
  });

  it('is thrown away when it is over', async () => {
    await world.browser().open();
    await world.housekeeping.tidy();
    const count = async () => (await world.db.query('select 1 from login')).length;
    expect(await count()).toBe(1);
    world.clock.advance(1801);
    await world.housekeeping.tidy();
    expect(await count()).toBe(0);
  });
});

describe('a required action', () => {
  it('cannot be walked around: not by the back button, a second tab, another login, or another form (Casdoor #3932)', async () => {
    world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.open();
    const login = browser.page;
    await browser.send({ username: 'ann', password: 'ann-password' });
    const isEnrolment = () => expect(browser.form.page).toBe('login-login-config-totp');
    isEnrolment();
    await browser.send({ username: 'ann', password: 'ann-password' }, login);
    isEnrolment();
    await browser.send({ otp: CODE });
    isEnrolment();
    await browser.send({});
    isEnrolment();
    await browser.send({ 'cancel-aia': 'true' });
    isEnrolment();
    await browser.signIn('ann');
    isEnrolment();
    expect(await world.toldTypes(browser.realm.id)).toEqual([]);
  });

  it('does not come before the password', async () => {
    world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.signIn('ann', 'wrong');
    expect(browser.form.page).toBe('login-login');
    await browser.send({ totp: CODE }, { execution: 'CONFIGURE_TOTP' });
    expect(browser.form.page).toBe('login-login');
  });

  it('stands before those who come by the cookie as well', async () => {
    const { user } = world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    const authTime = Math.floor(world.clock.now().getTime() / 1000) - 100;
    browser.session = { id: randomUUID(), userId: user.id, authTime, amr: ['pwd'] };
    await browser.open();
    expect(browser.form.page).toBe('login-login-config-totp');
    await browser.send({ totp: CODE });
    expect(browser.finished).toMatchObject({ sessionId: browser.session.id, authTime, amr: ['pwd'] });
  });

  it('shows no secret in a field, and tells none', async () => {
    world.neighbours.person('ann', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.signIn('ann');
    const [secret] = [...world.neighbours.pending.values()];
    expect(JSON.stringify(browser.form.blocks)).toContain(secret);
    expect(JSON.stringify([browser.form.fields, browser.form.links])).not.toContain(secret);
    await browser.send({ totp: CODE, userLabel: 'phone' });
    const stored: unknown[] = await world.db.query('select * from login');
    const everything = JSON.stringify([await world.told(browser.realm.id), stored]);
    for (const hidden of [secret!, CODE, 'ann-password']) expect(everything).not.toContain(hidden);
  });
});

it('begins anew when asked to, and tells of it', async () => {
  world.neighbours.personWithOtp('ann');
  const browser = world.browser();
  await browser.signIn('ann');
  expect(browser.form.links).toContainEqual({
    id: 'reset-login',
    label: text('restartLoginTooltip'),
    to: 'restart',
  });
  await browser.reload({ restart: true });
  expect(browser.form).toMatchObject({ page: 'login-login' });
  expect(browser.form.attemptedUsername).toBeUndefined();
  await browser.send({ otp: CODE });
  expect(browser.form.page).toBe('login-login');
  expect((await world.toldTypes(browser.realm.id))[0]).toBe('RESTART_AUTHENTICATION');
});

it('does not take over a session that is void, or somebody who is disabled', async () => {
  const { user } = world.neighbours.person('ann', { notBefore: 2_000_000_000 });
  const browser = world.browser();
  browser.session = { id: randomUUID(), userId: user.id, authTime: 1_700_000_000, amr: ['pwd'] };
  await browser.open();
  expect(browser.form.page).toBe('login-login');
  Object.assign(user, { notBefore: 0, enabled: false });
  await browser.open();
  expect(browser.form.page).toBe('login-login');
  user.enabled = true;
  expect(await browser.callsOf(() => browser.open())).toEqual(['users.get', 'credentials.has']);
  expect(browser.finished).toMatchObject({ sessionId: browser.session.id, authTime: 1_700_000_000 });
});

it('disables an account that credentials locked for good', async () => {
  const ann = world.neighbours.person('ann');
  world.bus.stub(credentials.verify, (): Verified => ({ verdict: 'locked', has: [], lockedForGood: true }));
  const changed: unknown[] = [];
  world.bus.stub(users.update, ({ userId, fields }) => {
    changed.push([userId, fields]);
    throw new AppError('internal');
  });
  const browser = world.browser();
  await browser.open();
  await browser.send({ username: 'ann', password: 'x' }).catch(() => {});
  expect(changed).toEqual([[ann.user.id, { enabled: false }]]);
});
