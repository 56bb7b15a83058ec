import { randomUUID } from 'node:crypto';
import { users, type Realm, type UpdateAction } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
let realm: Realm;

beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());
beforeEach(async () => void (realm = await service.realm()));

const list = () => service.bus.call(users.listActions, { realmId: realm.id });
const aliases = async () => (await list()).map(({ alias }) => alias);
const update = (alias: string, changes: Partial<UpdateAction>) =>
  service.bus.call(users.updateAction, {
    by,
    realmId: realm.id,
    alias,
    enabled: true,
    defaultAction: false,
    priority: 54,
    ...changes,
  });
const remove = (alias: string) => service.bus.call(users.removeAction, { by, realmId: realm.id, alias });
const move = (alias: string, direction: 'raise' | 'lower') =>
  service.bus.call(users.moveAction, { by, realmId: realm.id, alias, direction });
const register = (providerId: string, name?: string) =>
  service.bus.call(users.registerAction, { by, realmId: realm.id, providerId, name });
const requiredOf = async (userId: string) =>
  (await service.bus.call(users.get, { realmId: realm.id, userId })).user?.requiredActions;
const lastAdminEvent = async () => (await service.told(realm.id, 'admin')).at(-1)?.data;

describe('the required actions of a new realm', () => {
  it('are those of the manual, in order of priority', async () => {
    const rows = (await list()).map((a) => [a.alias, a.name, a.enabled, a.defaultAction, a.priority]);
    expect(rows).toEqual([
      ['TERMS_AND_CONDITIONS', 'Terms and Conditions', false, false, 20],
      ['UPDATE_PROFILE', 'Update Profile', true, false, 40],
      ['VERIFY_EMAIL', 'Verify Email', true, false, 50],
      ['CONFIGURE_TOTP', 'Configure OTP', true, false, 54],
      ['UPDATE_PASSWORD', 'Update Password', true, false, 57],
      ['delete_account', 'Delete Account', false, false, 60],
      ['UPDATE_EMAIL', 'Update Email', false, false, 70],
      ['VERIFY_PROFILE', 'Verify Profile', true, false, 100],
      ['delete_credential', 'Delete Credential', true, false, 110],
      ['CONFIGURE_RECOVERY_AUTHN_CODES', 'Recovery Authentication Codes', true, false, 130],
      ['update_user_locale', 'Update User Locale', true, false, 1000],
    ]);
  });
});

describe('set as default action', () => {
  it('reaches users who are created afterwards, by an administrator or by themselves, and nobody else', async () => {
    const before = await service.user(realm, { username: 'before' });
    await update('CONFIGURE_TOTP', { defaultAction: true });
    const byAdmin = await service.user(realm, { username: 'after' });
    const registered = await service.bus.call(users.create, {
      realmId: realm.id,
      fields: { username: 'registered' },
    });
    expect(await requiredOf(byAdmin)).toEqual(['CONFIGURE_TOTP']);
    expect(await requiredOf(registered.id)).toEqual(['CONFIGURE_TOTP']);
    expect(await requiredOf(before)).toEqual([]);
    await service.bus.call(users.update, { realmId: realm.id, userId: before, fields: { firstName: 'B' } });
    expect(await requiredOf(before)).toEqual([]);
  });

  it('is added to what the administrator asks of a new user, once', async () => {
    await update('CONFIGURE_TOTP', { defaultAction: true });
    const id = await service.user(realm, {
      username: 'ann',
      requiredActions: ['UPDATE_PASSWORD', 'CONFIGURE_TOTP', 'no-such-action'],
    });
    expect(await requiredOf(id)).toEqual(['UPDATE_PASSWORD', 'CONFIGURE_TOTP']);
  });

  it('reaches nobody while the action is not enabled', async () => {
    await update('CONFIGURE_TOTP', { defaultAction: true, enabled: false });
    expect(await requiredOf(await service.user(realm, { username: 'ann' }))).toEqual([]);
  });

  it('ends with the users who are created after it was taken back', async () => {
    await update('CONFIGURE_TOTP', { defaultAction: true });
    const during = await service.user(realm, { username: 'during' });
    await update('CONFIGURE_TOTP', { defaultAction: false });
    expect(await requiredOf(await service.user(realm, { username: 'later' }))).toEqual([]);
    expect(await requiredOf(during)).toEqual(['CONFIGURE_TOTP']);
  });
});

describe('an update', () => {
  it('replaces everything and is told to the audit log', async () => {
    const changed = await update('CONFIGURE_TOTP', {
      name: 'Set up OTP',
      priority: 5,
      config: { 'add-recovery-codes': 'true' },
    });
    expect(changed).toEqual({
      alias: 'CONFIGURE_TOTP',
      providerId: 'CONFIGURE_TOTP',
      name: 'Set up OTP',
      enabled: true,
      defaultAction: false,
      priority: 5,
      config: { 'add-recovery-codes': 'true' },
    });
    expect((await list())[0]).toEqual(changed);
    expect(await lastAdminEvent()).toMatchObject({
      operationType: 'UPDATE',
      resourceType: 'REQUIRED_ACTION',
      resourcePath: 'authentication/required-actions/CONFIGURE_TOTP',
      representation: { name: 'Set up OTP', priority: 5 },
      authDetails: by,
    });
    expect(await update('CONFIGURE_TOTP', {})).toMatchObject({ config: {}, name: 'Set up OTP' });
  });

  it('that renames an action keeps it before those who have it', async () => {
    const id = await service.user(realm, { username: 'ann', requiredActions: ['CONFIGURE_TOTP'] });
    expect(await update('CONFIGURE_TOTP', { newAlias: 'otp' })).toMatchObject({
      alias: 'otp',
      providerId: 'CONFIGURE_TOTP',
    });
    expect(await requiredOf(id)).toEqual(['otp']);
    expect(await aliases()).not.toContain('CONFIGURE_TOTP');
  });

  it.each<[string, Partial<UpdateAction>, string, string]>([
    ['an alias that is taken', { newAlias: 'UPDATE_PASSWORD' }, 'conflict', 'alias'],
    ['an alias of more than one line', { newAlias: 'a\nb' }, 'invalid_request', 'newAlias'],
    ['a priority that no number column holds', { priority: 1e12 }, 'invalid_request', 'priority'],
    ['config that is not text', { config: { a: 1 } as never }, 'invalid_request', 'config'],
    ['config with half a character', { config: { a: '\ud800' } }, 'invalid_request', 'config'],
  ])('is refused for %s, and nothing is changed', async (_, changes, code, field) => {
    const before = await list();
    await expect(update('CONFIGURE_TOTP', changes)).rejects.toMatchObject({ code, details: { field } });
    expect(await list()).toEqual(before);
  });

  it.each([
    ['update', () => update('nothing', {}), 'Failed to find required action'],
    ['remove', () => remove('nothing'), 'Failed to find required action.'],
    ['move', () => move('nothing', 'raise'), 'Failed to find required action.'],
  ])('%s of an action that is not there is an error in its own words', async (_, attempt, message) => {
    await expect(attempt()).rejects.toMatchObject({ code: 'not_found', details: { message } });
  });
});

describe('an action that is unregistered', () => {
  it('leaves the list and can be registered again, last of all', async () => {
    await remove('CONFIGURE_TOTP');
    expect(await aliases()).not.toContain('CONFIGURE_TOTP');
    expect(await service.bus.call(users.unregisteredActions, { realmId: realm.id })).toEqual([
      { providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' },
    ]);
    expect(await register('CONFIGURE_TOTP', 'OTP')).toEqual({
      alias: 'CONFIGURE_TOTP',
      name: 'OTP',
      providerId: 'CONFIGURE_TOTP',
      enabled: true,
      defaultAction: false,
      priority: 1001,
      config: {},
    });
    expect((await aliases()).at(-1)).toBe('CONFIGURE_TOTP');
    expect(await service.bus.call(users.unregisteredActions, { realmId: realm.id })).toEqual([]);
  });

  it('still stands before the users who had it when it comes back', async () => {
    const id = await service.user(realm, { username: 'ann', requiredActions: ['CONFIGURE_TOTP'] });
    await remove('CONFIGURE_TOTP');
    expect(await requiredOf(id)).toEqual(['CONFIGURE_TOTP']);
    await register('CONFIGURE_TOTP');
    expect(await requiredOf(id)).toEqual(['CONFIGURE_TOTP']);
  });

  it.each([
    ['twice', 'CONFIGURE_TOTP', 'conflict'],
    ['when nobody knows how to ask for it', 'webauthn-register', 'invalid_request'],
  ])('is not registered %s', async (_, providerId, code) => {
    await expect(register(providerId)).rejects.toMatchObject({ code });
  });

  it('is not registered in a realm that is not there', async () => {
    const nowhere = { by, realmId: randomUUID(), providerId: 'CONFIGURE_TOTP' };
    await expect(service.bus.call(users.registerAction, nowhere)).rejects.toMatchObject({
      code: 'realm_not_found',
    });
  });
});

describe('an action that is moved', () => {
  it('changes places with its neighbour, and stays at the end of the list', async () => {
    await move('CONFIGURE_TOTP', 'raise');
    expect((await aliases()).slice(1, 4)).toEqual(['UPDATE_PROFILE', 'CONFIGURE_TOTP', 'VERIFY_EMAIL']);
    await move('CONFIGURE_TOTP', 'lower');
    await move('CONFIGURE_TOTP', 'lower');
    expect((await aliases()).slice(2, 5)).toEqual(['VERIFY_EMAIL', 'UPDATE_PASSWORD', 'CONFIGURE_TOTP']);
    await move('TERMS_AND_CONDITIONS', 'raise');
    await move('update_user_locale', 'lower');
    expect((await aliases())[0]).toBe('TERMS_AND_CONDITIONS');
    expect((await aliases()).at(-1)).toBe('update_user_locale');
  });

  it('by two administrators at once moves twice', async () => {
    await Promise.all([move('UPDATE_PASSWORD', 'raise'), move('UPDATE_PASSWORD', 'raise')]);
    expect((await aliases()).indexOf('UPDATE_PASSWORD')).toBe(2);
  });
});
