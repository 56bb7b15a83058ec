import 'reflect-metadata';
import { freshDatabase, type FreshDatabase } from '@tumbler/test-bed';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

describe('what pg answers by itself is answered here, too', () => {
  it.each([
    ['text', `'Ann "O''Neil" \\ 😀'::text`],
    ['an empty text', `''::text`],
    ['nothing', 'null::text'],
    ['a number', '42::int'],
    ['a large number', '9007199254740993::bigint'],
    ['a count', 'count(*)'],
    ['a fraction', '1.5::double precision'],
    ['a decimal', '1.50::numeric'],
    ['yes and no', 'true'],
    ['a time', `'2026-03-01T12:00:00.250Z'::timestamptz`],
    ['bytes', `'\\x00ff'::bytea`],
    ['an id', `'7750db33-b682-52ec-a45d-1961db60afc3'::uuid`],
    ['JSON', `'{"a": [1, null, "b"]}'::json`],
    ['binary JSON', `'{"a": [1, null, "b"]}'::jsonb`],
    ['a list of texts', `array['a', 'b,"c"', null]`],
    ['a list of ids', `array['7750db33-b682-52ec-a45d-1961db60afc3'::uuid]`],
    ['a list of JSON', `array['{"a": 1}'::jsonb]`],
    ['an empty list', `'{}'::int[]`],
  ])('%s', async (_name, sql) => {
    const text = `select ${sql} as "theValue"`;
    const [first] = await prepared(db, text, []);
    const [again] = await prepared(db, text, []);
    expect(first).toEqual((await db.query(text))[0]);
    expect(again).toEqual(first);
  });

  it.each([
    ['text', 'a "b" \\ 😀'],
    ['nothing', null],
    ['what is not there', undefined],
    ['a number', 1.5],
    ['yes', true],
    ['no', false],
    ['a time', new Date('2026-03-01T12:00:00.250Z')],
    ['bytes', Buffer.from([0, 255])],
    ['a list', ['a', 'b,"c"', null, '{}']],
    ['an empty list', []],
    ['a list of numbers', [1, 2]],
    ['an object', { a: [1, 'b'] }],
  ])('to %s that it is given', async (_name, value) => {
    const text = 'select format($$%s$$, $1) as given';
    const given = await prepared(db, text, [value]).catch((error: Error) => error.message);
    const usual = await db.query(text, [value]).catch((error: Error) => error.message);
    expect(given).toEqual(usual);
  });
});

it('asks what rows look like once for each connection', async () => {
  const describes = vi.spyOn(pg.Connection.prototype as unknown as { describe(): void }, 'describe');
  for (let n = 0; n < 5; n++) expect(await prepared(db, 'select $1::int as n', [n])).toEqual([{ n }]);
  expect(describes).toHaveBeenCalledTimes(1);
  describes.mockRestore();
});

it('answers no rows where there are none, with columns and without', async () => {
  for (let n = 0; n < 2; n++) {
    expect(await prepared(db, 'select 1 as n where $1::int < 0', [n])).toEqual([]);
    expect(await prepared(db, 'do $$ begin end $$', [])).toEqual([]);
  }
});

it('says what is wrong, as often as it is, and goes on', async () => {
  const missing = 'select name from missing where name = $1';
  for (let n = 0; n < 2; n++)
    await expect(prepared(db, missing, ['a'])).rejects.toMatchObject({ code: '42P01' });
  await db.query(`create table missing as select 'a'::text as name`);
  for (let n = 0; n < 2; n++) expect(await prepared(db, missing, ['a'])).toEqual([{ name: 'a' }]);
});

it('keeps no rows of one that fails in the middle, and goes on', async () => {
  const half = 'select 1 / (3 - n) as n from generate_series(1, $1::int) n';
  for (let n = 0; n < 2; n++) {
    await expect(prepared(db, half, [3])).rejects.toMatchObject({ code: '22012' });
    expect(await prepared(db, half, [2])).toEqual([{ n: 0 }, { n: 1 }]);
  }
});

it('never reads rows by columns that they had before', async () => {
  await db.query('create table changing as select 1 as a');
  const all = 'select * from changing';
  expect(await prepared(db, all, [])).toEqual([{ a: 1 }]);
  await db.query('alter table changing add b int default 2');
  await expect(prepared(db, all, [])).rejects.toMatchObject({ code: '0A000' });
});

it('refuses what cannot be sent before it takes a connection', async () => {
  const circle: Record<string, unknown> = {};
  circle.itself = circle;
  for (let n = 0; n < 5; n++)
    await expect(prepared(db, 'select $1::json', [circle])).rejects.toThrow(/circular/i);
  expect(await prepared(db, 'select 1 as n', [])).toEqual([{ n: 1 }]);
});

it('tells when the connection is lost in the middle, and takes another one', async () => {
  await expect(prepared(db, 'select pg_terminate_backend(pg_backend_pid())', [])).rejects.toThrow();
  expect(await prepared(db, 'select 1 as n', [])).toEqual([{ n: 1 }]);
});
