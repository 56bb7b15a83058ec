import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from './free-port.mjs';
import { startPostgres } from './postgres.mjs';
import { Problem } from './problem.mjs';

let parent;
let folder;
const servers = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tumbler-postgres-'));
  folder = join(parent, 'postgres');
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(parent, { recursive: true, force: true });
});

async function start(port, where = folder) {
  const server = await startPostgres({ port: port ?? (await freePort()), folder: where, password: 'p' });
  servers.push(server);
  return server;
}

async function query(server, sql) {
  const client = new pg.Client(server.url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  it('starts in a folder that is closed to others, whoever we are', async () => {
    chmodSync(parent, 0o700);
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('lets nobody in without the password', async () => {
    const { url } = await start();
    const client = new pg.Client(url.replace(':p@', ':q@'));
    await expect(client.connect()).rejects.toThrow(/authentication failed/);
  });

  it('listens in its own folder, which others may not enter, and on no port', async () => {
    const port = await freePort();
    const server = await start(port);
    const overTcp = new pg.Client(`postgres://postgres:p@127.0.0.1:${port}/postgres`);
    await expect(overTcp.connect()).rejects.toThrow('ECONNREFUSED');
    expect(await query(server, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  it('listens on loopback where the path of its folder is too long for a socket', async () => {
    const server = await start(undefined, join(parent, 'a-long-name-'.repeat(9)));
    expect(await query(server, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  it('keeps what was committed when it is killed', async () => {
    const first = await start();
    await query(first, 'create table kept as select 7 as n');
    first.part.kill();
    await first.part.ended();
    expect(await query(await start(), 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('takes the folder over from a server that an earlier start left behind', async () => {
    const left = await start();
    await query(left, 'create table kept as select 7 as n');
    expect(await query(await start(), 'select n from kept')).toEqual([{ n: 7 }]);
    expect(left.part.running).toBe(false);
  });

  it('is not misled by a pid file that names another program', async () => {
    await (await start()).stop();
    writeFileSync(join(folder, 'postmaster.pid'), `${process.pid}\n${folder}\n`);
    await start();
  });

  it('begins again where making the database was interrupted', async () => {
    mkdirSync(`${folder}.new`);
    writeFileSync(join(`${folder}.new`, 'PG_VERSION'), '');
    await start();
    expect(existsSync(`${folder}.new`)).toBe(false);
  });

  it.each([
    ['something else', () => writeFileSync(join(folder, 'notes.txt'), ''), /holds something else/],
    [
      'a database of another version',
      () => writeFileSync(join(folder, 'PG_VERSION'), '12\n'),
      /made by Postgres 12, and this is Postgres \d+/,
    ],
  ])('does not touch %s', async (_what, make, message) => {
    mkdirSync(folder);
    make();
    const error = await start().catch((caught) => caught);
    expect(error).toBeInstanceOf(Problem);
    expect(error.message).toMatch(message);
  });
});
