import { randomUUID } from 'node:crypto';
import { users, type Realm } from '@tumbler/contract-users';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { by, TestUsers } from '../testing/test-users.js';
import { finding, UserFinder } from './user-finder.js';

const BY_ID = finding('select * from realm_user where id = $2 and realm_id = $1');

let service: TestUsers;
let realm: Realm;
let instances: UserFinder[];

beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());
beforeEach(async () => {
  realm = await service.realm();
  instances = [new UserFinder(service.db), new UserFinder(service.db)];
});

const sql = (text: string, values: unknown[] = []) => service.db.query<unknown[]>(text, values);
const ask = (finder: UserFinder, userId: string) => finder.find(BY_ID, [realm.id, userId]);
/** What a server would answer that remembers nothing. */
const unfold = (userId: string) => ask(new UserFinder(service.db), userId);

async function role(name: string): Promise<string> {
  const id = randomUUID();
  await sql(
    `insert into role (id, realm_id, name, attributes, of_new_users) values ($1, $2, $3, '{}', false)`,
    [id, realm.id, name],
  );
  return id;
}

/** Each of `writes` over and over, while every instance is asked twice at a time: each until the others had enough turns. */
async function bothAtOnce({
  writes,
  ask,
}: {
  writes: (() => Promise<void>)[];
  ask: (finder: UserFinder) => Promise<void>;
}) {
  const ENOUGH = 40;
  const written = writes.map(() => 0);
  const readers = instances.flatMap((finder) => [finder, finder]);
  let reading = readers.length;
  const read = async (finder: UserFinder) => {
    try {
      for (let asked = 0; asked < ENOUGH || written.some((turns) => turns < ENOUGH); asked++)
        await ask(finder);
    } finally {
      reading--;
    }
  };
  const write = async (change: () => Promise<void>, n: number) => {
    while (reading > 0) {
      await change();
      written[n]!++;
    }
  };
  await Promise.all([...readers.map(read), ...writes.map(write)]);
}

describe('while a realm is changed and asked at once,', () => {
  it('no answer is older than what was committed before the question', async () => {
    const ann = await service.user(realm, { username: 'ann' });
    const committed = [0, 0, 0];
    const ids = await Promise.all(committed.map((_, n) => role(`${n}:0`)));
    await sql('insert into user_role select $1, unnest($2::uuid[])', [ann, ids]);
    await bothAtOnce({
      writes: ids.map((id, n) => async () => {
        await sql('update role set name = $2 where id = $1', [id, `${n}:${committed[n]! + 1}`]);
        committed[n]!++;
      }),
      ask: async (finder) => {
        const asked = [...committed];
        const { user } = await ask(finder, ann);
        const told = new Map(user?.roles.map((name) => name.split(':') as [string, string]));
        asked.forEach((turn, n) => expect(Number(told.get(`${n}`))).toBeGreaterThanOrEqual(turn));
      },
    });
    const last = committed.map((turn, n) => `${n}:${turn}`);
    for (const finder of instances) {
      expect((await ask(finder, ann)).user?.roles).toEqual(expect.arrayContaining(last));
      expect(await ask(finder, ann)).toEqual(await unfold(ann));
    }
  });

  it('nobody is without a role that they have had all along, in one way or another', async () => {
    const ann = await service.user(realm, { username: 'ann' });
    const [whole, part] = [await role('whole'), await role('part')];
    await sql('insert into user_role values ($1, $2), ($1, $3)', [ann, whole, part]);
    const write = async () => {
      await service.db.transaction(async (tx) => {
        await tx.query('delete from user_role where user_id = $1 and role_id = $2', [ann, part]);
        await tx.query('insert into role_composite values ($1, $2)', [whole, part]);
      });
      await service.db.transaction(async (tx) => {
        await tx.query('insert into user_role values ($1, $2)', [ann, part]);
        await tx.query('delete from role_composite where role_id = $1', [whole]);
      });
    };
    await bothAtOnce({
      writes: [write],
      ask: async (finder) =>
        expect((await ask(finder, ann)).user?.roles).toEqual(expect.arrayContaining(['part', 'whole'])),
    });
  });

  it('realms are made and removed, each with a change of master, and none waits for another in a circle', async () => {
    const master = await service.realm({}, 'master');
    const root = await service.user(master, { username: 'root' });
    const clientsOfMaster = () => sql('select from client where realm_id = $1', [master.id]);
    const before = await clientsOfMaster();
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const made = await service.realm();
        await service.bus.call(users.updateRealm, {
          ...{ by, realmId: made.id, name: `${made.name}-again`, settings: {} },
        });
        await service.bus.call(users.removeRealm, { by, realmId: made.id });
      }),
    );
    expect(await clientsOfMaster()).toHaveLength(before.length);
    const find = () => service.bus.call(users.get, { realmId: master.id, userId: root });
    expect((await find()).user?.roles).toContain('default-roles-master');
  });
});
