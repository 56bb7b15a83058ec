// Groups and roles as a program sees them: Keycloak's official client, unchanged, against the running system.
import type KcAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './admin-requests.js';
import { administrator, PASSWORD, RealmOfStory } from './world.js';

let admin: KcAdminClient;
let realm: string;
let story: RealmOfStory;
let client: { id: string; clientId: string };
beforeAll(async () => {
  admin = await administrator();
  story = await RealmOfStory.create();
  realm = story.name;
  const { id } = await admin.clients.create({ realm, clientId: 'shop' });
  client = { id, clientId: 'shop' };
});

const names = (list: { name?: string }[]) => list.map(({ name }) => name);
const idOf = async (name: string) => (await admin.roles.findOneByName({ realm, name }))!.id!;
const mapping = async (name: string) => ({ id: await idOf(name), name });

describe('roles of the realm', () => {
  it('are created, read, found, changed and removed', async () => {
    const { roleName } = await admin.roles.create({
      realm,
      name: 'night watch',
      description: 'Keeps awake',
      attributes: { lamp: ['on'] },
    });
    expect(decodeURIComponent(roleName)).toBe('night watch');
    const role = await admin.roles.findOneByName({ realm, name: 'night watch' });
    expect(role).toMatchObject({
      name: 'night watch',
      description: 'Keeps awake',
      composite: false,
      clientRole: false,
      attributes: { lamp: ['on'] },
    });
    expect(names(await admin.roles.find({ realm }))).toEqual([
      `default-roles-${realm}`,
      'night watch',
      'offline_access',
      'uma_authorization',
    ]);
    expect(names(await admin.roles.find({ realm, search: 'watch', max: 5 }))).toEqual(['night watch']);
    await admin.roles.updateByName({ realm, name: 'night watch' }, { ...role, name: 'day watch' });
    expect(await admin.roles.findOneByName({ realm, name: 'night watch' })).toBeNull();
    await admin.roles.updateById({ realm, id: role!.id! }, { ...role, name: 'watch' });
    expect(await admin.roles.findOneById({ realm, id: role!.id! })).toMatchObject({ name: 'watch' });
    await admin.roles.delById({ realm, id: role!.id! });
    expect(await admin.roles.findOneById({ realm, id: role!.id! })).toBeNull();
  });

  it('that every new user gets are parts of one that the realm tells', async () => {
    const { defaultRole } = (await admin.realms.findOne({ realm }))!;
    expect(defaultRole).toMatchObject({ name: `default-roles-${realm}`, composite: true });
    await admin.roles.create({ realm, name: 'reader' });
    const reader = (await admin.roles.findOneByName({ realm, name: 'reader' }))!;
    await admin.roles.createComposite({ realm, roleId: defaultRole!.id! }, [reader]);
    const id = await story.createUser('reads');
    expect(names(await admin.users.listCompositeRealmRoleMappings({ realm, id }))).toContain('reader');
    await admin.roles.delByName({ realm, name: 'reader' });
  });

  it('answer what is wrong in the words of Keycloak', async () => {
    expect(await ask(admin, 'GET', `/${realm}/roles/nothing`)).toMatchObject({
      status: 404,
      body: { error: 'Could not find role' },
    });
    expect(await ask(admin, 'POST', `/${realm}/roles`, { name: 'offline_access' })).toMatchObject({
      status: 409,
      body: { errorMessage: 'Role with name offline_access already exists' },
    });
    expect((await ask(admin, 'POST', `/${realm}/roles`, {})).status).toBe(400);
    expect((await ask(admin, 'DELETE', `/${realm}/roles/default-roles-${realm}`)).status).toBe(400);
    expect((await ask(admin, 'POST', `/${realm}/roles`, { name: 'x', colour: 'red' })).status).toBe(400);
  });
});

describe('roles that bring others along', () => {
  it('unfold in the token of whoever has them', async () => {
    await admin.roles.create({ realm, name: 'seller' });
    await admin.clients.createRole({ realm, id: client.id, name: 'till' });
    await admin.roles.create({ realm, name: 'shopkeeper', composites: { realm: ['seller'] } });
    const till = (await admin.clients.findRole({ realm, id: client.id, roleName: 'till' }))!;
    expect(till).toMatchObject({ clientRole: true, containerId: client.id });
    const id = await idOf('shopkeeper');
    await admin.roles.createComposite({ realm, roleId: id }, [till]);
    expect(names(await admin.roles.getCompositeRoles({ realm, id }))).toEqual(['seller', 'till']);
    expect(names(await admin.roles.getCompositeRolesForRealm({ realm, id }))).toEqual(['seller']);
    expect(names(await admin.roles.getCompositeRolesForClient({ realm, id, clientId: client.id }))).toEqual([
      'till',
    ]);
    expect(await admin.roles.findOneByName({ realm, name: 'shopkeeper' })).toMatchObject({ composite: true });

    const userId = await story.createUser('keeper');
    await admin.users.addRealmRoleMappings({ realm, id: userId, roles: [await mapping('shopkeeper')] });
    const { access_token: token } = (await (
      await story.tokenRequest({ username: 'keeper', password: PASSWORD })
    ).json()) as { access_token: string };
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
      realm_access: { roles: string[] };
    };
    expect(claims.realm_access.roles).toEqual(expect.arrayContaining(['seller', 'shopkeeper']));

    await admin.roles.delCompositeRoles({ realm, id }, [till]);
    expect(names(await admin.roles.getCompositeRoles({ realm, id }))).toEqual(['seller']);
  });
});

describe('roles of a client', () => {
  it('are created, listed, changed and removed, and go with their client', async () => {
    await admin.clients.createRole({ realm, id: client.id, name: 'guest', description: 'Looks around' });
    expect(names(await admin.clients.listRoles({ realm, id: client.id }))).toContain('guest');
    await admin.clients.updateRole(
      { realm, id: client.id, roleName: 'guest' },
      { name: 'visitor', description: 'Looks around' },
    );
    expect(await admin.clients.findRole({ realm, id: client.id, roleName: 'guest' })).toBeNull();
    await admin.clients.delRole({ realm, id: client.id, roleName: 'visitor' });

    const { id } = await admin.clients.create({ realm, clientId: 'passing' });
    await admin.clients.createRole({ realm, id, name: 'stays not' });
    const role = (await admin.clients.findRole({ realm, id, roleName: 'stays not' }))!;
    await admin.clients.del({ realm, id });
    await expect.poll(() => admin.roles.findOneById({ realm, id: role.id! }), { timeout: 10_000 }).toBeNull();
  });
});

describe('role mappings', () => {
  it('of a user are given, told and taken', async () => {
    const id = await story.createUser('mapped');
    await admin.roles.create({ realm, name: 'inner' });
    await admin.roles.create({ realm, name: 'outer', composites: { realm: ['inner'] } });
    await admin.clients.createRole({ realm, id: client.id, name: 'buyer' });
    const buyer = (await admin.clients.findRole({ realm, id: client.id, roleName: 'buyer' }))!;
    const roles = [{ id: buyer.id!, name: 'buyer' }];
    const of = { realm, id, clientUniqueId: client.id };

    expect(names(await admin.users.listAvailableClientRoleMappings(of))).toContain('buyer');
    await admin.users.addRealmRoleMappings({ realm, id, roles: [await mapping('outer')] });
    await admin.users.addClientRoleMappings({ ...of, roles });
    const all = await admin.users.listRoleMappings({ realm, id });
    expect(names(all.realmMappings!)).toEqual([`default-roles-${realm}`, 'outer']);
    expect(all.clientMappings).toMatchObject({ shop: { id: client.id, mappings: [{ name: 'buyer' }] } });
    expect(names(await admin.users.listRealmRoleMappings({ realm, id }))).toContain('outer');
    expect(names(await admin.users.listCompositeRealmRoleMappings({ realm, id }))).toEqual(
      expect.arrayContaining(['inner', 'outer', 'offline_access']),
    );
    expect(names(await admin.users.listAvailableRealmRoleMappings({ realm, id }))).not.toContain('outer');
    expect(names(await admin.users.listClientRoleMappings(of))).toEqual(['buyer']);
    expect(names(await admin.users.listCompositeClientRoleMappings(of))).toEqual(['buyer']);
    expect(await admin.roles.findUsersWithRole({ realm, name: 'outer' })).toMatchObject([{ id }]);

    await admin.users.delClientRoleMappings({ ...of, roles });
    await admin.users.delRealmRoleMappings({ realm, id, roles: [await mapping('outer')] });
    expect(names((await admin.users.listRoleMappings({ realm, id })).realmMappings!)).toEqual([
      `default-roles-${realm}`,
    ]);
    expect(await ask(admin, 'GET', `/${realm}/users/${client.id}/role-mappings`)).toMatchObject({
      status: 404,
      body: { error: 'User not found' },
    });
  });

  it('cannot be given under the name of another client', async () => {
    const id = await story.createUser('smuggler');
    const { id: other } = await admin.clients.create({ realm, clientId: 'other' });
    const role = await mapping('offline_access');
    const path = `/${realm}/users/${id}/role-mappings/clients/${other}`;
    expect((await ask(admin, 'POST', path, [role])).status).toBe(404);
  });
});

describe('groups', () => {
  it('are a tree that is searched, read, changed and moved', async () => {
    const { id: staff } = await admin.groups.create({ realm, name: 'staff', attributes: { floor: ['2'] } });
    const { id: night } = await admin.groups.createChildGroup({ realm, id: staff }, { name: 'night' });
    expect(await admin.groups.findOne({ realm, id: night })).toMatchObject({
      name: 'night',
      path: '/staff/night',
      parentId: staff,
      realmRoles: [],
      clientRoles: {},
    });
    expect(await admin.groups.find({ realm })).toMatchObject([
      { name: 'staff', subGroupCount: 1, subGroups: [] },
    ]);
    expect(await admin.groups.find({ realm, search: 'nig' })).toMatchObject([
      { name: 'staff', subGroups: [{ name: 'night' }] },
    ]);
    expect(await admin.groups.find({ realm, q: 'floor:2', briefRepresentation: false })).toMatchObject([
      { name: 'staff', attributes: { floor: ['2'] } },
    ]);
    expect(names(await admin.groups.listSubGroups({ realm, parentId: staff }))).toEqual(['night']);
    expect(await admin.groups.count({ realm })).toEqual({ count: 2 });
    expect(await admin.groups.count({ realm, top: true })).toEqual({ count: 1 });
    expect(await admin.realms.getGroupByPath({ realm, path: 'staff/night' })).toMatchObject({ id: night });

    await admin.groups.update({ realm, id: night }, { name: 'late' });
    await admin.groups.updateRoot({ realm, id: night, name: 'late' });
    expect(await admin.groups.findOne({ realm, id: night })).toMatchObject({ path: '/late' });
    await admin.groups.updateChildGroup({ realm, id: staff }, { id: night, name: 'late' });
    expect(await admin.groups.findOne({ realm, id: night })).toMatchObject({ path: '/staff/late' });
    await admin.groups.del({ realm, id: staff });
    expect(await admin.groups.findOne({ realm, id: night })).toBeNull();
  });

  it('answer what is wrong in the words of Keycloak', async () => {
    const { id } = await admin.groups.create({ realm, name: 'once' });
    expect(await ask(admin, 'POST', `/${realm}/groups`, { name: 'once' })).toMatchObject({
      status: 409,
      body: { errorMessage: "Top level group named 'once' already exists." },
    });
    expect((await ask(admin, 'POST', `/${realm}/groups`, { name: '' })).status).toBe(400);
    expect(await ask(admin, 'GET', `/${realm}/group-by-path/nowhere`)).toMatchObject({
      status: 404,
      body: { error: 'Group path does not exist' },
    });
    expect(await ask(admin, 'POST', `/${realm}/groups/${id}/children`, { id, name: 'once' })).toMatchObject({
      status: 400,
    });
    await admin.groups.del({ realm, id });
  });

  it('give their roles to their members, and may be joined by whoever comes', async () => {
    const { id: group } = await admin.groups.create({ realm, name: 'members' });
    await admin.roles.create({ realm, name: 'member' });
    const roles = [await mapping('member')];
    await admin.groups.addRealmRoleMappings({ realm, id: group, roles });
    expect(await admin.groups.findOne({ realm, id: group })).toMatchObject({ realmRoles: ['member'] });
    expect(names(await admin.groups.listRealmRoleMappings({ realm, id: group }))).toEqual(['member']);

    const ann = await story.createUser('ann-in-group', { groups: ['/members'] });
    const bob = await story.createUser('bob-in-group');
    await admin.users.addToGroup({ realm, id: bob, groupId: group });
    expect(await admin.groups.listMembers({ realm, id: group })).toMatchObject([{ id: ann }, { id: bob }]);
    expect(names(await admin.users.listGroups({ realm, id: bob }))).toEqual(['members']);
    expect(await admin.users.countGroups({ realm, id: bob })).toEqual({ count: 1 });
    expect(names(await admin.users.listCompositeRealmRoleMappings({ realm, id: bob }))).toContain('member');
    await admin.users.delFromGroup({ realm, id: bob, groupId: group });
    expect(names(await admin.users.listCompositeRealmRoleMappings({ realm, id: bob }))).not.toContain(
      'member',
    );

    await admin.realms.addDefaultGroup({ realm, id: group });
    expect(names(await admin.realms.getDefaultGroups({ realm }))).toEqual(['members']);
    const cat = await story.createUser('cat-in-group');
    expect(names(await admin.users.listGroups({ realm, id: cat }))).toEqual(['members']);
    await admin.realms.removeDefaultGroup({ realm, id: group });
    await admin.groups.delRealmRoleMappings({ realm, id: group, roles });
  });
});
