import { randomUUID } from 'node:crypto';
import { users } from '@tumbler/contract-users';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { VersionRealms1795700000000 } from '../db/migrations/1795700000000-version-realms.js';
import { AT_FIRST, said, Shop } from '../testing/shop.js';
import { TestUsers } from '../testing/test-users.js';
import { LoginsHandlers } from './logins.handlers.js';
import { finding, UserFinder } from './user-finder.js';

let service: TestUsers;
let shop: Shop;

beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

/** Somebody else's transaction, open while `meanwhile` runs. */
async function during(change: string, values: unknown[], meanwhile: (tx: QueryRunner) => Promise<void>) {
  const tx = service.db.createQueryRunner();
  await tx.startTransaction();
  try {
    await tx.query(change, values);
    await meanwhile(tx);
  } finally {
    if (tx.isTransactionActive) await tx.rollbackTransaction();
    await tx.release();
  }
}
const RENAME = 'update role set name = $2 where id = $1';

describe('what a realm says is remembered', () => {
  beforeAll(async () => void (shop = await Shop.open(service)));

  it('for all who hold the same, by whatever they are found', async () => {
    await shop.ask();
    const bob = await service.user(shop.realm, { username: 'bob' });
    await shop.grant({ kind: 'user', id: bob }, shop.roles.staff);
    await shop.join(shop.groups.team, true, bob);
    const ask = async () =>
      said(await service.bus.call(users.identify, { realmId: shop.realm.id, name: 'bob' }));
    expect(await service.statements(ask)).toBe(1);
    expect(await ask()).toEqual({ ...AT_FIRST, todo: [] });
  });

  it('until a change of it is committed, also where the new version is written already', async () => {
    await during(RENAME, [shop.roles.reader, 'audience'], async (tx) => {
      expect(await shop.ask()).toEqual(AT_FIRST);
      await tx.query('set constraints all immediate');
      expect(await shop.ask()).toEqual(AT_FIRST);
      await tx.commitTransaction();
    });
    expect((await shop.ask()).roles).toEqual(['audience', 'member', 'staff']);
    await shop.rename(shop.roles.reader, 'reader');
  });

  it('on, when a change was taken back', async () => {
    await shop.ask();
    await during(RENAME, [shop.roles.reader, 'audience'], (tx) => tx.rollbackTransaction());
    expect(await service.statements(() => shop.ask())).toBe(1);
    expect(await shop.ask()).toEqual(AT_FIRST);
  });

  it('though two administrators change one realm, and neither waits for the other', async () => {
    await during(RENAME, [shop.roles.reader, 'audience'], async (tx) => {
      await shop.rename(shop.roles.member, 'fellow');
      expect((await shop.ask()).roles).toEqual(['fellow', 'reader', 'staff']);
      await tx.commitTransaction();
    });
    expect((await shop.ask()).roles).toEqual(['audience', 'fellow', 'staff']);
    await shop.rename(shop.roles.reader, 'reader');
    await shop.rename(shop.roles.member, 'member');
  });

  it('of no realm whose version is not known', async () => {
    await service.db.query('delete from realm_version where realm_id = $1', [shop.realm.id]);
    for (const _ of ['once', 'and again']) {
      expect(await service.statements(() => shop.ask())).toBe(2);
      expect(await shop.ask()).toEqual(AT_FIRST);
    }
    await shop.rename(shop.roles.reader, 'audience');
    expect((await shop.ask()).roles).toEqual(['audience', 'member', 'staff']);
    expect(await service.statements(() => shop.ask())).toBe(1);
  });
});

it('remembers realms that were there before realms had versions', async () => {
  const shop = await Shop.open(service);
  const runner = service.db.createQueryRunner();
  const migration = new VersionRealms1795700000000();
  await migration.down(runner);
  await migration.up(runner);
  await runner.release();
  expect(await service.statements(() => shop.ask())).toBe(2);
  expect(await service.statements(() => shop.ask())).toBe(1);
  await shop.rename(shop.roles.reader, 'audience');
  expect((await shop.ask()).roles).toEqual(['audience', 'member', 'staff']);
});

it('is all of before or all of after a change that comes between the two statements of a question', async () => {
  const { realm, ann, roles } = await Shop.open(service);
  const pool = (service.db.driver as unknown as { master: { query(statement: object): Promise<unknown> } })
    .master;
  const query = pool.query.bind(pool);
  const byId = finding('select * from realm_user where id = $2 and realm_id = $1');
  const finder = new UserFinder(service.db);
  const statement = vi.spyOn(pool, 'query').mockImplementationOnce(async (first) => {
    const rows = await query(first);
    // Reader comes with staff before, and by itself afterwards: there is no moment without it.
    await service.db.transaction(async (tx) => {
      await tx.query('insert into user_role (user_id, role_id) values ($1, $2)', [ann, roles.reader]);
      await tx.query('delete from role_composite where part_id = $1', [roles.reader]);
    });
    return rows;
  });
  const answer = await finder.find(byId, [realm.id, ann]);
  expect(statement).toHaveBeenCalledTimes(2);
  statement.mockRestore();
  expect(said(answer).roles).toEqual(['member', 'reader', 'staff']);
  expect(await service.statements(() => finder.find(byId, [realm.id, ann]))).toBe(1);
  expect(await finder.find(byId, [realm.id, ann])).toEqual(answer);
});

it('has one version for each transaction, which is written once, however much is changed', async () => {
  const { realm, roles } = await Shop.open(service);
  const versions = new Set<string>();
  for (const name of ['a', 'b', 'c']) {
    await service.db.transaction(async (tx) => {
      const written = async () => {
        await tx.query('set constraints all immediate');
        const sql = 'select version, ctid from realm_version where realm_id = $1';
        const [row] = await tx.query<{ version: string; ctid: string }[]>(sql, [realm.id]);
        return row!;
      };
      await tx.query('update role set name = name || $2 where realm_id = $1', [realm.id, name]);
      const first = await written();
      await tx.query('delete from role_composite where role_id = $1', [roles.staff]);
      await tx.query('update required_action set priority = priority + 1 where realm_id = $1', [realm.id]);
      expect(await written()).toEqual(first);
      versions.add(first.version);
    });
  }
  expect(versions.size).toBe(3);
});

it('reads one user and what they hold, by plans that were made while there was nobody', async () => {
  const empty = await TestUsers.start();
  const db = new DataSource({
    ...(empty.db.options as object),
    ...{ migrationsRun: false, poolSize: 1, extra: { options: '-c plan_cache_mode=force_generic_plan' } },
  } as DataSourceOptions);
  await db.initialize();
  const logins = new LoginsHandlers(db, new UserFinder(db));
  const realmId = randomUUID();
  const notThere = { code: 'realm_not_found' };
  await expect(logins.get({ realmId, userId: realmId })).rejects.toMatchObject(notThere);
  await expect(logins.identify({ realmId, name: 'ann' })).rejects.toMatchObject(notThere);
  const statements: { name: string; n: number }[] = await db.query(
    `select name, cardinality(parameter_types) as n from pg_prepared_statements where statement not like '%recursive%'`,
  );
  expect(statements).toHaveLength(2);
  const indexes = new Set<string>();
  for (const { name, n } of statements) {
    const nothing = Array.from({ length: n }, () => 'null').join(', ');
    const plan = JSON.stringify(await db.query(`explain (format json) execute "${name}" (${nothing})`));
    expect(plan).not.toContain('Seq Scan');
    for (const [, index] of plan.matchAll(/"Index Name":"(\w+)"/g)) indexes.add(index!);
  }
  await db.destroy();
  await empty.close();
  expect([...indexes].sort()).toEqual([
    ...['group_member_pkey', 'realm_emails', 'realm_user_email', 'realm_user_pkey', 'realm_user_username'],
    ...['realm_version_pkey', 'user_role_pkey'],
  ]);
});
