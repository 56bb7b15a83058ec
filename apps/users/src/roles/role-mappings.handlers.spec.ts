import { randomUUID } from 'node:crypto';
import { users, type Holder, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { RoleCompositeRow } from './role-composite.entity.js';
import { RoleRow } from './role.entity.js';

let service: TestUsers;
let master: Realm;

beforeAll(async () => {
  service = await TestUsers.start();
  master = await service.realm({}, 'master');
});
afterAll(() => service.close());

const rolesOf = async (userId: string, realm = master) =>
  (await service.bus.call(users.get, { realmId: realm.id, userId })).user?.roles;
const grant = (userId: string, roles: string[], realm = master) =>
  service.bus.call(users.grantRealmRoles, { by, realmId: realm.id, userId, roles });

describe('roles', () => {
  it('of the first administrator include what the role of administrators is made of', async () => {
    const id = await service.user(master, { username: 'root' });
    await service.bus.call(users.grantRealmRoles, { realmId: master.id, userId: id, roles: ['admin'] });
    expect(await rolesOf(id)).toEqual([
      'admin',
      'create-realm',
      'default-roles-master',
      'offline_access',
      'uma_authorization',
    ]);
  });

  it('may be given twice and are told to the audit log', async () => {
    const id = await service.user(master, { username: 'twice' });
    await grant(id, ['create-realm', 'create-realm']);
    await grant(id, ['create-realm']);
    expect(await rolesOf(id)).toContain('create-realm');
    const [event] = (await service.told(master.id, 'admin')).slice(-1);
    expect(event?.data).toMatchObject({
      operationType: 'CREATE',
      resourceType: 'REALM_ROLE_MAPPING',
      resourcePath: `users/${id}/role-mappings/realm`,
      representation: [{ name: 'create-realm' }],
      authDetails: by,
    });
  });

  it('are given all or none', async () => {
    const id = await service.user(master, { username: 'none' });
    await expect(grant(id, ['admin', 'pope'])).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'Could not find role' },
    });
    expect(await rolesOf(id)).not.toContain('admin');
  });

  it('of one realm cannot be given in another', async () => {
    const other = await service.realm();
    const id = await service.user(other, { username: 'climber' });
    await expect(grant(id, ['admin'], other)).rejects.toMatchObject({ code: 'not_found' });
    await expect(grant(id, ['admin'], master)).rejects.toMatchObject({ code: 'not_found' });
    expect(await rolesOf(id, other)).not.toContain('admin');
  });

  it('cannot be given to nobody', async () => {
    await expect(grant(randomUUID(), ['admin'])).rejects.toMatchObject({
      code: 'not_found',
      details: { message: 'User not found' },
    });
  });

  it('that contain each other are unfolded once', async () => {
    const realm = await service.realm();
    const id = await service.user(realm, { username: 'looped' });
    const chain = ['one', 'two', 'three'].map((name) => ({
      id: randomUUID(),
      realmId: realm.id,
      name,
      clientId: null,
      description: null,
      attributes: {},
      ofNewUsers: false,
    }));
    await service.db.manager.insert(RoleRow, chain);
    await service.db.manager.insert(
      RoleCompositeRow,
      chain.map((role, i) => ({ roleId: role.id, partId: chain[(i + 1) % chain.length]!.id })),
    );
    await grant(id, ['two'], realm);
    expect(await rolesOf(id, realm)).toEqual(
      ['one', 'two', 'three', `default-roles-${realm.name}`, 'offline_access', 'uma_authorization'].sort(),
    );
  });
});

describe('roles of users and groups', () => {
  let realm: Realm;
  let userId: string;
  const groups: Record<string, string> = {};
  const roles: Record<string, string> = {};
  const client = { id: randomUUID(), name: 'wiki' };

  beforeAll(async () => {
    realm = await service.realm();
    const make = async (name: string, more: object = {}) => {
      const made = await service.bus.call(users.createRole, {
        by,
        realmId: realm.id,
        fields: { name },
        ...more,
      });
      roles[name] = made.id;
    };
    await make('inner');
    await make('reader', { client });
    await make('outer', { parts: [roles.inner, roles.reader] });
    await make('plain');
    const group = async (name: string, parentId?: string) => {
      const made = await service.bus.call(users.createGroup, {
        by,
        realmId: realm.id,
        parentId,
        fields: { name },
      });
      groups[name] = made.id;
    };
    await group('company');
    await group('team', groups.company);
    userId = await service.user(realm, { username: 'member' });
    await service.bus.call(users.changeMembership, {
      ...{ by, realmId: realm.id, userId, groupId: groups.team!, member: true },
    });
  });

  const holderOf = (kind: 'user' | 'group') => ({ kind, id: kind === 'user' ? userId : groups.team! });
  const names = async (
    kind: 'user' | 'group',
    which: 'direct' | 'effective' | 'available',
    container?: string,
  ) => {
    const holder = holderOf(kind);
    const found = await service.bus.call(users.rolesOf, { realmId: realm.id, holder, which, container });
    return found.map(({ name }) => name);
  };
  const change = (rpc: typeof users.grantRoles, holder: Holder, ids: string[], of = realm) =>
    service.bus.call(rpc, { by, realmId: of.id, holder, roles: ids });

  it('that a group above gives reach the members of the groups below, in one query', async () => {
    await change(users.grantRoles, { kind: 'group', id: groups.company! }, [roles.outer!]);
    const { user } = await service.bus.call(users.get, { realmId: realm.id, userId });
    expect(user?.roles).toEqual(expect.arrayContaining(['inner', 'outer']));
    expect(user?.clientRoles).toEqual({ wiki: ['reader'] });
    const once = await service.statements(() => service.bus.call(users.get, { realmId: realm.id, userId }));
    expect(once).toBe(1);

    expect(await names('user', 'direct')).toEqual([`default-roles-${realm.name}`]);
    expect(await names('user', 'effective', 'realm')).toEqual(
      ['inner', 'outer', `default-roles-${realm.name}`, 'offline_access', 'uma_authorization'].sort(),
    );
    expect(await names('user', 'effective', client.id)).toEqual(['reader']);
    expect(await names('group', 'effective')).toEqual(['inner', 'outer', 'reader']);
    expect(await names('group', 'direct')).toEqual([]);
  });

  it('are given and taken; what was not given yet is available', async () => {
    await change(users.grantRoles, holderOf('user'), [roles.plain!, roles.reader!]);
    await change(users.grantRoles, holderOf('user'), [roles.plain!]);
    expect(await names('user', 'direct')).toEqual([`default-roles-${realm.name}`, 'plain', 'reader']);
    expect(await names('user', 'available', client.id)).toEqual([]);
    expect(await names('user', 'available', 'realm')).not.toContain('plain');
    const events = (await service.told(realm.id, 'admin')).map(({ data }) => data);
    expect(events).toContainEqual(
      expect.objectContaining({
        resourceType: 'CLIENT_ROLE_MAPPING',
        resourcePath: `users/${userId}/role-mappings/clients/${client.id}`,
        representation: [{ id: roles.reader, name: 'reader' }],
      }),
    );
    await change(users.revokeRoles, holderOf('user'), [roles.plain!, roles.reader!]);
    expect(await names('user', 'direct')).toEqual([`default-roles-${realm.name}`]);
    expect(await names('user', 'available', client.id)).toEqual(['reader']);
  });

  it('of one realm are given in no other, to nobody, and all or none', async () => {
    const { id: stranger } = (await service.bus.call(users.findRole, {
      realmId: master.id,
      name: 'create-realm',
    }))!;
    for (const holder of [holderOf('user'), holderOf('group')]) {
      await expect(change(users.grantRoles, holder, [roles.plain!, stranger])).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(change(users.grantRoles, holder, [stranger], master)).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(change(users.revokeRoles, holder, [stranger], master)).rejects.toMatchObject({
        code: 'not_found',
      });
      const { kind } = holder;
      await expect(
        change(users.grantRoles, { kind, id: randomUUID() }, [roles.plain!]),
      ).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await names('user', 'direct')).not.toContain('plain');
  });
});
