// Users as a program sees them: Keycloak's official client, unchanged, against the running system.
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { UnmanagedAttributePolicy } from '@keycloak/keycloak-admin-client/lib/defs/userProfileMetadata.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { administrator, PASSWORD, RealmOfStory } from './world.js';

let admin: KcAdminClient;
let realm: string;
let story: RealmOfStory;
beforeAll(async () => {
  admin = await administrator();
  story = await RealmOfStory.create();
  realm = story.name;
});

describe('a search for users', () => {
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    const people = [
      {
        username: 'anna',
        email: 'anna@corp.example',
        firstName: 'Anna',
        lastName: 'Lee',
        emailVerified: true,
      },
      { username: 'annabel', email: 'bel@home.example', firstName: 'Annabel', lastName: 'Hara' },
      {
        username: 'robert',
        email: 'bob@corp.example',
        firstName: 'Bob',
        lastName: 'Annison',
        enabled: false,
      },
    ];
    for (const { username, ...more } of people) ids[username] = await story.createUser(username, more);
  });
  const find = async (query: object) =>
    (await admin.users.find({ realm, ...query })).map(({ username }) => username);

  it.each<[string, object, string[]]>([
    ['finds beginnings', { search: 'ANN' }, ['anna', 'annabel', 'robert']],
    ['takes * for anything', { search: '*corp' }, ['anna', 'robert']],
    ['takes quotes for exactly this', { search: '"anna"' }, ['anna']],
    ['finds parts of a field', { username: 'nnab' }, ['annabel']],
    ['finds the whole of a field where told so', { lastName: 'lee', exact: true }, ['anna']],
    ['finds by what is switched off', { enabled: false }, ['robert']],
    ['finds by what is confirmed', { emailVerified: true }, ['anna']],
    ['finds built-in fields by q', { q: 'email:ANNA@corp.example' }, ['anna']],
    ['tells a page', { search: 'ann', first: 1, max: 1 }, ['annabel']],
  ])('%s', async (_, query, expected) => {
    expect(await find(query)).toEqual(expected);
    if ('max' in query) return;
    expect(await admin.users.count({ realm, ...query })).toBe(expected.length);
  });

  it('finds by ids', async () => {
    expect(await find({ search: `id:${ids.anna} ${ids.robert}` })).toEqual(['anna', 'robert']);
  });
});

describe('the profile of users', () => {
  it('drops what it does not name, until it is told otherwise', async () => {
    const before = await admin.users.getProfile({ realm });
    expect(before.attributes?.map(({ name }) => name)).toEqual([
      'username',
      'email',
      'firstName',
      'lastName',
    ]);
    const dropped = await story.createUser('dropped', { attributes: { team: ['red'] } });
    expect(await story.user(dropped)).not.toHaveProperty('attributes');

    const team = {
      name: 'team',
      displayName: 'Team',
      validations: { options: { options: ['red', 'blue'] } },
      permissions: { view: ['admin', 'user'], edit: ['admin'] },
      multivalued: false,
    };
    const profile = {
      ...before,
      attributes: [...before.attributes!, team],
      unmanagedAttributePolicy: UnmanagedAttributePolicy.AdminEdit,
    };
    expect(await admin.users.updateProfile({ realm, ...profile })).toEqual(profile);
    const id = await story.createUser('kept', { attributes: { team: ['red'], other: ['x'] } });
    expect((await story.user(id)).attributes).toEqual({ team: ['red'], other: ['x'] });
    expect(await admin.users.getUnmanagedAttributes({ realm, id })).toEqual({ other: ['x'] });
    expect(
      await ask(admin, 'PUT', `/${realm}/users/${id}`, { attributes: { team: ['green'] } }),
    ).toMatchObject({ status: 400, body: { field: 'team', errorMessage: 'error-invalid-value' } });

    const metadata = await admin.users.getProfileMetadata({ realm });
    expect(metadata.attributes?.find(({ name }) => name === 'team')).toMatchObject({
      displayName: 'Team',
      required: false,
      readOnly: false,
      validators: team.validations,
    });
    const told = await admin.users.findOne({ realm, id, userProfileMetadata: true });
    expect(told?.userProfileMetadata?.attributes?.find(({ name }) => name === 'username')).toMatchObject({
      readOnly: true,
    });
    await admin.users.updateProfile({ realm, ...before });
  });

  it('refuses a rule that nobody knows', async () => {
    const before = await admin.users.getProfile({ realm });
    const attributes = [...before.attributes!, { name: 'a', validations: { magic: {} } }];
    expect((await ask(admin, 'PUT', `/${realm}/users/profile`, { ...before, attributes })).status).toBe(400);
  });

  it('says which field of a user is wrong', async () => {
    expect(await ask(admin, 'POST', `/${realm}/users`, { username: 'x' })).toMatchObject({
      status: 400,
      body: { field: 'username', errorMessage: 'error-invalid-length', params: ['username', 3, 255] },
    });
  });
});

it('keeps one profile for each realm, and takes back what it tells', async () => {
  const id = await story.createUser('round-trip', { email: 'round@example.org', firstName: 'Round' });
  const before = await story.user(id);
  await admin.users.update({ realm, id }, before);
  expect(await story.user(id)).toEqual(before);
});

it('has nobody known through somebody else', async () => {
  const id = await story.createUser('local');
  expect(await admin.users.listFederatedIdentities({ realm, id })).toEqual([]);
});

it('counts failed attempts of a user, and forgets them', async () => {
  const id = await story.createUser('forgetful');
  const clean = { disabled: false, numFailures: 0, lastFailure: 0, lastIPFailure: 'n/a' };
  expect(await admin.attackDetection.findOne({ realm, id })).toEqual(clean);
  await admin.realms.update(
    { realm },
    { bruteForceProtected: true, failureFactor: 3, quickLoginCheckMilliSeconds: 0 },
  );
  const wrong = () => story.tokenRequest({ username: 'forgetful', password: 'wrong' });
  for (let i = 0; i < 3; i++) expect((await wrong()).status).toBe(401);
  expect(await admin.attackDetection.findOne({ realm, id })).toMatchObject({
    disabled: true,
    numFailures: 3,
  });
  expect((await story.tokenRequest({ username: 'forgetful', password: PASSWORD })).status).toBe(401);
  await admin.attackDetection.del({ realm, id });
  expect(await admin.attackDetection.findOne({ realm, id })).toEqual(clean);
  expect((await story.tokenRequest({ username: 'forgetful', password: PASSWORD })).status).toBe(200);
  for (let i = 0; i < 3; i++) await wrong();
  await admin.attackDetection.delAll({ realm });
  expect(await admin.attackDetection.findOne({ realm, id })).toEqual(clean);
});
