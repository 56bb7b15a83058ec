import { randomUUID } from 'node:crypto';
import { users, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
let realm: Realm;
let annId: string;

beforeAll(async () => {
  service = await TestUsers.start();
  realm = await service.openRealm();
  annId = await service.user(realm, {
    username: 'Ann',
    email: 'Ann@Example.org',
    emailVerified: true,
    firstName: 'Ann',
    lastName: 'Lee',
    attributes: { team: ['red', 'blue'] },
    requiredActions: ['UPDATE_PROFILE', 'CONFIGURE_TOTP'],
  });
});
afterAll(() => service.close());

const identify = (name: string, of = realm) => service.bus.call(users.identify, { realmId: of.id, name });
const get = (userId: string, of = realm) => service.bus.call(users.get, { realmId: of.id, userId });
const finish = (alias: string, userId = annId, of = realm) =>
  service.bus.call(users.finishAction, { realmId: of.id, userId, alias });

describe('who is meant by what somebody typed', () => {
  it('is told with everything that a login needs', async () => {
    const { user, actions } = await identify('ann');
    expect(user).toEqual({
      id: annId,
      username: 'ann',
      email: 'ann@example.org',
      emailVerified: true,
      firstName: 'Ann',
      lastName: 'Lee',
      enabled: true,
      attributes: { team: ['red', 'blue'] },
      roles: [`default-roles-${realm.name}`, 'offline_access', 'uma_authorization'],
      requiredActions: ['UPDATE_PROFILE', 'CONFIGURE_TOTP'],
      notBefore: 0,
    });
    expect(actions.map(({ alias }) => alias)).toEqual([
      'UPDATE_PROFILE',
      'VERIFY_EMAIL',
      'CONFIGURE_TOTP',
      'UPDATE_PASSWORD',
      'VERIFY_PROFILE',
      'delete_credential',
      'CONFIGURE_RECOVERY_AUTHN_CODES',
      'update_user_locale',
    ]);
    expect(actions[2]).toEqual({
      alias: 'CONFIGURE_TOTP',
      name: 'Configure OTP',
      providerId: 'CONFIGURE_TOTP',
      enabled: true,
      defaultAction: false,
      priority: 54,
      config: {},
    });
  });

  it.each(['ann', 'ANN', '  Ann ', 'ａｎｎ', 'ann@example.org', 'ANN@EXAMPLE.ORG'])(
    'is Ann for %j',
    async (name) => {
      expect((await identify(name)).user?.id).toBe(annId);
    },
  );

  it.each(['', 'an', 'ann%', 'ann_', '*', 'ann\0', '\ud800', "ann' or '1'='1", 'ann@example'])(
    'is nobody for %j, and the actions of the realm come all the same',
    async (name) => {
      const { user, actions } = await identify(name);
      expect(user).toBeNull();
      expect(actions).toHaveLength(8);
    },
  );

  it('is asked of Postgres in one statement, and so is a user by id, once somebody was who has the same', async () => {
    await identify('ann');
    await identify('nobody');
    expect(await service.statements(() => identify('ann'))).toBe(1);
    expect(await service.statements(() => identify('nobody'))).toBe(1);
    expect(await service.statements(() => get(annId))).toBe(1);
  });

  it('is no e-mail address where the realm does not allow it', async () => {
    const strict = await service.realm({ loginWithEmailAllowed: false });
    const id = await service.user(strict, { username: 'bob', email: 'bob@example.org' });
    expect((await identify('bob@example.org', strict)).user).toBeNull();
    expect((await identify('bob', strict)).user?.id).toBe(id);
  });

  it('is no e-mail address where two users may share one', async () => {
    const shared = await service.realm({ duplicateEmailsAllowed: true, loginWithEmailAllowed: true });
    await service.user(shared, { username: 'bob', email: 'both@example.org' });
    await service.user(shared, { username: 'cat', email: 'both@example.org' });
    expect((await identify('both@example.org', shared)).user).toBeNull();
  });

  it('is the owner of the username, whoever claims it as an address later', async () => {
    const lax = await service.realm({ loginWithEmailAllowed: false });
    const owner = await service.user(lax, { username: 'bob@example.org' });
    await service.user(lax, { username: 'mallory', email: 'bob@example.org' });
    await service.bus.call(users.updateRealm, {
      by,
      realmId: lax.id,
      settings: { loginWithEmailAllowed: true },
    });
    expect((await identify('bob@example.org', lax)).user?.id).toBe(owner);
  });

  it('is nobody of another realm', async () => {
    const other = await service.realm();
    expect((await identify('ann', other)).user).toBeNull();
    expect((await get(annId, other)).user).toBeNull();
  });

  it('cannot be asked of a realm that is not there', async () => {
    const nowhere = { ...realm, id: randomUUID() };
    await expect(identify('ann', nowhere)).rejects.toMatchObject({ code: 'realm_not_found' });
    await expect(get(annId, nowhere)).rejects.toMatchObject({ code: 'realm_not_found' });
  });
});

describe('a user by id', () => {
  it('is the same as by name', async () => {
    expect(await get(annId)).toEqual(await identify('ann'));
  });

  it('who is disabled is told as such, for the login to decide', async () => {
    const id = await service.user(realm, { username: 'dora', enabled: false });
    expect((await get(id)).user).toMatchObject({ username: 'dora', enabled: false });
  });

  it('keeps an action that the realm has switched off, though it is not among those that may be asked', async () => {
    const id = await service.user(realm, { username: 'tess', requiredActions: ['TERMS_AND_CONDITIONS'] });
    const { user, actions } = await get(id);
    expect(user?.requiredActions).toEqual(['TERMS_AND_CONDITIONS']);
    expect(actions.map(({ alias }) => alias)).not.toContain('TERMS_AND_CONDITIONS');
  });
});

describe('an action that was done', () => {
  it('is taken off, and again without harm', async () => {
    await finish('CONFIGURE_TOTP');
    await finish('CONFIGURE_TOTP');
    expect((await get(annId)).user?.requiredActions).toEqual(['UPDATE_PROFILE']);
  });

  it('is known by the alias that the realm gave it', async () => {
    const own = await service.realm();
    const id = await service.user(own, { username: 'eve', requiredActions: ['CONFIGURE_TOTP'] });
    await service.bus.call(users.updateAction, {
      by,
      realmId: own.id,
      alias: 'CONFIGURE_TOTP',
      newAlias: 'second-factor',
      enabled: true,
      defaultAction: false,
      priority: 1,
    });
    expect((await get(id, own)).user?.requiredActions).toEqual(['second-factor']);
    await finish('second-factor', id, own);
    expect((await get(id, own)).user?.requiredActions).toEqual([]);
  });

  it('may have confirmed the address', async () => {
    const id = await service.user(realm, {
      username: 'fay',
      email: 'fay@example.org',
      requiredActions: ['VERIFY_EMAIL'],
    });
    const done = { realmId: realm.id, userId: id, alias: 'VERIFY_EMAIL', emailVerified: true };
    await service.bus.call(users.finishAction, done);
    expect((await get(id)).user).toMatchObject({ emailVerified: true, requiredActions: [] });
  });

  it('leaves attributes on the user, beside those that were there', async () => {
    const open = await service.openRealm();
    const id = await service.user(open, { username: 'tim', attributes: { team: ['red'], size: ['m'] } });
    const done = { realmId: open.id, userId: id, alias: 'TERMS_AND_CONDITIONS' };
    await service.bus.call(users.finishAction, { ...done, attributes: { size: ['l'], terms: ['1'] } });
    const { user } = await service.bus.call(users.get, { realmId: open.id, userId: id });
    expect(user?.attributes).toEqual({ team: ['red'], size: ['l'], terms: ['1'] });
    const wrong = { '': ['x'] };
    await expect(service.bus.call(users.finishAction, { ...done, attributes: wrong })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('leaves an action alone that was asked for meanwhile', async () => {
    const id = await service.user(realm, { username: 'gil', requiredActions: ['CONFIGURE_TOTP'] });
    await Promise.all([
      finish('CONFIGURE_TOTP', id),
      service.bus.call(users.update, { realmId: realm.id, userId: id, fields: { firstName: 'Gil' } }),
    ]);
    expect((await get(id)).user).toMatchObject({ firstName: 'Gil', requiredActions: [] });
  });

  it('is added once, however often it is asked for', async () => {
    const id = await service.user(realm, { username: 'hal', requiredActions: ['UPDATE_PASSWORD'] });
    const add = { realmId: realm.id, userId: id, alias: 'CONFIGURE_TOTP' };
    await Promise.all([service.bus.call(users.addAction, add), service.bus.call(users.addAction, add)]);
    const { user } = await get(id);
    expect(user?.requiredActions.toSorted()).toEqual(['CONFIGURE_TOTP', 'UPDATE_PASSWORD']);
    await expect(service.bus.call(users.addAction, { ...add, userId: randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('of nobody is an error', async () => {
    await expect(finish('CONFIGURE_TOTP', randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });
});
