import { randomUUID } from 'node:crypto';
import { credentials, type Verify } from '@tumbler/contract-credentials';
import { freshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { PasswordHashes } from './password-hashes.js';

let service: TestCredentials;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());

const realmId = randomUUID();
const PASSWORD = 'correct horse battery';

async function userWithPassword(realm = realmId) {
  const userId = randomUUID();
  const set = await service.bus.call(credentials.setPassword, { realmId: realm, userId, password: PASSWORD });
  expect(set).toMatchObject({ kind: 'ok' });
  return userId;
}

const verify = (userId: string | undefined, input: string, more: Partial<Verify> = {}) =>
  service.bus.call(credentials.verify, {
    realmId,
    userId,
    type: 'password',
    input,
    attempt: randomUUID(),
    ...more,
  });

describe('a password', () => {
  it('is right or wrong, and only a right one tells what the user has', async () => {
    const userId = await userWithPassword();
    const [password] = await service.bus.call(credentials.has, { realmId, userId });
    const id = password!.id;
    expect(await verify(userId, PASSWORD)).toEqual({
      verdict: 'ok',
      credentialId: id,
      has: [{ id, type: 'password', setAt: service.clock.now().getTime() }],
    });
    expect(await verify(userId, PASSWORD.toUpperCase())).toEqual({ verdict: 'wrong', has: [] });
    expect(await verify(userId, '')).toMatchObject({ verdict: 'wrong' });
  });

  it('is that of one user in one realm (ASVS 8.4.1)', async () => {
    const userId = await userWithPassword();
    expect(await verify(randomUUID(), PASSWORD)).toEqual({ verdict: 'none', has: [] });
    expect(await verify(userId, PASSWORD, { realmId: randomUUID() })).toEqual({ verdict: 'none', has: [] });
  });

  it('lies in the database sealed, and nowhere else', async () => {
    const userId = await userWithPassword();
    const rows = await service.db.query<{ sealed: Buffer; data: unknown }[]>(
      'select * from credential where user_id = $1',
      [userId],
    );
    expect(rows[0]!.sealed.toString('latin1')).not.toContain('argon2');
    expect(JSON.stringify(rows[0]!.data)).not.toMatch(/salt|value/);
    expect(JSON.stringify(await service.told())).not.toContain(PASSWORD);
  });

  it('does not open a row that was moved to another user', async () => {
    const [ann, bob] = [await userWithPassword(), await userWithPassword()];
    await service.db.query('delete from credential where user_id = $1', [ann]);
    await service.db.query('update credential set user_id = $1 where user_id = $2', [ann, bob]);
    await expect(verify(ann, PASSWORD)).rejects.toMatchObject({ code: 'internal', details: {} });
  });
});

describe('unknown user, wrong password, locked account (C-03, mistakes.md)', () => {
  /** Hashes and statements that an answer costs. */
  async function costOf(userId: string | undefined) {
    const matches = vi.spyOn(service.get(PasswordHashes), 'matches');
    const queries = await service.queriesOf(() => verify(userId, 'a wrong password'));
    const hashes = matches.mock.calls.length;
    matches.mockRestore();
    return { queries, hashes };
  }

  it('cost the same as a right one: two statements and one hash', async () => {
    const known = await userWithPassword();
    const locked = await userWithPassword();
    await service.db.query(
      `insert into failure_budget values ($1, $2, 'password', 1, 30, 30, 1, $3, null, $4, false)`,
      [realmId, locked, service.clock.now(), new Date(service.clock.now().getTime() + 60_000)],
    );
    expect(await costOf(undefined)).toEqual({ queries: 2, hashes: 1 });
    expect(await costOf(randomUUID())).toEqual({ queries: 2, hashes: 1 });
    expect(await costOf(known)).toEqual({ queries: 2, hashes: 1 });
    expect(await verify(locked, PASSWORD)).toMatchObject({ verdict: 'locked', has: [] });
    expect(await costOf(locked)).toEqual({ queries: 2, hashes: 1 });
    expect(await service.queriesOf(() => verify(known, PASSWORD))).toBe(2);
  });
});

describe('more logins than there is time for', () => {
  it('are told to come back later, and are not paid for with attempts', async () => {
    const userId = await userWithPassword();
    const hashes = service.get(PasswordHashes);
    let leave = () => {};
    const gate = new Promise<void>((resolve) => (leave = resolve));
    const crowd: Promise<void>[] = [];
    let turnedAway = false;
    while (!turnedAway) {
      crowd.push(hashes.admit(() => gate).catch(() => void (turnedAway = true)));
      await Promise.resolve();
    }
    await expect(verify(userId, PASSWORD)).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(await service.bus.call(credentials.failures, { realmId, userId })).toMatchObject({
      numFailures: 0,
    });
    leave();
    await Promise.all(crowd);
    expect(await verify(userId, PASSWORD)).toMatchObject({ verdict: 'ok' });
  });
});

describe('a hash that is weaker than asked for today', () => {
  it('is made again when its password is given, and not when a wrong one is', async () => {
    const database = await freshDatabase();
    const [before, today] = await Promise.all([
      testCredentials({ database }),
      testCredentials({ database, ARGON2_ITERATIONS: 6 }),
    ]);
    const userId = randomUUID();
    await before.bus.call(credentials.setPassword, { realmId, userId, password: PASSWORD });
    const iterations = async () => {
      const [one] = await today.bus.call(credentials.list, { realmId, userId });
      return (JSON.parse(one!.credentialData) as { hashIterations: number }).hashIterations;
    };
    const login = (instance: TestCredentials, input: string) =>
      instance.bus.call(credentials.verify, {
        realmId,
        userId,
        type: 'password',
        input,
        attempt: randomUUID(),
      });

    await login(today, 'a wrong password');
    expect(await iterations()).toBe(5);
    expect(await login(today, PASSWORD)).toMatchObject({ verdict: 'ok' });
    expect(await iterations()).toBe(6);
    // An instance that was not told of the new parameters yet leaves the stronger hash alone.
    expect(await login(before, PASSWORD)).toMatchObject({ verdict: 'ok' });
    expect(await iterations()).toBe(6);

    await Promise.all([before.close(), today.close()]);
    await database.drop();
  });
});
