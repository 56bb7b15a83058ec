import { randomUUID } from 'node:crypto';
import { users, type Realm } from '@tumbler/contract-users';
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
      description: null,
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
