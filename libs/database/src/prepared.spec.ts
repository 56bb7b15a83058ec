import 'reflect-metadata';
import { freshDatabase, type FreshDatabase } from '@tumbler/test-bed';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, prepared } from './index.js';

let database: FreshDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase({ url: database.url, entities: [], migrations: [], poolSize: 2 });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('answers rows, and lets the connection plan once', async () => {
  const double = 'select $1::int * 2 as doubled';
  for (const [n, doubled] of [
    [1, 2],
    [21, 42],
  ] as const) {
    expect(await prepared<{ doubled: number }>(db, double, [n])).toEqual([{ doubled }]);
  }
  const plans = await db.query(
    'select statement, generic_plans + custom_plans as runs from pg_prepared_statements',
  );
  expect(plans).toEqual([{ statement: double, runs: '2' }]);
});

it('keeps statements apart', async () => {
  const answers = await Promise.all([
    prepared(db, 'select $1::text as a', ['x']),
    prepared(db, 'select $1::text as b', ['y']),
  ]);
  expect(answers).toEqual([[{ a: 'x' }], [{ b: 'y' }]]);
});
