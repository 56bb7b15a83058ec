import { randomUUID } from 'node:crypto';
import { users, type Realm, type RoleFields } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { followClients } from './clients-heard.js';

let service: TestUsers;
let realm: Realm;
let master: Realm;

beforeAll(async () => {
  service = await TestUsers.start();
  master = await service.realm({}, 'master');
  realm = await service.realm();
});
afterAll(() => service.close());

const shop = { id: randomUUID(), name: 'shop' };
const create = (name: string, more: { client?: typeof shop; parts?: string[]; fields?: RoleFields } = {}) =>
  service.bus.call(users.createRole, {
    by,
    realmId: realm.id,
    client: more.client,
    parts: more.parts,
    fields: { name, ...more.fields },
  });
const find = (name: string, clientId?: string, of = realm) =>
  service.bus.call(users.findRole, { realmId: of.id, name, clientId });
const list = async (more: { clientId?: string; search?: string; first?: number; max?: number } = {}) =>
  (await service.bus.call(users.listRoles, { realmId: realm.id, ...more })).map(({ name }) => name);
const update = (roleId: string, fields: RoleFields, of = realm) =>
  service.bus.call(users.updateRole, { by, realmId: of.id, roleId, fields });
const remove = (roleId: string, of = realm) =>
  service.bus.call(users.removeRole, { by, realmId: of.id, roleId });
const rolesOf = async (userId: string) =>
  (await service.bus.call(users.get, { realmId: realm.id, userId })).user;

describe('roles of a realm', () => {
  it('are made, found, listed and changed', async () => {
    const made = await create(' buyer ', {
      fields: { description: 'May buy', attributes: { a: ['1', '2'] } },
    });
    expect(made).toEqual({
      id: made.id,
      name: 'buyer',
      description: 'May buy',
      composite: false,
      attributes: { a: ['1', '2'] },
    });
    expect(await find('buyer')).toEqual(made);
    expect(await service.bus.call(users.findRole, { realmId: realm.id, roleId: made.id })).toEqual(made);
    expect(await list()).toEqual([
      'buyer',
      `default-roles-${realm.name}`,
      'offline_access',
      'uma_authorization',
    ]);
    expect(await list({ search: 'AUTH' })).toEqual(['uma_authorization']);
    expect(await list({ first: 1, max: 2 })).toHaveLength(2);
    expect(await update(made.id, { name: 'customer' })).toEqual({ ...made, name: 'customer' });
    expect(await find('buyer')).toBeNull();
    await remove(made.id);
    expect(await find('customer')).toBeNull();
  });

  it('are told to the audit log', async () => {
    const { id } = await create('told');
    await remove(id);
    const events = (await service.told(realm.id, 'admin')).slice(-2).map(({ data }) => data);
    expect(events).toMatchObject([
      { operationType: 'CREATE', resourceType: 'REALM_ROLE', resourcePath: 'roles/told', authDetails: by },
      { operationType: 'DELETE', resourceType: 'REALM_ROLE', resourcePath: 'roles/told' },
    ]);
  });

  it('have names of their own, also when many are made or renamed at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => create('once')));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { id } = await create('twice');
    await expect(update(id, { name: 'once' })).rejects.toMatchObject({
      code: 'conflict',
      details: { message: 'Role with name once already exists' },
    });
  });

  it.each<[string, RoleFields, string]>([
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: ' ' }, 'name'],
    ['a name of two lines', { name: 'a\nb' }, 'name'],
    ['a NUL', { name: 'x', description: '\0' }, 'description'],
    ['attributes that are no lists', { name: 'x', attributes: { a: 'b' } as never }, 'attributes'],
  ])('are refused with %s', async (_, fields, field) => {
    await expect(service.bus.call(users.createRole, { by, realmId: realm.id, fields })).rejects.toMatchObject(
      { code: 'invalid_request', details: { field } },
    );
  });

  it('of another realm are not there', async () => {
    const { id } = await create('mine');
    await expect(update(id, { name: 'yours' }, master)).rejects.toMatchObject({ code: 'not_found' });
    await expect(remove(id, master)).rejects.toMatchObject({ code: 'not_found' });
    expect(await find('mine', undefined, master)).toBeNull();
  });

  it('that all users have, or that make an administrator, cannot be taken away', async () => {
    const isDefault = (await find(`default-roles-${realm.name}`))!;
    expect(await service.bus.call(users.defaultRole, { realmId: realm.id })).toEqual(isDefault);
    await expect(remove(isDefault.id)).rejects.toMatchObject({
      details: { message: `${isDefault.name} is default role of the realm and cannot be removed.` },
    });
    const admin = (await find('admin', undefined, master))!;
    await expect(remove(admin.id, master)).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(update(admin.id, { name: 'pope' }, master)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect((await update(admin.id, { description: 'All of it' }, master)).name).toBe('admin');
  });
});

describe('roles of a client', () => {
  const hear = (type: 'client.changed' | 'client.removed', clientId: string, of = realm) =>
    followClients(service.db, [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: 'tumbler/gateway', type, realmid: of.id },
        ...{ time: '2026-03-04T05:06:07Z', datacontenttype: 'application/json' },
        data: { id: shop.id, clientId },
      },
    ]);

  it('may be called as one of the realm is, and are told with the name of the client', async () => {
    await create('manager');
    const made = await create('manager', { client: shop });
    expect(made.client).toEqual(shop);
    expect(await find('manager', shop.id)).toEqual(made);
    expect(await list({ clientId: shop.id })).toEqual(['manager']);
    await expect(create('manager', { client: shop })).rejects.toMatchObject({ code: 'conflict' });

    const userId = await service.user(realm, { username: 'seller' });
    const holder = { kind: 'user', id: userId } as const;
    await service.bus.call(users.grantRoles, { by, realmId: realm.id, holder, roles: [made.id] });
    const user = await rolesOf(userId);
    expect(user?.clientRoles).toEqual({ shop: ['manager'] });
    expect(user?.roles).not.toContain('manager');

    await hear('client.changed', 'store');
    expect((await rolesOf(userId))?.clientRoles).toEqual({ store: ['manager'] });
    await hear('client.removed', 'store', master);
    expect(await find('manager', shop.id)).not.toBeNull();
    await hear('client.removed', 'store');
    expect((await rolesOf(userId))?.clientRoles).toBeUndefined();
    expect(await find('manager', shop.id)).toBeNull();
  });

  it('cannot be hung on a client of another realm, nor two clients share a name', async () => {
    const client = { id: randomUUID(), name: 'lone' };
    await create('x', { client });
    await expect(
      service.bus.call(users.createRole, { by, realmId: master.id, client, fields: { name: 'y' } }),
    ).rejects.toMatchObject({ code: 'conflict' });
    await expect(create('x', { client: { id: randomUUID(), name: 'lone' } })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('a role that brings others along', () => {
  const parts = async (roleId: string, more: { container?: string; search?: string } = {}) =>
    (await service.bus.call(users.roleParts, { realmId: realm.id, roleId, ...more })).map(({ name }) => name);
  const add = (roleId: string, ids: string[]) =>
    service.bus.call(users.addRoleParts, { by, realmId: realm.id, roleId, parts: ids });

  it('is put together, taken apart and told by container', async () => {
    const client = { id: randomUUID(), name: 'parts' };
    const [one, two] = [await create('part-1'), await create('part-2', { client })];
    const whole = await create('whole', { parts: [one.id] });
    expect(whole.composite).toBe(true);
    await add(whole.id, [one.id, two.id]);
    expect(await parts(whole.id)).toEqual(['part-1', 'part-2']);
    expect(await parts(whole.id, { container: 'realm' })).toEqual(['part-1']);
    expect(await parts(whole.id, { container: client.id })).toEqual(['part-2']);
    expect(await parts(whole.id, { container: 'nonsense' })).toEqual([]);
    expect(await parts(whole.id, { search: '2' })).toEqual(['part-2']);
    await service.bus.call(users.removeRoleParts, {
      by,
      realmId: realm.id,
      roleId: whole.id,
      parts: [one.id, two.id],
    });
    expect(await find('whole')).toMatchObject({ composite: false });
  });

  it('takes all of the new parts or none, and none of another realm', async () => {
    const whole = await create('all-or-none');
    const stranger = (await find('admin', undefined, master))!;
    const own = await create('own');
    await expect(add(whole.id, [own.id, stranger.id])).rejects.toMatchObject({ code: 'not_found' });
    expect(await parts(whole.id)).toEqual([]);
    await expect(add(randomUUID(), [own.id])).rejects.toMatchObject({ code: 'not_found' });
    await expect(create('born-wrong', { parts: [stranger.id] })).rejects.toMatchObject({ code: 'not_found' });
    expect(await find('born-wrong')).toBeNull();
  });
});

it('says who was given a role', async () => {
  const role = await create('given');
  const userIds = [
    await service.user(realm, { username: 'zoe' }),
    await service.user(realm, { username: 'alf' }),
  ];
  const { id: groupId } = await service.bus.call(users.createGroup, {
    by,
    realmId: realm.id,
    fields: { name: 'crew' },
  });
  for (const id of userIds) {
    const holder = { kind: 'user', id } as const;
    await service.bus.call(users.grantRoles, { by, realmId: realm.id, holder, roles: [role.id] });
  }
  const holder = { kind: 'group', id: groupId } as const;
  await service.bus.call(users.grantRoles, { by, realmId: realm.id, holder, roles: [role.id] });
  const asked = { realmId: realm.id, roleId: role.id };
  expect(await service.bus.call(users.usersWithRole, asked)).toMatchObject([
    { username: 'alf' },
    { username: 'zoe' },
  ]);
  expect(await service.bus.call(users.usersWithRole, { ...asked, first: 1, max: 1 })).toMatchObject([
    { username: 'zoe' },
  ]);
  expect(await service.bus.call(users.groupsWithRole, asked)).toMatchObject([{ path: '/crew' }]);
});
