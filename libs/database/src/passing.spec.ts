import 'reflect-metadata';
import { freshDatabase, type FreshDatabase } from '@tumbler/test-bed';
import type { DataSource, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, PASSING, prepared } from './index.js';

const TIMES = 20;

let database: FreshDatabase;
let db: DataSource;
let other: QueryRunner;
beforeAll(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  // Servers for tests wait for no disk.
  url.searchParams.set('options', '-c synchronous_commit=on');
  db = await openDatabase({ url: url.href, entities: [], migrations: [], poolSize: 2 });
  // One connection is left: what is counted is what its process does.
  other = db.createQueryRunner();
  await other.connect();
  await db.query('create table noted (n int)');
});
afterAll(async () => {
  await other.release();
  await db.destroy();
  await database.drop();
});

/** How often the connection has written the log of changes to the disk by itself, which is what a commit waits for. */
async function waits(): Promise<number> {
  await db.query('select pg_stat_force_next_flush()');
  const [{ writes }] = await db.query(
    `select sum(writes)::int as writes from pg_stat_get_backend_io(pg_backend_pid()) where object = 'wal'`,
  );
  return writes;
}

async function waitsFor(statement: string): Promise<number> {
  const before = await waits();
  for (let n = 0; n < TIMES; n++) await prepared(db, statement, [n]);
  return (await waits()) - before;
}

it('lets a statement answer before it is on the disk, and no other one', async () => {
  const usual = 'insert into noted values ($1) returning n';
  expect(await waitsFor(usual)).toBeGreaterThan(0);
  expect(await waitsFor(`${usual}, ${PASSING}`)).toBe(0);
  expect(await waitsFor(usual)).toBeGreaterThan(0);
});

it('does so where it stands inside of a larger statement', async () => {
  const usual = 'with changed as (update noted set n = n + $1 returning 1) select count(*) from changed';
  expect(await waitsFor(usual)).toBeGreaterThan(0);
  expect(await waitsFor(usual.replace('returning 1', `returning ${PASSING}`))).toBe(0);
});

it('leaves nothing behind on the connection', async () => {
  await prepared(db, `insert into noted values ($1) returning ${PASSING}`, [1]);
  expect(await db.query('show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
});
