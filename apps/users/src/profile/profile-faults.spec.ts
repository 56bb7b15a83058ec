import { users, type ProfileAttribute, type UserFields } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { DEFAULT_PROFILE } from './default-profile.js';

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const USERS = { roles: ['user'] };

/** Somebody who was there before the profile was. */
async function somebody(attributes: ProfileAttribute[], fields: UserFields = {}, enabled = true) {
  const realm = await service.openRealm();
  const id = await service.user(realm, { username: 'ann', ...fields });
  await service.bus.call(users.updateAction, {
    ...{ by, realmId: realm.id, alias: 'VERIFY_PROFILE' },
    ...{ enabled, defaultAction: false, priority: 100 },
  });
  const own = attributes.map(({ name }) => name);
  const profile = {
    ...DEFAULT_PROFILE,
    attributes: [...DEFAULT_PROFILE.attributes.filter(({ name }) => !own.includes(name)), ...attributes],
  };
  await service.bus.call(users.setUserProfile, { by, realmId: realm.id, profile });
  return (await service.bus.call(users.get, { realmId: realm.id, userId: id })).user!;
}
const team: ProfileAttribute = {
  ...{ name: 'team', permissions: EVERYBODY, required: USERS },
  validations: { length: { min: 3, max: 9 } },
};

describe('what a login is told of a user by the profile', () => {
  it.each<[string, ProfileAttribute[], UserFields, string[] | undefined]>([
    ['what is missing', [team], {}, ['team']],
    ['what is not as it should be', [team], { attributes: { team: ['no'] } }, ['team']],
    ['nothing where all is well', [team], { attributes: { team: ['blue'] } }, undefined],
    [
      'nothing that users cannot put right',
      [{ ...team, permissions: { ...EVERYBODY, edit: ['admin'] } }],
      {},
      undefined,
    ],
    [
      'nothing that is for administrators to say',
      [{ ...team, required: { roles: ['admin'] } }],
      {},
      undefined,
    ],
    ['nothing that every realm asks of new users', [], {}, undefined],
    [
      'a name that this realm asks for in its own way',
      [{ name: 'lastName', permissions: EVERYBODY, required: {} }],
      {},
      ['lastName'],
    ],
  ])('is %s', async (_, attributes, fields, faults) => {
    expect((await somebody(attributes, fields)).profileFaults).toEqual(faults);
  });

  it('is nothing where the realm does not ask for it', async () => {
    expect(await somebody([team], {}, false)).not.toHaveProperty('profileFaults');
  });

  it('is whether they may change their address', async () => {
    const fixed = { name: 'email', permissions: { ...EVERYBODY, edit: ['admin'] } };
    expect((await somebody([fixed])).emailFixed).toBe(true);
    expect(await somebody([])).not.toHaveProperty('emailFixed');
  });
});

describe('a user who changes some attributes', () => {
  it('keeps the others, and an emptied one goes', async () => {
    const realm = await service.openRealm();
    const attributes = { team: ['red'], size: ['m'], hat: ['no'] };
    const userId = await service.user(realm, { username: 'ann', attributes });
    const who = { realmId: realm.id, userId };
    await service.bus.call(users.update, {
      ...who,
      fields: { attributes: { team: ['blue'], hat: [''] } },
      keepsAttributes: true,
    });
    const { user } = await service.bus.call(users.get, who);
    expect(user?.attributes).toEqual({ team: ['blue'], size: ['m'] });
  });
});
