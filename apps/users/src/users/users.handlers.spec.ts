import { randomUUID } from 'node:crypto';
import { users, type Realm, type UserFields } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
let realm: Realm;

beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());
beforeEach(async () => void (realm = await service.openRealm()));

const make = (fields: UserFields, of = realm) => service.user(of, fields);
const view = (userId: string, of = realm) => service.bus.call(users.view, { realmId: of.id, userId });
const update = (userId: string, fields: UserFields, of = realm) =>
  service.bus.call(users.update, { by, realmId: of.id, userId, fields });
const typesTold = async () => (await service.told(realm.id)).map(({ type }) => type);

describe('a new user', () => {
  it('has what was sent, in its one form, and defaults for the rest', async () => {
    const id = await make({
      username: '  Ann ',
      email: 'Ann@Example.ORG',
      firstName: 'Ann',
      attributes: { team: ['red'] },
      requiredActions: ['UPDATE_PASSWORD'],
    });
    expect(await view(id)).toEqual({
      id,
      username: 'ann',
      email: 'ann@example.org',
      emailVerified: false,
      firstName: 'Ann',
      enabled: true,
      createdTimestamp: service.clock.now().getTime(),
      attributes: { team: ['red'] },
      unmanagedAttributes: { team: ['red'] },
      requiredActions: ['UPDATE_PASSWORD'],
      notBefore: 0,
    });
  });

  it('may have an id that the caller chose, once', async () => {
    const question = { realmId: realm.id, userId: randomUUID(), fields: { username: 'ann' } };
    expect(await service.bus.call(users.create, question)).toEqual({ id: question.userId });
    const again = { ...question, fields: { username: 'bob' } };
    await expect(service.bus.call(users.create, again)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('by an administrator is told to the audit log; by registration it is not an administrator who did it', async () => {
    const id = await make({ username: 'Ann' });
    const told = await service.told(realm.id, 'admin');
    expect(told.map(({ data }) => data)).toEqual([
      {
        operationType: 'CREATE',
        resourceType: 'USER',
        resourcePath: `users/${id}`,
        representation: { username: 'ann' },
        authDetails: by,
      },
    ]);
    await service.bus.call(users.create, { realmId: realm.id, fields: { username: 'bob' } });
    expect(await service.told(realm.id, 'admin')).toHaveLength(1);
  });

  it('is called by the e-mail address where the realm says so', async () => {
    const byEmail = await service.realm({ registrationEmailAsUsername: true });
    const id = await make({ username: 'ignored', email: 'Ann@Example.org' }, byEmail);
    expect(await view(id, byEmail)).toMatchObject({ username: 'ann@example.org', email: 'ann@example.org' });
  });

  it('of a realm that is not there is an error', async () => {
    const nowhere = { ...realm, id: randomUUID() };
    await expect(make({ username: 'ann' }, nowhere)).rejects.toMatchObject({ code: 'realm_not_found' });
  });

  it.each<[string, UserFields, string, string]>([
    ['no username', {}, 'username', 'User name is missing'],
    ['a username of spaces', { username: '  ' }, 'username', 'User name is missing'],
    ['a username with a space', { username: 'ann lee' }, 'username', 'error-username-invalid-character'],
    ['a username with a NUL', { username: 'ann\0' }, 'username', 'error-username-invalid-character'],
    ['an invisible letter', { username: 'an\u200bn' }, 'username', 'error-username-invalid-character'],
    ['a slash in full width', { username: 'a／b' }, 'username', 'error-username-invalid-character'],
    [
      'a username that grows too long',
      { username: 'ﷺ'.repeat(20) },
      'username',
      'error-invalid-length-too-long',
    ],
    ['an address without a host', { username: 'ann', email: 'ann' }, 'email', 'error-invalid-email'],
    ['two addresses', { username: 'ann', email: 'a@b.org,c@d.org' }, 'email', 'error-invalid-email'],
    ['a line break', { username: 'ann', email: 'a@b.org\nBcc: c@d.org' }, 'email', 'error-invalid-email'],
    [
      'a first name in markup',
      { username: 'a', firstName: '<b>' },
      'firstName',
      'error-person-name-invalid-character',
    ],
    [
      'a last name with a NUL',
      { username: 'a', lastName: 'x\0' },
      'lastName',
      'error-person-name-invalid-character',
    ],
    [
      'an attribute that is no list',
      { username: 'a', attributes: { a: 'b' } as never },
      'attributes',
      'error-invalid-value',
    ],
    [
      'half a character',
      { username: 'a', attributes: { a: ['\ud800'] } },
      'attributes',
      'error-invalid-value',
    ],
    [
      'too much',
      { username: 'a', attributes: { a: ['x'.repeat(70_000)] } },
      'attributes',
      'error-invalid-value',
    ],
  ])('is refused for %s', async (_, fields, field, message) => {
    await expect(make(fields)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field, message },
    });
    expect(await service.bus.call(users.count, { realmId: realm.id })).toBe(0);
    expect(await service.told(realm.id, 'admin')).toEqual([]);
  });

  it('is told every field that is wrong, at once', async () => {
    await expect(make({ username: 'a b', email: 'x' })).rejects.toMatchObject({
      details: { fields: [{ field: 'username' }, { field: 'email' }] },
    });
  });
});

describe('names that are taken', () => {
  beforeEach(() => make({ username: 'ann', email: 'ann@example.org' }));

  it.each<[UserFields, string, string]>([
    [{ username: 'ANN' }, 'User exists with same username', 'username'],
    [{ username: 'ａｎｎ' }, 'User exists with same username', 'username'],
    [{ username: 'bob', email: 'ANN@example.org' }, 'User exists with same email', 'email'],
    [{ username: 'ann@example.org' }, 'User exists with same username', 'username'],
  ])('%j', async (fields, message, field) => {
    await expect(make(fields)).rejects.toMatchObject({ code: 'conflict', details: { message, field } });
  });

  it('are also those that read as an address of somebody else', async () => {
    await make({ username: 'bob@example.org' });
    await expect(make({ username: 'cat', email: 'bob@example.org' })).rejects.toMatchObject({
      details: { message: 'User exists with same email' },
    });
  });

  it('are free in another realm', async () => {
    const other = await service.realm();
    await make({ username: 'ann', email: 'ann@example.org' }, other);
  });

  it.each([
    ['one username', (): UserFields => ({ username: 'race' })],
    ['one address', (i: number): UserFields => ({ username: `user-${i}`, email: 'race@example.org' })],
    [
      'a username that is an address',
      (i: number): UserFields =>
        i % 2 ? { username: 'x@example.org' } : { username: `user-${i}`, email: 'x@example.org' },
    ],
  ])('by many at once: one gets %s and the others hear it', async (_, fields) => {
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => make(fields(i))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    }
  });
});

describe('an update', () => {
  let id: string;
  beforeEach(async () => {
    id = await make({
      username: 'ann',
      email: 'ann@example.org',
      emailVerified: true,
      firstName: 'Ann',
      attributes: { team: ['red'], floor: ['2'] },
      requiredActions: ['CONFIGURE_TOTP'],
    });
  });

  it('keeps what was not sent and empties what was sent empty', async () => {
    expect(await update(id, { lastName: 'Lee', firstName: '' })).toEqual({
      ...(await view(id)),
      lastName: 'Lee',
    });
    const user = await view(id);
    expect(user).toMatchObject({
      username: 'ann',
      emailVerified: true,
      attributes: { team: ['red'], floor: ['2'] },
    });
    expect(user).not.toHaveProperty('firstName');
    expect(await update(id, { lastName: null, attributes: null } as never)).toMatchObject({
      lastName: 'Lee',
      attributes: { team: ['red'] },
    });
  });

  it('of attributes replaces all of them', async () => {
    expect((await update(id, { attributes: { desk: ['7'] } })).attributes).toEqual({ desk: ['7'] });
  });

  it('of required actions adds those that are named, removes the others and passes over the unknown', async () => {
    const { requiredActions } = await update(id, { requiredActions: ['UPDATE_PASSWORD', 'nonsense'] });
    expect(requiredActions).toEqual(['UPDATE_PASSWORD']);
    expect((await update(id, { requiredActions: [] })).requiredActions).toEqual([]);
  });

  it('passes a new username over where names may not be changed, and refuses that of another user', async () => {
    await make({ username: 'bob' });
    expect(await update(id, { username: 'anna' })).toMatchObject({ username: 'ann' });
    await expect(update(id, { username: 'BOB' })).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'User exists with same username' },
    });
  });

  it('changes a username where names may be changed', async () => {
    const editable = await service.realm({ editUsernameAllowed: true });
    const bob = await make({ username: 'bob' }, editable);
    expect(await update(bob, { username: 'Robert' }, editable)).toMatchObject({ username: 'robert' });
    await make({ username: 'cat' }, editable);
    await expect(update(bob, { username: 'cat' }, editable)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('of the address makes it unverified unless it is said to be verified', async () => {
    expect(await update(id, { email: 'ANN@example.org' })).toMatchObject({ emailVerified: true });
    expect(await update(id, { email: 'new@example.org' })).toMatchObject({ emailVerified: false });
    expect(await update(id, { email: 'newer@example.org', emailVerified: true })).toMatchObject({
      emailVerified: true,
    });
    const without = await update(id, { email: '' });
    expect(without).toMatchObject({ emailVerified: false });
    expect(without).not.toHaveProperty('email');
  });

  it('never takes back that earlier sessions are void', async () => {
    expect(await update(id, { notBefore: 1_800_000_000 })).toMatchObject({ notBefore: 1_800_000_000 });
    expect(await update(id, { notBefore: 1_700_000_000 })).toMatchObject({ notBefore: 1_800_000_000 });
  });

  it('that disables is told once', async () => {
    await update(id, { enabled: false });
    await update(id, { enabled: false });
    expect(await service.told(realm.id, 'user.disabled')).toMatchObject([
      { subject: id, data: { userId: id } },
    ]);
    await update(id, { enabled: true });
    await update(id, { enabled: false });
    expect(await service.told(realm.id, 'user.disabled')).toHaveLength(2);
  });

  it('is told to the audit log with what was sent', async () => {
    await update(id, { firstName: 'Anna' });
    expect((await service.told(realm.id, 'admin')).at(-1)?.data).toEqual({
      operationType: 'UPDATE',
      resourceType: 'USER',
      resourcePath: `users/${id}`,
      representation: { firstName: 'Anna' },
      authDetails: by,
    });
    const before = await typesTold();
    await service.bus.call(users.update, { realmId: realm.id, userId: id, fields: { firstName: 'Ann' } });
    expect(await typesTold()).toEqual(before);
  });

  it('that is refused changes nothing and tells nothing', async () => {
    await make({ username: 'bob', email: 'bob@example.org' });
    const [before, told] = [await view(id), await typesTold()];
    const wrong = { enabled: false, email: 'bob@example.org' };
    await expect(update(id, wrong)).rejects.toMatchObject({ details: { field: 'email' } });
    expect([await view(id), await typesTold()]).toEqual([before, told]);
  });

  it('of two fields by two administrators at once keeps both', async () => {
    await Promise.all([update(id, { firstName: 'Anna' }), update(id, { lastName: 'Lee' })]);
    expect(await view(id)).toMatchObject({ firstName: 'Anna', lastName: 'Lee' });
  });

  it('of a user of another realm is an error', async () => {
    const other = await service.realm();
    await expect(update(id, { enabled: false }, other)).rejects.toMatchObject({ code: 'not_found' });
    expect(await view(id)).toMatchObject({ enabled: true });
    expect(await view(id, other)).toBeNull();
  });
});

describe('a user who is removed', () => {
  it('is gone with everything, and the others are told', async () => {
    const id = await make({ username: 'ann' });
    await service.bus.call(users.remove, { by, realmId: realm.id, userId: id });
    expect(await view(id)).toBeNull();
    expect((await service.told(realm.id)).slice(-2)).toMatchObject([
      { type: 'user.removed', subject: id, data: { userId: id } },
      { type: 'admin', data: { operationType: 'DELETE', resourceType: 'USER', resourcePath: `users/${id}` } },
    ]);
  });

  it('by themselves, is no deed of an administrator', async () => {
    const id = await make({ username: 'ann' });
    await service.bus.call(users.remove, { realmId: realm.id, userId: id });
    expect((await service.told(realm.id)).at(-1)).toMatchObject({ type: 'user.removed', subject: id });
  });

  it('was there, and in this realm', async () => {
    const id = await make({ username: 'ann' });
    const other = await service.realm();
    const elsewhere = { by, realmId: other.id, userId: id };
    await expect(service.bus.call(users.remove, elsewhere)).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'User not found' },
    });
    expect(await view(id)).not.toBeNull();
  });
});
