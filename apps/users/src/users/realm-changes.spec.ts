import { LocalBus } from '@tumbler/bus';
import { users } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PROFILE } from '../profile/default-profile.js';
import { ACTIONS, AT_FIRST, said, Shop } from '../testing/shop.js';
import { by, TestUsers } from '../testing/test-users.js';
import { LoginsHandlers } from './logins.handlers.js';
import { UserFinder } from './user-finder.js';

let service: TestUsers;
let anotherInstance: LocalBus;

beforeAll(async () => {
  service = await TestUsers.start();
  anotherInstance = new LocalBus().plug(new LoginsHandlers(service.db, new UserFinder(service.db)));
});
afterAll(() => service.close());

const without = (alias: string) => ACTIONS.filter((action) => action !== alias);
const ALSO_A_GUEST = { roles: ['guest', 'member', 'reader', 'staff'] };

describe('a login learns at its very next step, on every instance,', () => {
  it.each<[string, (shop: Shop) => Promise<unknown>, Partial<typeof AT_FIRST>]>([
    ['of a role given', (shop) => shop.grant(shop.toAnn, shop.roles.guest), ALSO_A_GUEST],
    [
      'of a role taken',
      (shop) => shop.revoke(shop.toAnn, shop.roles.staff),
      { roles: ['member'], clientRoles: undefined },
    ],
    ['of a group joined', (shop) => shop.join(shop.groups.elsewhere), ALSO_A_GUEST],
    ['of a group left', (shop) => shop.join(shop.groups.team, false), { roles: ['reader', 'staff'] }],
    [
      'of what a role brings along from now on',
      ({ realm, roles: { reader: roleId, guest } }) =>
        service.bus.call(users.addRoleParts, { by, realmId: realm.id, roleId, parts: [guest] }),
      ALSO_A_GUEST,
    ],
    [
      'of what it no longer brings along',
      ({ realm, roles: { staff: roleId, seller } }) =>
        service.bus.call(users.removeRoleParts, { by, realmId: realm.id, roleId, parts: [seller] }),
      { clientRoles: undefined },
    ],
    [
      'of a new name of a role',
      (shop) => shop.rename(shop.roles.reader, 'audience'),
      { roles: ['audience', 'member', 'staff'] },
    ],
    [
      'of a role that is gone',
      ({ realm, roles: { reader: roleId } }) =>
        service.bus.call(users.removeRole, { by, realmId: realm.id, roleId }),
      { roles: ['member', 'staff'] },
    ],
    [
      'of a role given to a group above',
      (shop) => shop.grant(shop.toTheCompany, shop.roles.guest),
      ALSO_A_GUEST,
    ],
    [
      'of one taken from it',
      (shop) => shop.revoke(shop.toTheCompany, shop.roles.member),
      { roles: ['reader', 'staff'] },
    ],
    [
      'of a group that has moved',
      ({ realm, groups: { team: groupId, elsewhere: parentId } }) =>
        service.bus.call(users.moveGroup, { by, realmId: realm.id, groupId, parentId }),
      { roles: ['guest', 'reader', 'staff'] },
    ],
    [
      'of a group that is gone',
      ({ realm, groups: { company: groupId } }) =>
        service.bus.call(users.removeGroup, { by, realmId: realm.id, groupId }),
      { roles: ['reader', 'staff'] },
    ],
    [
      'of a new name of a client',
      (shop) => shop.hear('client.changed'),
      { clientRoles: { store: ['seller'] } },
    ],
    ['of a client that is gone', (shop) => shop.hear('client.removed'), { clientRoles: undefined }],
    [
      'of an action switched off',
      (shop) => shop.updateAction({ enabled: false }),
      { actions: without('UPDATE_PASSWORD') },
    ],
    [
      'of one switched on',
      (shop) => shop.updateAction({ alias: 'delete_account', priority: 0 }),
      { actions: ['delete_account', ...ACTIONS] },
    ],
    [
      'of an action that comes earlier',
      ({ realm }) =>
        service.bus.call(users.moveAction, {
          ...{ by, realmId: realm.id, alias: 'VERIFY_EMAIL', direction: 'raise' },
        }),
      { actions: ['VERIFY_EMAIL', 'UPDATE_PROFILE', ...ACTIONS.slice(2)] },
    ],
    [
      'of a new name of an action',
      (shop) => shop.updateAction({ newAlias: 'renewal' }),
      {
        todo: ['renewal'],
        actions: ACTIONS.map((alias) => (alias === 'UPDATE_PASSWORD' ? 'renewal' : alias)),
      },
    ],
    [
      'of an action that the realm has no more',
      ({ realm }) => service.bus.call(users.removeAction, { by, realmId: realm.id, alias: 'VERIFY_EMAIL' }),
      { actions: without('VERIFY_EMAIL') },
    ],
    [
      'of what the profile asks for from now on',
      ({ realm }) => {
        const phone = { name: 'phone', required: {}, permissions: { edit: ['user'], view: ['user'] } };
        const profile = { ...DEFAULT_PROFILE, attributes: [...DEFAULT_PROFILE.attributes, phone] };
        return service.bus.call(users.setUserProfile, { by, realmId: realm.id, profile });
      },
      { faults: ['phone'] },
    ],
  ])('%s', async (_, change, seen) => {
    const shop = await Shop.open(service);
    for (const instance of [service.bus, anotherInstance]) {
      expect(await shop.ask(instance)).toEqual(AT_FIRST);
      expect(await service.statements(() => shop.ask(instance))).toBe(1);
    }
    await change(shop);
    for (const instance of [service.bus, anotherInstance]) {
      expect(await shop.ask(instance)).toEqual({ ...AT_FIRST, ...seen });
    }
  });

  it('of a realm that is gone, and of the one that has its name and its id afterwards', async () => {
    const shop = await Shop.open(service);
    const { id, name } = shop.realm;
    await shop.updateAction({ enabled: false });
    await shop.ask();
    await service.bus.call(users.removeRealm, { by, realmId: id });
    await expect(shop.ask()).rejects.toMatchObject({ code: 'realm_not_found' });
    expect(await service.db.query('select from realm_version where realm_id = $1', [id])).toEqual([]);

    await service.bus.call(users.createRealm, { by, id, name, settings: {} });
    expect(await shop.ask()).toMatchObject({ roles: undefined, actions: ACTIONS });
    const ann = { realmId: id, userId: shop.ann, fields: { username: 'ann' } };
    await service.bus.call(users.create, { by, ...ann });
    expect(await shop.ask()).toMatchObject({ roles: [], clientRoles: undefined, todo: [] });
  });

  it('of a role and of a group that are others under ids that were there before', async () => {
    const shop = await Shop.open(service);
    const {
      realm: { id: realmId },
      roles: { staff },
      groups: { team, elsewhere },
    } = shop;
    await shop.ask();
    await service.bus.call(users.removeRole, { by, realmId, roleId: staff });
    await service.bus.call(users.createRole, { by, realmId, roleId: staff, fields: { name: 'waiter' } });
    await shop.grant(shop.toAnn, staff);
    expect(await shop.ask()).toMatchObject({ roles: ['member', 'waiter'], clientRoles: undefined });

    await service.bus.call(users.removeGroup, { by, realmId, groupId: team });
    const another = { groupId: team, parentId: elsewhere, fields: { name: 'team' } };
    await service.bus.call(users.createGroup, { by, realmId, ...another });
    await shop.join(team);
    expect(await shop.ask()).toMatchObject({ roles: ['guest', 'waiter'] });
  });

  it('that nobody is meant by a name, with the actions of now', async () => {
    const shop = await Shop.open(service);
    const ask = async () =>
      said(await service.bus.call(users.identify, { realmId: shop.realm.id, name: 'nobody' }));
    expect(await ask()).toMatchObject({ roles: undefined, actions: ACTIONS });
    expect(await service.statements(ask)).toBe(1);
    await shop.updateAction({ enabled: false });
    expect(await ask()).toMatchObject({ roles: undefined, actions: without('UPDATE_PASSWORD') });
  });
});
