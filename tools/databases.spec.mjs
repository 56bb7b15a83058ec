import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDatabases } from './databases.mjs';
import { freePort } from './free-port.mjs';
import { startPostgres } from './postgres.mjs';
import { Problem } from './problem.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tumbler-databases-'));
const PASSWORDS = { users: 'one', credentials: "two's / + ?" };
let server;
let adminUrl;

beforeAll(async () => {
  server = await startPostgres({ port: await freePort(), folder: join(folder, 'postgres'), password: 'p' });
  // The administrator of a hosted database is no superuser.
  await query(server.url, `create role hosted login createdb createrole password 'h'`);
  await query(server.url, `create role powerless login password 'h'`);
  adminUrl = server.url.replace('postgres:p@', 'hosted:h@');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function query(url, sql) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the databases of the services', () => {
  it('are made by an administrator who is no superuser, and found again', async () => {
    const first = await makeDatabases(adminUrl, PASSWORDS);
    for (const [service, url] of Object.entries(first)) {
      await query(url, 'create table if not exists kept (n int)');
      expect(await query(url, 'select current_user as name')).toEqual([{ name: `tumbler_${service}` }]);
    }
    const again = await makeDatabases(adminUrl, { ...PASSWORDS, users: 'changed' });
    expect(await query(again.users, 'select * from kept')).toEqual([]);
    await expect(query(first.users, 'select 1')).rejects.toThrow(/authentication failed/);
  });

  it('are closed to the other services', async () => {
    const urls = await makeDatabases(adminUrl, PASSWORDS);
    const across = new URL(urls.users);
    across.pathname = new URL(urls.credentials).pathname;
    await expect(query(across.href, 'select 1')).rejects.toThrow(/permission denied/);
  });

  it('know upper and lower case beyond ASCII', async () => {
    const { users } = await makeDatabases(adminUrl, PASSWORDS);
    expect(await query(users, `select lower('ÉÇÑ') as text`)).toEqual([{ text: 'éçñ' }]);
  });

  it('cannot be made by somebody without the right to, and the message says so', async () => {
    const url = server.url.replace('postgres:p@', 'powerless:h@');
    const error = await makeDatabases(url, { flows: 'x' }).catch((caught) => caught);
    expect(error).toBeInstanceOf(Problem);
    expect(error.message).toMatch(/permission denied.*\n.*must be allowed to create roles and databases/);
  });
});
