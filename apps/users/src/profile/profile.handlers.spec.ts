import { randomUUID } from 'node:crypto';
import {
  users,
  type ProfileAttribute,
  type Realm,
  type UnmanagedPolicy,
  type UserFields,
  type UserProfile,
} from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { DEFAULT_PROFILE } from './default-profile.js';

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const withAttributes = (
  attributes: ProfileAttribute[],
  unmanagedAttributePolicy?: UnmanagedPolicy,
): UserProfile => ({
  ...DEFAULT_PROFILE,
  attributes: [
    ...DEFAULT_PROFILE.attributes,
    ...attributes.map((attribute) => ({ permissions: EVERYBODY, ...attribute })),
  ],
  ...(unmanagedAttributePolicy ? { unmanagedAttributePolicy } : {}),
});
const set = (realm: Realm, profile: UserProfile) =>
  service.bus.call(users.setUserProfile, { by, realmId: realm.id, profile });
const realmWith = async (attributes: ProfileAttribute[], policy?: UnmanagedPolicy) => {
  const realm = await service.realm();
  await set(realm, withAttributes(attributes, policy));
  return realm;
};
const create = (realm: Realm, fields: UserFields) =>
  service.bus.call(users.create, { by, realmId: realm.id, fields: { username: 'ann', ...fields } });
const update = (realm: Realm, userId: string, fields: UserFields) =>
  service.bus.call(users.update, { by, realmId: realm.id, userId, fields });
const updateByService = (realm: Realm, userId: string, fields: UserFields) =>
  service.bus.call(users.update, { realmId: realm.id, userId, fields });
const view = async (realm: Realm, userId: string) =>
  (await service.bus.call(users.view, { realmId: realm.id, userId }))!;
const stored = async (realm: Realm, userId: string) =>
  (await service.bus.call(users.get, { realmId: realm.id, userId })).user?.attributes;

describe('the profile of a realm', () => {
  it('is the one in code until another is set, and is told to the audit log', async () => {
    const realm = await service.realm();
    const find = () => service.bus.call(users.userProfile, { realmId: realm.id });
    expect(await find()).toEqual(DEFAULT_PROFILE);
    const profile = withAttributes([{ name: 'team', multivalued: true }], 'ADMIN_EDIT');
    expect(await set(realm, profile)).toEqual(profile);
    expect(await find()).toEqual(profile);
    expect((await service.told(realm.id, 'admin')).at(-1)?.data).toMatchObject({
      operationType: 'UPDATE',
      resourceType: 'USER_PROFILE',
      resourcePath: 'users/profile',
    });
    await expect(service.bus.call(users.userProfile, { realmId: randomUUID() })).rejects.toMatchObject({
      code: 'realm_not_found',
    });
  });

  it.each<[string, unknown]>([
    ['no attributes', {}],
    ['no username', { attributes: [{ name: 'email' }] }],
    ['an attribute without a name', withAttributes([{} as ProfileAttribute])],
    ['a name with a space', withAttributes([{ name: 'a b' }])],
    ['a name twice', withAttributes([{ name: 'a' }, { name: 'a' }])],
    ['a rule that nobody knows', withAttributes([{ name: 'a', validations: { magic: {} } }])],
    ['a rule from the prototype', withAttributes([{ name: 'a', validations: { constructor: {} } }])],
    [
      'a pattern that cannot be read',
      withAttributes([{ name: 'a', validations: { pattern: { pattern: '(' } } }]),
    ],
    ['a bound that is no number', withAttributes([{ name: 'a', validations: { length: { min: 'x' } } }])],
    ['a group that is not there', withAttributes([{ name: 'a', group: 'nowhere' }])],
    ['a policy that nobody knows', { ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'MAYBE' }],
    ['a NUL', withAttributes([{ name: 'a', displayName: '\0' }])],
  ])('is refused with %s', async (_, profile) => {
    const realm = await service.realm();
    await expect(set(realm, profile as UserProfile)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('what a user is made with', () => {
  const one = (name: string, validations: ProfileAttribute['validations'], more: object = {}) => [
    { name, validations, ...more },
  ];
  it.each<[string, ProfileAttribute[], string[], string | undefined]>([
    ['a length that fits', one('a', { length: { min: 2, max: 3 } }), ['ab'], undefined],
    ['too short', one('a', { length: { min: 2, max: 3 } }), ['a'], 'error-invalid-length'],
    [
      'too short, without an upper bound',
      one('a', { length: { min: 2 } }),
      ['a'],
      'error-invalid-length-too-short',
    ],
    ['too long', one('a', { length: { max: '3' } }), ['abcd'], 'error-invalid-length-too-long'],
    ['a pattern that fits', one('a', { pattern: { pattern: '[0-9]+|x' } }), ['12'], undefined],
    [
      'a pattern that fits a part only',
      one('a', { pattern: { pattern: '[0-9]+|x' } }),
      ['12a'],
      'error-pattern-no-match',
    ],
    [
      'a pattern with its own text',
      one('a', { pattern: { pattern: 'x', 'error-message': 'own' } }),
      ['y'],
      'own',
    ],
    [
      'a pattern that would never come to an end',
      one('a', { pattern: { pattern: '(a+)+b' } }),
      ['a'.repeat(60)],
      'error-pattern-no-match',
    ],
    ['no address', one('a', { email: {} }), ['x'], 'error-invalid-email'],
    ['one of the options', one('a', { options: { options: ['s', 'm'] } }), ['m'], undefined],
    ['none of the options', one('a', { options: { options: ['s', 'm'] } }), ['l'], 'error-invalid-value'],
    ['a number out of range', one('a', { integer: { min: 1, max: 5 } }), ['6'], 'error-number-out-of-range'],
    ['no number', one('a', { integer: {} }), ['six'], 'error-invalid-number'],
    ['half a number', one('a', { double: { min: 0 } }), ['0.5'], undefined],
    ['no address of a page', one('a', { uri: {} }), ['x y'], 'error-invalid-uri'],
    ['no day', one('a', { 'iso-date': {} }), ['2026-13-01'], 'error-invalid-date'],
    ['more than one', one('a', {}, { multivalued: false }), ['x', 'y'], 'error-invalid-value'],
    [
      'too many',
      one('a', { multivalued: { max: '1' } }, { multivalued: true }),
      ['x', 'y'],
      'error-invalid-multivalued-size',
    ],
    [
      'nothing where something is needed',
      one('a', {}, { required: { roles: ['admin'] } }),
      [],
      'error-user-attribute-required',
    ],
    [
      'nothing where only the user needs it',
      one('a', {}, { required: { roles: ['user'] } }),
      [''],
      undefined,
    ],
  ])('is held against its rules: %s', async (_, attributes, values, message) => {
    const realm = await realmWith(attributes);
    const made = create(realm, { attributes: { a: values } });
    if (message) {
      await expect(made).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'a', message } });
    } else {
      expect((await view(realm, (await made).id)).attributes).toEqual({ a: values });
    }
  });

  it('names every field that is wrong', async () => {
    const realm = await realmWith(one('a', { email: {} }));
    await expect(create(realm, { username: 'x', attributes: { a: ['x'] } })).rejects.toMatchObject({
      details: {
        fields: [
          { field: 'username', message: 'error-invalid-length' },
          { field: 'a', message: 'error-invalid-email' },
        ],
        params: ['username', 3, 255],
      },
    });
  });

  it('is filled up with what the profile gives', async () => {
    const realm = await realmWith([{ name: 'plan', defaultValue: 'free' }]);
    const { id } = await create(realm, {});
    expect((await view(realm, id)).attributes).toEqual({ plan: ['free'] });
  });
});

describe('attributes that the profile does not name', () => {
  it.each<[UnmanagedPolicy | undefined, boolean, boolean]>([
    [undefined, false, false],
    ['DISABLED', false, false],
    ['ADMIN_VIEW', false, true],
    ['ADMIN_EDIT', true, true],
    ['ENABLED', true, true],
  ])(
    'are, when the policy is %s, written by administrators: %s, and seen: %s',
    async (policy, written, seen) => {
      const realm = await realmWith([{ name: 'team' }], policy);
      const { id } = await create(realm, { attributes: { team: ['red'], other: ['x'] } });
      expect(await stored(realm, id)).toEqual({ team: ['red'], ...(written ? { other: ['x'] } : {}) });

      await updateByService(realm, id, { attributes: { team: ['red'], told: ['by a service'] } });
      const own = await view(realm, id);
      expect(own.attributes).toEqual({ team: ['red'], ...(seen ? { told: ['by a service'] } : {}) });
      expect(own.unmanagedAttributes).toEqual(seen ? { told: ['by a service'] } : undefined);

      await update(realm, id, { attributes: { team: ['blue'] } });
      expect(await stored(realm, id)).toEqual({
        team: ['blue'],
        ...(written ? {} : { told: ['by a service'] }),
      });
    },
  );

  it('do not stand in for the fields that a user has', async () => {
    const realm = await realmWith([], 'ENABLED');
    const { id } = await create(realm, { attributes: { email: ['x@example.org'] } });
    expect(await view(realm, id)).toMatchObject({ attributes: {} });
  });
});

it('an attribute that administrators may not edit stays as it is, and one they may not view is not shown', async () => {
  const realm = await realmWith(
    [
      { name: 'own', permissions: { view: ['admin', 'user'], edit: ['user'] } },
      { name: 'hidden', permissions: { view: ['user'], edit: ['user'] } },
    ],
    'ENABLED',
  );
  const { id } = await create(realm, { attributes: { own: ['a'], free: ['1'] } });
  await updateByService(realm, id, { attributes: { own: ['mine'], hidden: ['secret'], free: ['1'] } });
  await update(realm, id, { attributes: { own: ['theirs'], free: ['2'] } });
  expect(await stored(realm, id)).toEqual({ own: ['mine'], hidden: ['secret'], free: ['2'] });
  expect((await view(realm, id)).attributes).toEqual({ own: ['mine'], free: ['2'] });
});
