import { randomUUID } from 'node:crypto';
import type { FoundUser } from '@tumbler/contract-users';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestUsers } from '../testing/test-users.js';
import { finding, UserFinder } from './user-finder.js';

const BY_ID = finding('select * from realm_user where id = $2 and realm_id = $1');

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

/** Numbers below `sides`, the same in each run (mulberry32). */
function dice(seed: number): (sides: number) => number {
  return (sides) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

interface World {
  realmId: string;
  people: string[];
  roles: string[];
  groups: string[];
  clients: string[];
}

type Change = [statement: string, values: unknown[]];

/**
 * A change by chance, of what is there or makes what is not. Of roles and groups there are a few ids, so that some come
 * again as others.
 */
function changesOf({ realmId, people, roles, groups, clients }: World, roll: (sides: number) => number) {
  const one = <T>(list: readonly T[]): T => list[roll(list.length)]!;
  let names = 0;
  const name = () => `name-${roll(1_000)}-${++names}`;
  /** A group, and one that may be above it: those above come earlier, so that there are no circles. */
  const below = () => {
    const place = roll(groups.length);
    return [groups[place], groups[roll(place + 1) - 1]];
  };
  const kinds: [often: number, change: () => Change][] = [
    [
      3,
      () => [
        `insert into role (id, realm_id, client_id, name, attributes, of_new_users)
         values ($1, $2, $3, $4, '{}', false) on conflict do nothing`,
        [one(roles), realmId, one([null, null, ...clients]), name()],
      ],
    ],
    [1, () => ['update role set name = $2 where id = $1', [one(roles), name()]]],
    [1, () => ['delete from role where id = $1', [one(roles)]]],
    [
      3,
      () => [
        `insert into role_composite select a.id, b.id from role a, role b where a.id = $1 and b.id = $2
             on conflict do nothing`,
        [one(roles), one(roles)],
      ],
    ],
    [1, () => ['delete from role_composite where role_id = $1', [one(roles)]]],
    [
      2,
      () => [
        `insert into user_group (id, realm_id, parent_id, name, attributes, of_new_users)
         select $1, $3, (select id from user_group where id = $2), $4, '{}', false on conflict do nothing`,
        [...below(), realmId, name()],
      ],
    ],
    [
      1,
      () => [
        'update user_group set parent_id = (select id from user_group where id = $2) where id = $1',
        below(),
      ],
    ],
    [1, () => ['delete from user_group where id = $1', [one(groups)]]],
    [
      2,
      () => [
        `insert into group_role select g.id, r.id from user_group g, role r where g.id = $1 and r.id = $2
             on conflict do nothing`,
        [one(groups), one(roles)],
      ],
    ],
    [1, () => ['delete from group_role where group_id = $1', [one(groups)]]],
    [
      3,
      () => [
        'insert into user_role select $1, id from role where id = $2 on conflict do nothing',
        [one(people), one(roles)],
      ],
    ],
    [1, () => ['delete from user_role where user_id = $1 and role_id = $2', [one(people), one(roles)]]],
    [
      2,
      () => [
        'insert into group_member select $1, id from user_group where id = $2 on conflict do nothing',
        [one(people), one(groups)],
      ],
    ],
    [1, () => ['delete from group_member where user_id = $1', [one(people)]]],
    [1, () => ['update client set name = $2 where id = $1', [one(clients), name()]]],
    [
      1,
      () => [
        `update required_action set alias = $3, priority = $4, enabled = $5
          where realm_id = $1 and provider_id = $2`,
        [realmId, one(['VERIFY_EMAIL', 'UPDATE_PASSWORD']), name(), roll(100), roll(2) === 0],
      ],
    ],
    [
      1,
      () => {
        const asked = { name: name(), required: {}, permissions: { edit: ['user'] } };
        return ['update realm set profile = $2 where id = $1', [realmId, { attributes: [asked] }]];
      },
    ],
  ];
  const lots = kinds.flatMap(([often, change]) => Array.from({ length: often }, () => change));
  return (): Change => one(lots)();
}

it.each([1, 2, 3])(
  'an answer is what a server says that remembers nothing, whatever was changed (%i)',
  async (seed) => {
    const roll = dice(seed);
    const { id: realmId, ...realm } = await service.realm();
    const ids = (n: number) => Array.from({ length: n }, () => randomUUID());
    const world: World = { realmId, people: [], roles: ids(10), groups: ids(5), clients: ids(2) };
    for (const username of ['ann', 'bob', 'cid']) {
      const fields = { username, requiredActions: ['VERIFY_EMAIL'] };
      world.people.push(await service.user({ id: realmId, ...realm }, fields));
    }
    for (const id of world.clients) {
      await service.db.query('insert into client (id, realm_id, name) values ($1::uuid, $2, $1)', [
        id,
        realmId,
      ]);
    }
    const change = changesOf(world, roll);
    const instances = [new UserFinder(service.db), new UserFinder(service.db)];
    const find = (finder: UserFinder, userId: string) => finder.find(BY_ID, [realmId, userId]);

    const different = new Set<string>();
    let [asked, statements] = [0, 0];
    for (let round = 0; round < 120; round++) {
      const tx = service.db.createQueryRunner();
      await tx.startTransaction();
      for (let n = roll(3); n >= 0; n--) await tx.query(...change());
      await (roll(5) === 0 ? tx.rollbackTransaction() : tx.commitTransaction());
      await tx.release();
      for (const userId of world.people) {
        const answer = await find(new UserFinder(service.db), userId);
        different.add(JSON.stringify(answer));
        for (const finder of instances) {
          let remembered: FoundUser | undefined;
          statements += await service.statements(async () => (remembered = await find(finder, userId)));
          expect(remembered).toEqual(answer);
          asked++;
        }
      }
    }
    // Else there was nothing to see: neither changes, nor anything that was remembered in spite of them.
    expect(different.size).toBeGreaterThan(40);
    expect(statements).toBeLessThan(asked * 1.6);
  },
);
