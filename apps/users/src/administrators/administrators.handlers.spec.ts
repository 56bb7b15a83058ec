import { randomUUID } from 'node:crypto';
import type { Actor } from '@tumbler/contract-rpc';
import { ADMIN_RIGHTS, users, type Holder, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
let master: Realm;
beforeAll(async () => {
  service = await TestUsers.start();
  master = await service.realm({}, 'master');
});
afterAll(() => service.close());

const actor = (realm: Realm, userId: string): Actor => ({ realmId: realm.id, clientId: 'admin-cli', userId });
const asked = (realm: Realm, userId: string, more: { target?: string; over?: string } = {}) =>
  service.bus.call(users.administrator, { realmId: realm.id, userId, ...more });

/** A role of the client in `home` that manages `realm`. */
async function right(home: Realm, realm: Realm, name: string): Promise<string> {
  const clients = await service.bus.call(users.managementClients, { realmId: realm.id });
  const client = clients.find(({ realmId }) => realmId === home.id)!;
  const role = await service.bus.call(users.findRole, { realmId: home.id, clientId: client.id, name });
  return role!.id;
}
const give = (home: Realm, holder: Holder, roles: string[], as: Actor = by) =>
  service.bus.call(users.grantRoles, { by: as, realmId: home.id, holder, roles });

/** A user of `home` who has rights in `realm`. */
async function administrator(home: Realm, realm: Realm, ...rights: string[]): Promise<string> {
  const id = await service.user(home, { username: `a-${randomUUID()}` });
  const roles = await Promise.all(rights.map((name) => right(home, realm, name)));
  if (roles.length > 0) await give(home, { kind: 'user', id }, roles);
  return id;
}

describe('administrators', () => {
  let realm: Realm;
  beforeEach(async () => void (realm = await service.realm()));

  it('of a realm are those who have a role of the client that manages it', async () => {
    const id = await administrator(realm, realm, 'manage-users');
    expect(await asked(realm, id)).toMatchObject({
      enabled: true,
      notBefore: 0,
      everywhere: false,
      createsRealms: false,
      rights: { [realm.name]: ['manage-users', 'query-groups', 'query-users', 'view-users'] },
    });
    const all = await administrator(realm, realm, 'realm-admin');
    expect((await asked(realm, all))?.rights).toEqual({ [realm.name]: [...ADMIN_RIGHTS] });
  });

  it('of master administer the realms that they have a role for, and no other', async () => {
    const id = await administrator(master, realm, 'view-events');
    const other = await service.realm();
    expect((await asked(master, id))?.rights).toEqual({ [realm.name]: ['view-events'] });
    expect((await asked(master, id, { target: other.name }))?.rights).toEqual({});
    expect((await asked(master, id, { target: 'constructor' }))?.rights).toEqual({});
  });

  it('administer everything with the role admin of master, and with one of that name elsewhere nothing', async () => {
    const id = await service.user(master, { username: 'root' });
    await service.bus.call(users.grantRealmRoles, { realmId: master.id, userId: id, roles: ['admin'] });
    expect(await asked(master, id)).toMatchObject({ everywhere: true, createsRealms: true });

    const namesake = await service.user(realm, { username: 'namesake' });
    const { id: roleId } = await service.bus.call(users.createRole, {
      ...{ by, realmId: realm.id, fields: { name: 'admin' } },
    });
    await give(realm, { kind: 'user', id: namesake }, [roleId]);
    expect(await asked(realm, namesake)).toMatchObject({ everywhere: false, rights: {} });
  });

  it('are not made by a client that has the name of one that manages', async () => {
    const client = { id: randomUUID(), name: 'realm-management' };
    const fields = { name: 'realm-admin' };
    await expect(
      service.bus.call(users.createRole, { by, realmId: realm.id, client, fields }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('are asked for in one query', async () => {
    const id = await administrator(realm, realm, 'view-users');
    expect(await service.statements(() => asked(realm, id, { target: realm.name }))).toBe(1);
  });

  it('are there no more when the realm is gone, is theirs when they made it, and follow its name', async () => {
    const maker = await service.user(master, { username: 'maker' });
    await service.bus.call(users.grantRealmRoles, {
      ...{ realmId: master.id, userId: maker, roles: ['create-realm'] },
    });
    const as = actor(master, maker);
    const made = await service.bus.call(users.createRealm, { by: as, name: 'made', settings: {} });
    expect((await asked(master, maker))?.rights).toEqual({ made: [...ADMIN_RIGHTS] });
    const names = async () =>
      (await service.bus.call(users.managementClients, { realmId: made.id })).map(({ name }) => name);
    expect(await names()).toEqual(['realm-management', 'made-realm']);
    await service.bus.call(users.updateRealm, { by: as, realmId: made.id, name: 'remade', settings: {} });
    expect(await names()).toEqual(['realm-management', 'remade-realm']);
    await service.bus.call(users.removeRealm, { by: as, realmId: made.id });
    expect(await asked(master, maker)).toMatchObject({ createsRealms: true, rights: {} });
    expect(await names()).toEqual([]);
  });

  it('cannot be made by giving a role another name, or by making room for one', async () => {
    const roleId = await right(realm, realm, 'view-users');
    const as = actor(realm, await administrator(realm, realm, 'realm-admin'));
    await expect(
      service.bus.call(users.updateRole, { by: as, realmId: realm.id, roleId, fields: { name: 'other' } }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(
      service.bus.call(users.removeRole, { by: as, realmId: realm.id, roleId }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('nobody with less raises rights (ASVS 8.2.1): somebody who manages users and the realm is refused', () => {
  let realm: Realm;
  let as: Actor;
  let self: string;
  let friend: string;
  let superior: string;
  let realmAdmin: string;
  let group: string;
  let powerful: string;
  beforeAll(async () => {
    realm = await service.realm();
    self = await administrator(realm, realm, 'manage-users', 'manage-realm', 'manage-clients');
    as = actor(realm, self);
    friend = await service.user(realm, { username: 'friend' });
    superior = await administrator(realm, realm, 'realm-admin');
    realmAdmin = await right(realm, realm, 'realm-admin');
    const made = async (name: string) =>
      (await service.bus.call(users.createGroup, { by, realmId: realm.id, fields: { name } })).id;
    group = await made('plain');
    powerful = await made('powerful');
    await give(realm, { kind: 'group', id: powerful }, [realmAdmin]);
  });

  const forbidden = (deed: Promise<unknown>) => expect(deed).rejects.toMatchObject({ code: 'forbidden' });
  const about = () => ({ by: as, realmId: realm.id });
  const rightsOfSelf = async () => (await asked(realm, self))?.rights[realm.name];

  it.each<[string, () => Promise<unknown>]>([
    ['a greater role', () => give(realm, { kind: 'user', id: self }, [realmAdmin], as)],
    ['a greater role for a friend', () => give(realm, { kind: 'user', id: friend }, [realmAdmin], as)],
    ['a greater role for a group', () => give(realm, { kind: 'group', id: group }, [realmAdmin], as)],
    [
      'a role for a right that was not given',
      async () => give(realm, { kind: 'user', id: self }, [await right(realm, realm, 'impersonation')], as),
    ],
    [
      'taking a greater role from somebody',
      () =>
        service.bus.call(users.revokeRoles, {
          ...about(),
          holder: { kind: 'user', id: superior },
          roles: [realmAdmin],
        }),
    ],
    [
      'a role that brings a greater one along',
      () => service.bus.call(users.createRole, { ...about(), fields: { name: 'x' }, parts: [realmAdmin] }),
    ],
    [
      'adding a greater role to one that everybody has',
      async () => {
        const { id: roleId } = await service.bus.call(users.defaultRole, { realmId: realm.id });
        return service.bus.call(users.addRoleParts, { ...about(), roleId, parts: [realmAdmin] });
      },
    ],
    [
      'adding a greater role to one that they have',
      async () => {
        const roleId = await right(realm, realm, 'manage-users');
        return service.bus.call(users.addRoleParts, { ...about(), roleId, parts: [realmAdmin] });
      },
    ],
    [
      'joining a group of greater rights',
      () =>
        service.bus.call(users.changeMembership, {
          ...about(),
          userId: self,
          groupId: powerful,
          member: true,
        }),
    ],
    [
      'making users in a group of greater rights',
      () => service.bus.call(users.create, { ...about(), fields: { username: 'new' }, groups: [powerful] }),
    ],
    [
      'joining a group below one of greater rights',
      async () => {
        const made = await service.bus.call(users.createGroup, {
          ...{ ...about(), parentId: powerful, fields: { name: 'below' } },
        });
        return service.bus.call(users.changeMembership, {
          ...{ ...about(), userId: self, groupId: made.id, member: true },
        });
      },
    ],
    [
      'moving a group below one of greater rights',
      () => service.bus.call(users.moveGroup, { ...about(), groupId: group, parentId: powerful }),
    ],
    [
      'giving a group of greater rights to all new users',
      () => service.bus.call(users.setDefaultGroup, { ...about(), groupId: powerful, isDefault: true }),
    ],
    [
      'changing the address of somebody greater',
      () =>
        service.bus.call(users.update, { ...about(), userId: superior, fields: { email: 'x@example.org' } }),
    ],
    [
      'switching somebody greater off',
      () => service.bus.call(users.update, { ...about(), userId: superior, fields: { enabled: false } }),
    ],
    ['removing somebody greater', () => service.bus.call(users.remove, { ...about(), userId: superior })],
    [
      'removing a group of greater rights',
      () => service.bus.call(users.removeGroup, { ...about(), groupId: powerful }),
    ],
  ])('%s', async (_deed, attempt) => {
    const before = await rightsOfSelf();
    await forbidden(attempt());
    expect(await rightsOfSelf()).toEqual(before);
  });

  it('and may give what they have themselves', async () => {
    await give(realm, { kind: 'user', id: friend }, [await right(realm, realm, 'view-users')], as);
    expect((await asked(realm, friend))?.rights[realm.name]).toContain('view-users');
  });

  it('and covers whom they may change, and nobody greater', async () => {
    const target = realm.name;
    expect((await asked(realm, self, { target, over: friend }))?.covers).toBe(true);
    expect((await asked(realm, self, { target, over: self }))?.covers).toBe(true);
    expect((await asked(realm, self, { target, over: superior }))?.covers).toBe(false);
    expect((await asked(realm, superior, { target, over: self }))?.covers).toBe(true);
  });

  it('and in master nobody makes an administrator of everything but one', async () => {
    const id = await administrator(master, master, ...ADMIN_RIGHTS);
    await forbidden(
      service.bus.call(users.grantRealmRoles, {
        ...{ by: actor(master, id), realmId: master.id, userId: id, roles: ['admin'] },
      }),
    );
    await forbidden(
      service.bus.call(users.grantRealmRoles, {
        ...{ by: actor(master, id), realmId: master.id, userId: id, roles: ['create-realm'] },
      }),
    );
  });
});
