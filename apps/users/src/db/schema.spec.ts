import { randomBytes } from 'node:crypto';
import { users } from '@tumbler/contract-users';
import { drift } from '@tumbler/database';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestUsers } from '../testing/test-users.js';

/** A role that may make tables and no extensions, as on a server without pg_trgm. */
async function withoutExtensions(url: string): Promise<string> {
  const name = `plain_${randomBytes(8).toString('hex')}`;
  const admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`create role ${name} login password '${name}'`);
  await admin.query(`grant create, usage on schema public to ${name}`);
  await admin.end();
  return Object.assign(new URL(url), { username: name, password: name }).href;
}

describe.each([
  ['with trigrams', undefined, true],
  ['on a server without trigrams', withoutExtensions, false],
] as const)('the database %s', (_, prepare, trigrams) => {
  let service: TestUsers;
  beforeAll(async () => void (service = await TestUsers.start(prepare)));
  afterAll(() => service.close());

  it('fits its entities', async () => {
    expect(await drift(service.db)).toEqual([]);
    const extension = await service.db.query(`select from pg_extension where extname = 'pg_trgm'`);
    expect(extension).toHaveLength(trigrams ? 1 : 0);
  });

  it('finds users by parts of their names', async () => {
    const realm = await service.realm();
    await service.user(realm, { username: 'ann', lastName: 'McAllister' });
    const found = await service.bus.call(users.search, { realmId: realm.id, lastName: 'call' });
    expect(found).toMatchObject([{ username: 'ann' }]);
  });

  it('answers for the health of the service', async () => {
    expect(await service.bus.call(users.health, {})).toEqual({ ok: true });
  });
});
