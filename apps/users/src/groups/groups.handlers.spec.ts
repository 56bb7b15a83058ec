import { randomUUID } from 'node:crypto';
import { users, type GroupFields, type GroupView, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
let realm: Realm;
let other: Realm;

beforeAll(async () => {
  service = await TestUsers.start();
  other = await service.realm();
});
beforeAll(async () => void (realm = await service.realm()));
afterAll(() => service.close());

const create = (name: string, parentId?: string, fields: GroupFields = {}, of = realm) =>
  service.bus.call(users.createGroup, { by, realmId: of.id, parentId, fields: { name, ...fields } });
const find = (path: string) => service.bus.call(users.findGroup, { realmId: realm.id, path });
const search = (asked: object = {}) => service.bus.call(users.searchGroups, { realmId: realm.id, ...asked });
const count = (asked: object = {}) => service.bus.call(users.countGroups, { realmId: realm.id, ...asked });
const move = (groupId: string, parentId?: string, of = realm) =>
  service.bus.call(users.moveGroup, { by, realmId: of.id, groupId, parentId });
const join = (userId: string, groupId: string, member = true, of = realm) =>
  service.bus.call(users.changeMembership, { by, realmId: of.id, userId, groupId, member });
const paths = (groups: GroupView[]): string[] =>
  groups.flatMap((group) => [group.path, ...paths(group.subGroups)]);

describe('groups', () => {
  let staff: GroupView;
  let night: GroupView;

  it('are a tree', async () => {
    staff = await create('staff', undefined, { description: 'All of us', attributes: { floor: ['2'] } });
    night = await create('night shift', staff.id);
    await create('day shift', staff.id);
    await create('guests');
    expect(staff).toEqual({
      id: staff.id,
      name: 'staff',
      description: 'All of us',
      path: '/staff',
      subGroupCount: 0,
      attributes: { floor: ['2'] },
      subGroups: [],
    });
    expect(night).toMatchObject({ path: '/staff/night shift', parentId: staff.id });
    expect(await search()).toMatchObject([{ name: 'guests' }, { name: 'staff', subGroupCount: 2 }]);
    expect(paths(await search({ parentId: staff.id }))).toEqual(['/staff/day shift', '/staff/night shift']);
    expect(paths(await search({ first: 1, max: 1 }))).toEqual(['/staff']);
  });

  it('are searched at any depth, and shown in their place', async () => {
    expect(paths(await search({ search: 'SHIFT' }))).toEqual(['/staff/day shift', '/staff/night shift']);
    expect(paths(await search({ search: 'night', hierarchy: true }))).toEqual([
      '/staff',
      '/staff/night shift',
    ]);
    expect(paths(await search({ search: 'night', exact: true }))).toEqual([]);
    expect(paths(await search({ search: 'night shift', exact: true }))).toEqual(['/staff/night shift']);
    expect(paths(await search({ q: 'floor:2' }))).toEqual(['/staff']);
    expect(paths(await search({ parentId: staff.id, search: 'day' }))).toEqual(['/staff/day shift']);
    expect(await count()).toBe(4);
    expect(await count({ top: true })).toBe(2);
    expect(await count({ search: 'shift' })).toBe(2);
  });

  it('are found by their path, also with a slash in a name', async () => {
    const odd = await create('a/b', staff.id);
    const deep = await create('c', odd.id);
    expect(await find('/staff/night shift')).toEqual(night);
    expect((await find('staff/a/b/c/'))?.id).toBe(deep.id);
    expect(await find('/staff/night')).toBeNull();
    expect(await find('/')).toBeNull();
    expect(await service.bus.call(users.findGroup, { realmId: other.id, groupId: staff.id })).toBeNull();
    await service.bus.call(users.removeGroup, { by, realmId: realm.id, groupId: odd.id });
    expect(await find('/staff/a/b/c')).toBeNull();
  });

  it('are changed and told to the audit log', async () => {
    const changed = await service.bus.call(users.updateGroup, {
      by,
      realmId: realm.id,
      groupId: night.id,
      fields: { name: 'late shift', attributes: { lamp: ['on'] } },
    });
    expect(changed).toMatchObject({ path: '/staff/late shift', attributes: { lamp: ['on'] } });
    expect((await service.told(realm.id, 'admin')).at(-1)?.data).toMatchObject({
      operationType: 'UPDATE',
      resourceType: 'GROUP',
      resourcePath: `groups/${night.id}`,
    });
  });

  it('have names of their own among siblings, however many are made at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => create('once')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(create('once')).rejects.toMatchObject({
      code: 'conflict',
      details: { message: "Top level group named 'once' already exists." },
    });
    await expect(create('day shift', staff.id)).rejects.toMatchObject({
      details: { message: "Sibling group named 'day shift' already exists." },
    });
    expect((await create('once', staff.id)).path).toBe('/staff/once');
  });

  it.each<[string, GroupFields]>([
    ['no name', { name: undefined }],
    ['an empty name', { name: '' }],
    ['a NUL', { name: '\0' }],
  ])('are refused with %s', async (_, fields) => {
    await expect(
      service.bus.call(users.createGroup, { by, realmId: realm.id, fields }),
    ).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'name' } });
  });

  it('cannot hang below a group of another realm, or be moved there', async () => {
    await expect(create('x', staff.id, {}, other)).rejects.toMatchObject({ code: 'not_found' });
    const foreign = await create('foreign', undefined, {}, other);
    await expect(move(staff.id, foreign.id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(move(staff.id, undefined, other)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a group that is moved', () => {
  it('takes along what is below it, and may go to the top', async () => {
    const [a, b] = [await create('move-a'), await create('move-b')];
    const child = await create('child', a.id);
    const deep = await create('deep', child.id);
    expect((await move(child.id, b.id)).path).toBe('/move-b/child');
    expect((await find('/move-b/child/deep'))?.id).toBe(deep.id);
    expect((await move(child.id)).path).toBe('/child');
  });

  it('does not go into itself', async () => {
    const a = await create('self');
    const b = await create('below', a.id);
    for (const place of [a.id, b.id]) {
      await expect(move(a.id, place)).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('never ends in a ring, when two are hung below each other at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await create(`ring-a${round}`), await create(`ring-b${round}`)];
      const results = await Promise.allSettled([move(a.id, b.id), move(b.id, a.id)]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
  });
});

describe('members', () => {
  it('join and leave, once', async () => {
    const group = await create('club');
    const [ann, bob] = [
      await service.user(realm, { username: 'ann' }),
      await service.user(realm, { username: 'bob' }),
    ];
    await Promise.all([join(ann, group.id), join(ann, group.id), join(bob, group.id)]);
    const members = (more: object = {}) =>
      service.bus.call(users.groupMembers, { realmId: realm.id, groupId: group.id, ...more });
    expect(await members()).toMatchObject([{ username: 'ann' }, { username: 'bob' }]);
    expect(await members({ first: 1, max: 5 })).toMatchObject([{ username: 'bob' }]);
    const groupsOf = (more: object = {}) =>
      service.bus.call(users.groupsOfUser, { realmId: realm.id, userId: ann, ...more });
    expect(paths(await groupsOf())).toEqual(['/club']);
    expect(await groupsOf({ search: 'zoo' })).toEqual([]);
    await join(ann, group.id, false);
    expect(await groupsOf()).toEqual([]);
    expect((await service.told(realm.id, 'admin')).at(-1)?.data).toMatchObject({
      operationType: 'DELETE',
      resourceType: 'GROUP_MEMBERSHIP',
      resourcePath: `users/${ann}/groups/${group.id}`,
    });
    await service.bus.call(users.remove, { by, realmId: realm.id, userId: bob });
    expect(await members()).toEqual([]);
  });

  it('of one realm are in no group of another', async () => {
    const foreign = await create('abroad', undefined, {}, other);
    const ann = await service.user(realm, { username: 'traveller' });
    await expect(join(ann, foreign.id)).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'Could not find group by id' },
    });
    await expect(join(ann, foreign.id, true, other)).rejects.toMatchObject({
      details: { message: 'User not found' },
    });
  });
});

describe('default groups', () => {
  const set = (groupId: string, isDefault: boolean) =>
    service.bus.call(users.setDefaultGroup, { by, realmId: realm.id, groupId, isDefault });

  it('are joined by users who come after, and by nobody else', async () => {
    const before = await service.user(realm, { username: 'before' });
    const group = await create('newcomers');
    await set(group.id, true);
    const after = await service.user(realm, { username: 'after' });
    await set(group.id, false);
    const later = await service.user(realm, { username: 'later' });
    const groupsOf = async (userId: string) =>
      paths(await service.bus.call(users.groupsOfUser, { realmId: realm.id, userId }));
    expect(await groupsOf(before)).toEqual([]);
    expect(await groupsOf(after)).toEqual(['/newcomers']);
    expect(await groupsOf(later)).toEqual([]);
  });

  it('are listed', async () => {
    const group = await create('listed');
    await set(group.id, true);
    expect(paths(await service.bus.call(users.defaultGroups, { realmId: realm.id }))).toEqual(['/listed']);
    await set(group.id, false);
    await expect(set(randomUUID(), true)).rejects.toMatchObject({ code: 'not_found' });
  });
});
