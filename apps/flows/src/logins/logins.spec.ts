import 'reflect-metadata';
import { text } from '@tumbler/contract-flows';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CODE } from '../testing/neighbours.js';
import { World } from '../testing/world.js';

let world: World;
beforeAll(async () => void (world = await World.open()));
afterAll(() => world.close());

describe('a login', () => {
  it('with a right password ends at once for somebody without a second factor', async () => {
    const { user } = world.neighbours.person('ann');
    const browser = world.browser();
    expect(await browser.callsOf(() => browser.open())).toEqual([]);
    expect(browser.form).toMatchObject({ page: 'login-login', id: 'kc-form-login' });

    const calls = await browser.callsOf(() => browser.send({ username: ' Ann ', password: 'ann-password' }));
    expect(calls).toEqual(['users.identify', 'credentials.verify']);
    expect(browser.finished).toMatchObject({
      userId: user.id,
      username: 'ann',
      clientId: 'account',
      redirectUri: 'https://app.example/back',
      amr: ['pwd'],
    });
    const [event] = await world.told(browser.realm.id);
    const { login } = browser.step as { login: string };
    expect(event).toMatchObject({
      type: 'LOGIN',
      subject: user.id,
      data: {
        userId: user.id,
        sessionId: login,
        clientId: 'account',
        ipAddress: '192.0.2.7',
        details: { username: 'ann', code_id: login, redirect_uri: 'https://app.example/back' },
      },
    });
  });

  it('asks for the code after the password, where the user has a device', async () => {
    world.neighbours.personWithOtp('bob');
    const browser = world.browser();
    await browser.signIn('bob');
    expect(browser.form).toMatchObject({
      page: 'login-login-otp',
      id: 'kc-otp-login-form',
      attemptedUsername: 'bob',
    });
    const calls = await browser.callsOf(() => browser.send({ otp: CODE }));
    expect(calls.sort()).toEqual(['credentials.verify', 'users.get']);
    expect(browser.finished?.amr).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('stands still at the enrolment page until the first right code', async () => {
    const { user } = world.neighbours.person('cleo', { requiredActions: ['CONFIGURE_TOTP'] });
    const browser = world.browser();
    await browser.open();
    const calls = await browser.callsOf(() => browser.send({ username: 'cleo', password: 'cleo-password' }));
    expect(calls).toEqual(['users.identify', 'credentials.verify', 'credentials.beginOtp']);
    expect(browser.form).toMatchObject({
      page: 'login-login-config-totp',
      id: 'kc-totp-settings-form',
      message: { kind: 'warning', text: text('configureTotpMessage') },
    });
    const shown = browser.form.blocks;

    await browser.send({ totp: '000000' });
    expect(browser.errors).toEqual([{ totp: text('invalidTotpMessage') }]);
    expect(browser.form.blocks).toEqual(shown);
    await browser.reload();
    expect(browser.form.blocks).toEqual(shown);

    const last = await browser.callsOf(() => browser.send({ totp: `${CODE.slice(0, 3)} ${CODE.slice(3)}` }));
    // The account is read before the confirmation: it may have been disabled, or lost its password, while the page was open.
    expect(last).toEqual(['users.get', 'credentials.has', 'credentials.confirmOtp', 'users.finishAction']);
    expect(browser.finished).toMatchObject({ userId: user.id, amr: ['pwd'] });
    expect(user.requiredActions).toEqual([]);
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'UPDATE_CREDENTIAL_ERROR invalid_user_credentials',
      'UPDATE_TOTP',
      'UPDATE_CREDENTIAL',
      'LOGIN',
    ]);
  });
});
