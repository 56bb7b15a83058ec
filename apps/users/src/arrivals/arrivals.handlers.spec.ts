import { randomUUID } from 'node:crypto';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type ArrivalPart, type ArrivingRealm, type ArrivingUser } from '@tumbler/contract-users';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PROFILE } from '../profile/default-profile.js';
import { by, TestUsers } from '../testing/test-users.js';

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

/** Lays parts down and lets them arrive. */
async function moveIn(
  parts: ArrivalPart[],
  where: { realmId: string; realm?: ArrivingRealm },
  as: Actor = by,
) {
  const arrivalId = randomUUID();
  for (const [nth, part] of parts.entries())
    await service.bus.call(users.stageArrival, { arrivalId, nth, part });
  return service.bus.call(users.arrive, { by: as, arrivalId, parts: parts.length, ...where });
}

const NAMES = [
  ...(['realm', 'defaults', 'staff', 'admin', 'shop', 'buyer'] as const),
  ...(['works', 'nights', 'ann', 'bob', 'management', 'viewUsers'] as const),
];
const ids = Object.fromEntries(NAMES.map((name) => [name, randomUUID()])) as Record<
  (typeof NAMES)[number],
  string
>;

const name = 'moved';
const realm: ArrivingRealm = {
  name,
  settings: { displayName: 'Moved', registrationAllowed: true },
  actions: [
    {
      ...{ alias: 'CONFIGURE_TOTP', providerId: 'CONFIGURE_TOTP', name: 'Configure OTP' },
      ...{ enabled: true, defaultAction: true, priority: 5, config: { 'add-recovery-codes': 'true' } },
    },
  ],
  profile: { ...DEFAULT_PROFILE, unmanagedAttributePolicy: 'ADMIN_EDIT' },
};
const parts: ArrivalPart[] = [
  {
    clients: [
      { id: ids.shop, name: 'shop' },
      { id: ids.management, name: 'realm-management' },
    ],
    roles: [
      { place: 'a', id: ids.viewUsers, name: 'view-users', clientId: ids.management },
      { place: 'b', id: randomUUID(), name: 'made up', clientId: ids.management },
      { place: 'roles.realm[0]', id: ids.admin, name: 'boss', parts: [ids.staff, ids.buyer] },
      { place: 'roles.realm[1]', id: ids.staff, name: 'staff', description: 'Works here' },
      {
        ...{ place: 'roles.realm[2]', id: ids.defaults, name: `default-roles-${name}` },
        ...{ parts: [ids.staff], ofNewUsers: true },
      },
      { place: 'roles.client.shop[0]', id: ids.buyer, name: 'buyer', clientId: ids.shop },
    ],
    groups: [
      { place: 'groups[0].subGroups[0]', id: ids.nights, name: 'nights', parentId: ids.works },
      { place: 'groups[0]', id: ids.works, name: 'works', roles: [ids.buyer], ofNewUsers: true },
    ],
  },
  {
    users: [
      {
        ...{ place: 'users[0]', id: ids.ann, username: 'Ann', email: 'Ann@Example.org', emailVerified: true },
        ...{ createdTimestamp: 1_500_000_000_123, attributes: { locale: ['de'] }, enabled: false },
        ...{ requiredActions: ['UPDATE_PASSWORD'], roles: [ids.admin, ids.viewUsers], groups: [ids.nights] },
      },
      { place: 'users[1]', id: ids.bob, username: 'bob' },
    ],
  },
];

describe('a realm that moves in', () => {
  beforeAll(() => moveIn(parts, { realmId: ids.realm, realm }));
  const realmId = ids.realm;

  it('is there as it was, with its ids', async () => {
    expect(await service.bus.call(users.findRealm, { name })).toMatchObject({
      id: realmId,
      displayName: 'Moved',
      registrationAllowed: true,
    });
    const ann = await service.bus.call(users.view, { realmId, userId: ids.ann });
    expect(ann).toMatchObject({
      ...{ id: ids.ann, username: 'ann', email: 'ann@example.org', emailVerified: true, enabled: false },
      ...{ createdTimestamp: 1_500_000_000_123, attributes: { locale: ['de'] } },
      requiredActions: ['UPDATE_PASSWORD'],
    });
    const { user } = await service.bus.call(users.get, { realmId, userId: ids.ann });
    expect(user?.roles.toSorted()).toEqual(['boss', 'staff']);
    expect(user?.clientRoles).toMatchObject({ shop: ['buyer'] });
    const groups = await service.bus.call(users.groupsOfUser, { realmId, userId: ids.ann });
    expect(groups.map(({ path }) => path)).toEqual(['/works/nights']);
  });

  it('gives who says nothing of roles, groups and actions what new users get', async () => {
    const bob = { realmId, userId: ids.bob };
    expect((await service.bus.call(users.view, bob))?.requiredActions).toEqual(['CONFIGURE_TOTP']);
    const { user } = await service.bus.call(users.get, bob);
    expect(user?.roles.toSorted()).toEqual([`default-roles-${name}`, 'staff']);
    expect((await service.bus.call(users.groupsOfUser, bob)).map(({ path }) => path)).toEqual(['/works']);
  });

  it('has the roles and the actions that every realm has, once', async () => {
    const roles = await service.bus.call(users.listRoles, { realmId });
    expect(roles.map((role) => role.name)).toEqual([
      ...['boss', `default-roles-${name}`, 'offline_access', 'staff', 'uma_authorization'],
    ]);
    const actions = await service.bus.call(users.listActions, { realmId });
    expect(actions[0]).toMatchObject({ alias: 'CONFIGURE_TOTP', config: { 'add-recovery-codes': 'true' } });
    expect(actions).toHaveLength(11);
  });

  it('keeps the ids of the client and of the roles that let its people administer it, and adds nothing to them', async () => {
    const clients = await service.bus.call(users.managementClients, { realmId });
    expect(clients.map((client) => client.id)).toContain(ids.management);
    const { user } = await service.bus.call(users.get, { realmId, userId: ids.ann });
    expect(user?.clientRoles?.['realm-management']).toEqual(['query-groups', 'query-users', 'view-users']);
    const clientId = ids.management;
    const role = await service.bus.call(users.findRole, { realmId, clientId, name: 'view-users' });
    expect(role?.id).toBe(ids.viewUsers);
    expect(await service.bus.call(users.findRole, { realmId, clientId, name: 'made up' })).toBeNull();
  });

  it('is told of once, and leaves nothing lying', async () => {
    const told = await service.told(realmId);
    expect(told.map(({ type }) => type)).toEqual(['realm.created']);
    expect(await service.db.query('select from arrival_part')).toEqual([]);
  });

  it('finds what is taken', async () => {
    const found = await service.bus.call(users.taken, {
      ...{ realmId, usernames: ['ANN', 'nobody'], emails: ['ann@example.org'] },
      ids: [ids.ann, ids.staff, ids.works, realmId, randomUUID()],
    });
    expect(found.users).toEqual([{ id: ids.ann, username: 'ann', email: 'ann@example.org' }]);
    expect(found.ids.toSorted()).toEqual([ids.ann, ids.staff, ids.works, realmId].toSorted());
  });
});

describe('what cannot move in as a whole', () => {
  const person = (more: Partial<ArrivingUser> = {}): ArrivingUser => ({
    ...{ place: 'users[0]', id: randomUUID(), username: `u-${randomUUID().slice(0, 8)}` },
    ...more,
  });

  it.each([
    ['a user whose id is taken', () => [person(), person({ id: ids.ann })]],
    ['two users of one name', () => [person({ username: 'twice' }), person({ username: 'Twice' })]],
    ['two users of one address', () => [person({ email: 'a@b.c' }), person({ email: 'A@b.c' })]],
    [
      'a user called as the address of another reads',
      () => [person({ email: 'x@y.z' }), person({ username: 'x@y.z' })],
    ],
    ['a role that is not there', () => [person({ roles: [randomUUID()] })]],
    ['a role of another realm', () => [person({ roles: [ids.staff] })]],
    ['a group of another realm', () => [person({ groups: [ids.works] })]],
  ])('for %s, leaves nothing behind', async (_what, people) => {
    const before = await rows();
    const realmId = randomUUID();
    const there = { realmId, realm: { name: 'half', settings: {} } };
    const failed = moveIn([{ users: [person()] }, { users: people() }], there);
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/conflict|not_found/) });
    expect(await rows()).toEqual(before);
  });

  it('says which name of a realm is taken', async () => {
    await expect(
      moveIn([{}], { realmId: randomUUID(), realm: { name, settings: {} } }),
    ).rejects.toMatchObject({
      code: 'conflict',
      details: { message: `Realm ${name} already exists` },
    });
  });

  it('is refused when a part got lost', async () => {
    const arrivalId = randomUUID();
    await service.bus.call(users.stageArrival, { arrivalId, nth: 1, part: {} });
    const about = { by, arrivalId, realmId: randomUUID(), realm: { name: 'half', settings: {} } };
    await expect(service.bus.call(users.arrive, { ...about, parts: 2 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await service.bus.call(users.abandonArrival, { arrivalId })).toEqual({ abandoned: true });
    expect(await service.bus.call(users.abandonArrival, { arrivalId })).toEqual({ abandoned: false });
  });

  it('is swept out when nobody comes back for it', async () => {
    const left = randomUUID();
    await service.bus.call(users.stageArrival, { arrivalId: left, nth: 0, part: { users: [person()] } });
    service.clock.advance(3601);
    await service.bus.call(users.stageArrival, { arrivalId: randomUUID(), nth: 0, part: {} });
    expect(await service.db.query('select from arrival_part where arrival_id = $1', [left])).toEqual([]);
  });

  it('is examined before: each field that is wrong, at its place', async () => {
    const { findings } = await service.bus.call(users.examineArrival, {
      realm: {
        name: 'x',
        settings: { attributes: { a: '\0' } },
        profile: { attributes: [] },
      },
      part: {
        roles: [{ place: 'roles.realm[7]', id: randomUUID(), name: ' ' }],
        groups: [{ place: 'groups[2]', id: 'nonsense', name: 'x' }],
        users: [
          person({ place: 'users[3]', username: 'a b', email: 'nowhere' }),
          person({ place: 'users[4]', requiredActions: ['webauthn-register', 'UPDATE_PASSWORD'] }),
          person({ place: 'users[5]', createdTimestamp: -1 }),
        ],
      },
    });
    expect(findings.map(({ kind, place }) => `${kind} ${place}`)).toEqual([
      'wrong attributes',
      'wrong components.attributes',
      'wrong roles.realm[7].name',
      'wrong groups[2].id',
      'wrong users[3].username',
      'wrong users[3].email',
      'left_out users[4].requiredActions',
      'wrong users[5].createdTimestamp',
    ]);
  });

  const rows = async () =>
    service.db.query(
      `select (select count(*) from realm)::int as realms, (select count(*) from realm_user)::int as users,
              (select count(*) from role)::int as roles, (select count(*) from outbox)::int as events`,
    );
});

describe('what joins a realm that is there', () => {
  it('takes the place of what makes room for it, and is told of', async () => {
    const there = await service.realm();
    const realmId = there.id;
    const old = await service.user(there, { username: 'ann' });
    const fresh = randomUUID();
    const role = randomUUID();
    await moveIn(
      [
        {
          removed: [old],
          roles: [{ place: 'roles.realm[0]', id: role, name: 'staff' }],
          users: [{ place: 'users[0]', id: fresh, username: 'ann', roles: [role] }],
        },
      ],
      { realmId },
    );
    expect(await service.bus.call(users.view, { realmId, userId: old })).toBeNull();
    expect(await service.bus.call(users.view, { realmId, userId: fresh })).toMatchObject({ username: 'ann' });
    expect(await service.told(realmId, 'user.removed')).toMatchObject([{ data: { userId: old } }]);
    const paths = (await service.told(realmId, 'admin')).map(
      ({ data }) => 'resourcePath' in data && data.resourcePath,
    );
    expect(paths).toEqual(expect.arrayContaining([`users/${fresh}`, 'roles/staff']));
  });

  it('leaves the role that every user gets, and what is in other realms', async () => {
    const [here, there] = [await service.realm(), await service.realm()];
    const role = await service.bus.call(users.defaultRole, { realmId: here.id });
    const stranger = await service.user(there, { username: 'stranger' });
    await moveIn([{ removed: [role.id, stranger] }], { realmId: here.id });
    expect((await service.bus.call(users.defaultRole, { realmId: here.id })).id).toBe(role.id);
    expect(await service.bus.call(users.view, { realmId: there.id, userId: stranger })).not.toBeNull();
  });

  it('lets nobody raise rights (ASVS 8.2.1), nor take the place of somebody with more', async () => {
    const there = await service.realm();
    const realmId = there.id;
    const [client] = await service.bus.call(users.managementClients, { realmId });
    const right = async (name: string) =>
      (await service.bus.call(users.findRole, { realmId, clientId: client!.id, name }))!.id;
    const person = async (username: string, role: string) => {
      const id = await service.user(there, { username });
      const holder = { kind: 'user', id } as const;
      await service.bus.call(users.grantRoles, { by, realmId, holder, roles: [await right(role)] });
      return id;
    };
    const as = { realmId, clientId: 'admin-cli', userId: await person('helper', 'manage-realm') };
    const greater = await person('greater', 'realm-admin');
    const realmAdmin = await right('realm-admin');
    const friend: ArrivingUser = { place: 'users[0]', id: randomUUID(), username: 'friend' };
    const attempts: ArrivalPart[] = [
      { users: [{ ...friend, roles: [realmAdmin] }] },
      { roles: [{ place: 'r', id: randomUUID(), name: 'harmless', parts: [realmAdmin] }] },
      { groups: [{ place: 'g', id: randomUUID(), name: 'harmless', roles: [realmAdmin] }] },
      { removed: [greater] },
    ];
    for (const attempt of attempts) {
      await expect(moveIn([attempt], { realmId }, as)).rejects.toMatchObject({ code: 'forbidden' });
    }
    await moveIn([{ users: [friend] }], { realmId }, as);
    expect(await service.bus.call(users.count, { realmId })).toBe(3);
  });

  it('finds no realm where there is none', async () => {
    await expect(moveIn([{}], { realmId: randomUUID() })).rejects.toMatchObject({ code: 'realm_not_found' });
  });

  it('is made with as many statements for a thousand users as for one', async () => {
    const { id: realmId } = await service.realm();
    const crowd = (n: number, from: string): ArrivingUser[] =>
      Array.from({ length: n }, (_, i) => ({
        place: `users[${i}]`,
        id: randomUUID(),
        username: `${from}-${i}`,
      }));
    const one = await service.statements(() => moveIn([{ users: crowd(1, 'one') }], { realmId }));
    const many = await service.statements(() => moveIn([{ users: crowd(1000, 'many') }], { realmId }));
    expect(many).toBe(one);
    expect(await service.bus.call(users.count, { realmId })).toBe(1001);
  });
});
