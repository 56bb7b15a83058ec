import 'reflect-metadata';
import { text } from '@tumbler/contract-flows';
import { users, type ProfileAttribute } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE } from '../../testing/neighbours.js';
import { type Browser, World } from '../../testing/world.js';

let world: World;
let browser: Browser;
beforeEach(async () => {
  world = await World.open();
  browser = world.browser(world.realm({ registrationAllowed: true }));
});
afterEach(() => world.close());

const rita = {
  username: 'Rita',
  email: 'rita@example.org',
  firstName: 'Rita',
  lastName: 'Roe',
  password: 'a long password',
  'password-confirm': 'a long password',
};

describe('registration', () => {
  it('is offered on the login page where the realm allows it', async () => {
    await browser.open();
    expect(browser.form.links).toContainEqual({
      id: 'kc-registration',
      label: text('doRegister'),
      to: 'registration',
    });
    const closed = world.browser();
    await closed.open();
    expect(closed.form.links).toEqual([]);
  });

  it('makes the account, the password first, and lets the new user in', async () => {
    await browser.open('registration');
    expect(browser.form).toMatchObject({ page: 'login-register', id: 'kc-register-form' });
    const calls = await browser.callsOf(() => browser.send(rita));
    expect(calls).toEqual([
      ...['users.userProfile', 'credentials.setPassword', 'users.create', 'users.get', 'credentials.has'],
    ]);
    expect(browser.finished).toMatchObject({ username: 'rita', amr: ['pwd'] });
    expect(await world.toldTypes(browser.realm.id)).toEqual(['REGISTER', 'LOGIN']);
    const [event] = await world.told(browser.realm.id);
    expect(event?.data).toMatchObject({
      userId: browser.finished?.userId,
      details: { register_method: 'form', username: 'rita', email: 'rita@example.org' },
    });
  });

  it('writes down when the terms were accepted, where it asks for that', async () => {
    await world.trees.ofRealm(browser.realm.id);
    await world.db.query(
      `update execution set requirement = 'REQUIRED' where realm_id = $1 and authenticator = 'registration-terms-and-conditions'`,
      [browser.realm.id],
    );
    await browser.open('registration');
    await browser.send(rita);
    expect(browser.errors).toEqual([{ termsAccepted: text('termsAcceptanceRequired') }]);
    await browser.send({ ...rita, termsAccepted: 'on' });
    const { user } = world.neighbours.accounts.find(({ user: { username } }) => username === 'rita')!;
    const seconds = Math.floor(world.clock.now().getTime() / 1000);
    expect(user.attributes).toEqual({ terms_and_conditions: [String(seconds)] });
  });

  it('leads through the default actions before the door', async () => {
    world.neighbours.defaultActions = ['CONFIGURE_TOTP'];
    await browser.open('registration');
    await browser.send(rita);
    expect(browser.form).toMatchObject({ page: 'login-login-config-totp', attemptedUsername: 'rita' });
    await browser.send({ totp: CODE });
    expect(await world.toldTypes(browser.realm.id)).toEqual([
      'REGISTER',
      'UPDATE_TOTP',
      'UPDATE_CREDENTIAL',
      'LOGIN',
    ]);
  });

  it('says what is wrong at each field, gives back what was typed, and no password', async () => {
    await browser.open('registration');
    await browser.send({ username: 'rita', email: 'no address', password: 'one', 'password-confirm': 'two' });
    expect(browser.errors).toEqual([
      { email: text('invalidEmailMessage') },
      { firstName: text('missingFirstNameMessage') },
      { lastName: text('missingLastNameMessage') },
      { 'password-confirm': text('invalidPasswordConfirmMessage') },
    ]);
    const values = browser.form.fields.flatMap(({ name, value }) => (value ? [[name, value]] : []));
    expect(values).toEqual([
      ['username', 'rita'],
      ['email', 'no address'],
    ]);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['REGISTER_ERROR invalid_registration']);
  });

  it('keeps to the password policy', async () => {
    await browser.open('registration');
    await browser.send({ ...rita, password: 'short', 'password-confirm': 'short' });
    expect(browser.errors).toEqual([{ password: text('invalidPasswordMinLengthMessage', 8) }]);
    expect(world.neighbours.accounts).toEqual([]);
  });

  it('forgets the password again when the name is taken', async () => {
    world.neighbours.person('rita');
    await browser.open('registration');
    await browser.send(rita);
    expect(browser.errors).toEqual([{ username: text('usernameExistsMessage') }]);
    expect(world.neighbours.passwords.size).toBe(0);
    expect(await world.toldTypes(browser.realm.id)).toEqual(['REGISTER_ERROR username_in_use']);
  });

  it('makes one account when the reply was lost and the form is sent again', async () => {
    await browser.open('registration');
    let lost = true;
    const made: string[] = [];
    world.bus.stub(users.create, ({ userId, fields }) => {
      if (!lost) throw new AppError('conflict', { field: 'username' });
      lost = false;
      made.push(userId!);
      world.neighbours.person(fields.username!.toLowerCase(), {}, userId);
      throw new AppError('service_unavailable');
    });
    await expect(browser.send(rita)).rejects.toMatchObject({ code: 'service_unavailable' });
    await browser.send(rita);
    expect(browser.finished?.userId).toBe(made[0]);
    expect(world.bus.calls).not.toContain('credentials.eraseUser');
  });

  it('asks for no name where the address is the name', async () => {
    browser = world.browser(world.realm({ registrationAllowed: true, registrationEmailAsUsername: true }));
    await browser.open('registration');
    expect(browser.form.fields.map(({ name }) => name)).not.toContain('username');
    await browser.send({ ...rita, username: 'somebody else' });
    expect(browser.finished?.username).toBe('rita@example.org');
  });

  describe('asks what the realm wants to know of its users', () => {
    const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };
    const add = (...attributes: ProfileAttribute[]) =>
      world.neighbours.profile.attributes.push(...attributes);
    const fields = () => browser.form.fields.map(({ name }) => name);
    const madeOf = (username: string) =>
      world.neighbours.accounts.find(({ user }) => user.username === username)?.user;

    it('and lets them write, in its order and words, and keeps what they say', async () => {
      add(
        { name: 'team', displayName: 'Your team', permissions: EVERYBODY, required: { roles: ['user'] } },
        { name: 'size', permissions: EVERYBODY, validations: { options: { options: ['s', 'm'] } } },
        { name: 'plan', permissions: EVERYBODY, defaultValue: 'basic' },
        { name: 'salary', permissions: { view: ['user', 'admin'], edit: ['admin'] }, required: {} },
        // Somebody’s idea, by which the password would lie among the attributes.
        { name: 'password', permissions: EVERYBODY },
      );
      await browser.open('registration');
      expect(fields()).toEqual([
        ...['username', 'email', 'firstName', 'lastName', 'team', 'size', 'plan'],
        ...['password', 'password-confirm'],
      ]);
      expect(browser.form.fields.slice(4, 7)).toMatchObject([
        { label: { literal: 'Your team' }, type: 'text', required: true },
        { type: 'radio', optional: true, options: [{ value: 's' }, { value: 'm' }] },
        { value: 'basic', optional: true },
      ]);
      await browser.send({ ...rita, team: ' ' });
      expect(browser.errors).toEqual([{ team: text('error-user-attribute-required') }]);
      await browser.send({ ...rita, team: 'red', size: 'm', plan: '', salary: '9', other: 'x' });
      expect(browser.finished?.username).toBe('rita');
      expect(madeOf('rita')?.attributes).toEqual({ team: ['red'], size: ['m'] });
    });

    it('and not what it does not: a name that nobody has to have, an address that users may not write', async () => {
      const { attributes } = world.neighbours.profile;
      world.neighbours.profile.attributes = attributes.flatMap((attribute) => {
        if (attribute.name === 'lastName') return [];
        if (attribute.name === 'email') return [{ ...attribute, permissions: { view: [], edit: ['admin'] } }];
        return [attribute.name === 'firstName' ? { ...attribute, required: undefined } : attribute];
      });
      await browser.open('registration');
      expect(fields()).toEqual(['username', 'firstName', 'password', 'password-confirm']);
      await browser.send({ ...rita, firstName: '' });
      expect(browser.finished?.username).toBe('rita');
      expect(madeOf('rita')?.email).toBeUndefined();
    });

    it('but always for the name that they sign in with, be that the address', async () => {
      const { profile } = world.neighbours;
      const closed = { view: ['admin'], edit: ['admin'] };
      profile.attributes = profile.attributes.map((attribute) => ({ ...attribute, permissions: closed }));
      await browser.open('registration');
      expect(fields()[0]).toBe('username');
      browser = world.browser(world.realm({ registrationAllowed: true, registrationEmailAsUsername: true }));
      await browser.open('registration');
      expect(fields()).toEqual(['email', 'password', 'password-confirm']);
      await browser.send({ ...rita, email: '' });
      expect(browser.errors).toEqual([{ email: text('missingEmailMessage') }]);
    });

    it('and says at each field what its rules find wrong, in words that are translated', async () => {
      add({ name: 'team', permissions: EVERYBODY });
      world.bus.stub(users.create, () => {
        const team = { field: 'team', message: 'error-invalid-length', params: ['team', 3, 9] };
        const name = { field: 'username', message: 'error-username-invalid-character', params: ['username'] };
        throw new AppError('invalid_request', { ...team, fields: [team, name] });
      });
      await browser.open('registration');
      await browser.send({ ...rita, team: 'x' });
      expect(browser.errors).toEqual([
        { username: text('error-username-invalid-character', 'username') },
        { team: text('error-invalid-length', 'team', 3, 9) },
      ]);
      expect(world.neighbours.passwords.size).toBe(0);
      await browser.send({ ...rita, team: 'x'.repeat(2049) });
      expect(browser.errors).toEqual([{ team: text('error-invalid-value') }]);
    });
  });

  it('is closed where the realm does not allow it, and from the moment that it does not', async () => {
    const closed = world.browser();
    await closed.open('registration');
    expect(closed.step).toEqual({
      kind: 'failed',
      error: text('registrationNotAllowedMessage'),
      status: 400,
    });
    expect(await world.toldTypes(closed.realm.id)).toEqual(['REGISTER_ERROR registration_disabled']);

    await browser.open('registration');
    browser.realm.registrationAllowed = false;
    await browser.send(rita);
    expect(browser.step).toMatchObject({ kind: 'failed' });
    expect(world.neighbours.accounts).toEqual([]);
  });
});
