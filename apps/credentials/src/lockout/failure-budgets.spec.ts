import { randomUUID } from 'node:crypto';
import { credentials, type PolicySettings } from '@tumbler/contract-credentials';
import { freshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PasswordHashes } from '../passwords/password-hashes.js';
import { startOfSpring, testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { Visitor } from '../testing/visitor.js';

const PASSWORD = 'correct horse battery';
const admin = { realmId: randomUUID(), clientId: 'admin-cli', userId: randomUUID(), ipAddress: '192.0.2.7' };

let service: TestCredentials;
let ann: Visitor;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(async () => {
  ann = new Visitor(service.bus, randomUUID());
  await service.bus.call(credentials.setPassword, { ...ann.who, password: PASSWORD });
});

const step = () => Math.floor(service.clock.now().getTime() / 30_000);
const setPolicies = (settings: PolicySettings) =>
  service.bus.call(credentials.setPolicies, { realmId: ann.realmId, settings });
const failures = () => service.bus.call(credentials.failures, ann.who);
const password = (input: string, address?: string) => ann.verify(input, { type: 'password', address });
/** Wrong passwords, as slowly as a person types. */
async function wrongPasswords(times: number) {
  for (let i = 0; i < times; i++) {
    service.clock.advance(5);
    await password('a wrong password', '192.0.2.1');
  }
}

describe('guesses of a password', () => {
  it('end in a pause, in which not even the right one is compared', async () => {
    await setPolicies({ failureFactor: 3 });
    await wrongPasswords(2);
    service.clock.advance(5);
    const lockedUntil = service.clock.now().getTime() + 60_000;
    expect(await password('a wrong password')).toEqual({ verdict: 'wrong', has: [], lockedUntil });
    expect(await password(PASSWORD)).toEqual({ verdict: 'locked', has: [], lockedUntil });
    expect(await failures()).toMatchObject({ disabled: true, numFailures: 3, numTemporaryLockouts: 1 });
    service.clock.advance(60);
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
    expect(await failures()).toEqual({
      disabled: false,
      numFailures: 0,
      numSecondaryAuthFailures: 0,
      numTemporaryLockouts: 0,
      lastFailure: 0,
      lastIPFailure: 'n/a',
    });
  });

  it('stay counted, though the login that made them failed (Vikunja CVE-2026-35597)', async () => {
    await wrongPasswords(4);
    expect(await failures()).toMatchObject({
      disabled: false,
      numFailures: 4,
      lastFailure: service.clock.now().getTime(),
      lastIPFailure: '192.0.2.1',
    });
  });

  it('in quick succession are followed by a pause', async () => {
    await password('a wrong password');
    expect(await password('a wrong password')).toMatchObject({
      verdict: 'wrong',
      lockedUntil: service.clock.now().getTime() + 60_000,
    });
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'locked' });
  });

  it('that are right do not lock, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => password(PASSWORD)));
    expect(new Set(answers.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
    expect(await failures()).toMatchObject({ disabled: false });
  });

  it('are told of when they lock, without what was guessed', async () => {
    await setPolicies({ failureFactor: 2 });
    await wrongPasswords(2);
    const locked = (await service.told()).filter(
      ({ subject, type }) => subject === ann.userId && /LOCK/.test(type),
    );
    expect(locked).toEqual([
      expect.objectContaining({
        type: 'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
        realmid: ann.realmId,
        data: {
          userId: ann.userId,
          ipAddress: '192.0.2.1',
          details: {
            reason: 'brute_force_attack detected',
            num_failures: '2',
            not_before: new Date(service.clock.now().getTime() + 60_000).toISOString(),
          },
        },
      }),
    ]);
  });

  it('lock for good where the realm wants that, until an administrator acts', async () => {
    await setPolicies({ failureFactor: 2, permanentLockout: true });
    await wrongPasswords(1);
    service.clock.advance(5);
    expect(await password('a wrong password')).toEqual({ verdict: 'wrong', has: [], lockedForGood: true });
    service.clock.advance(1_000_000);
    expect(await password(PASSWORD)).toEqual({ verdict: 'locked', has: [], lockedForGood: true });
    const told = (await service.told()).filter(({ subject }) => subject === ann.userId);
    expect(told.at(-1)!.type).toBe('USER_DISABLED_BY_PERMANENT_LOCKOUT');

    await service.bus.call(credentials.clearFailures, { by: admin, ...ann.who });
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
    expect((await service.told()).at(-1)).toMatchObject({
      type: 'admin',
      realmid: ann.realmId,
      data: {
        operationType: 'DELETE',
        resourceType: 'USER_LOGIN_FAILURE',
        resourcePath: `attack-detection/brute-force/users/${ann.userId}`,
        authDetails: admin,
      },
    });
  });

  it('do not lock for good when the last attempt is the right one', async () => {
    await setPolicies({ failureFactor: 2, permanentLockout: true });
    await wrongPasswords(1);
    for (let i = 0; i < 3; i++) expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
  });

  it('are not counted in a realm that wants no protection', async () => {
    await setPolicies({ bruteForceProtected: false, failureFactor: 1 });
    await wrongPasswords(3);
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
    expect(await failures()).toMatchObject({ numFailures: 0 });
  });

  it('of a whole realm are forgotten at once', async () => {
    await wrongPasswords(2);
    await service.bus.call(credentials.clearFailures, { by: admin, realmId: ann.realmId });
    expect(await failures()).toMatchObject({ numFailures: 0, lastIPFailure: 'n/a' });
  });
});

describe('thirty-two guesses at once, over two instances, with a limit of five', () => {
  let instances: TestCredentials[];
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await freshDatabase();
    const clock = startOfSpring();
    instances = await Promise.all([
      testCredentials({ database, clock }),
      testCredentials({ database, clock }),
    ]);
    drop = () => database.drop();
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.close()));
    await drop();
  });

  async function bob() {
    const [{ bus }] = [instances[0]!];
    const visitor = new Visitor(bus, randomUUID());
    // Without the check for quick logins it is the budget alone that holds them back.
    const settings = { failureFactor: 5, quickLoginCheckMilliSeconds: 0 };
    await bus.call(credentials.setPolicies, { realmId: visitor.realmId, settings });
    await bus.call(credentials.setPassword, { ...visitor.who, password: PASSWORD });
    return visitor;
  }
  const guess = (type: 'password' | 'otp', visitor: Visitor) =>
    Promise.all(
      Array.from({ length: 32 }, (_, i) =>
        visitor.verify(String(i).padStart(6, '0'), { type }, instances[i % 2]!.bus),
      ),
    );
  const count = (verdict: string, answers: { verdict: string }[]) =>
    answers.filter((answer) => answer.verdict === verdict).length;

  it('are answered as if five passwords had been compared', async () => {
    const visitor = await bob();
    const answers = await guess('password', visitor);
    expect([count('wrong', answers), count('locked', answers)]).toEqual([5, 27]);
  });

  it('say no more of the right password than of the others once it is too late', async () => {
    const visitor = await bob();
    // The right one is hashed while five wrong ones are counted.
    const hashes = instances[0]!.get(PasswordHashes);
    const matches = hashes.matches.bind(hashes);
    const slow = vi.spyOn(hashes, 'matches').mockImplementationOnce(async (...given) => {
      const answer = await matches(...given);
      for (let i = 0; i < 5; i++)
        await visitor.verify('a wrong password', { type: 'password' }, instances[1]!.bus);
      return answer;
    });
    const late = await visitor.verify(PASSWORD, { type: 'password' }, instances[0]!.bus);
    expect(await slow.mock.results[0]!.value).toBe(true);
    expect(late).toEqual({ verdict: 'locked', has: [], lockedUntil: expect.any(Number) });
    vi.restoreAllMocks();
  });

  it('are answered as if five codes had been compared', async () => {
    const visitor = await bob();
    await visitor.enrol(Math.floor(instances[0]!.clock.now().getTime() / 30_000));
    const answers = await guess('otp', visitor);
    expect([count('wrong', answers), count('locked', answers)]).toEqual([5, 27]);
  });
});

describe('guesses of codes', () => {
  const wrongCodes = async (times: number) => {
    const verdicts: string[] = [];
    for (let i = 0; i < times; i++) verdicts.push((await ann.verify('not a code')).verdict);
    return verdicts;
  };

  it('H-05: are ten at most, over all logins and all apps of the user', async () => {
    const first = await ann.enrol(step() - 1);
    const second = await ann.enrol(step() - 1, 'second');
    const verdicts: string[] = [];
    for (let i = 0; i < 12; i++) {
      const credentialId = (i % 2 ? first : second).id;
      verdicts.push((await ann.verify('000000x', { credentialId })).verdict);
    }
    expect(verdicts).toEqual([...Array<string>(10).fill('wrong'), 'locked', 'locked']);
    expect(await ann.verify(first.code(step()))).toMatchObject({ verdict: 'locked' });
  });

  it('are not paid for by a right password (mistakes.md)', async () => {
    await ann.enrol(step() - 1);
    for (let i = 0; i < 9; i++) {
      await ann.verify('000000x');
      expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
    }
    expect(await failures()).toMatchObject({ numFailures: 9, numSecondaryAuthFailures: 9 });
    expect(await wrongCodes(2)).toEqual(['wrong', 'locked']);
  });

  it('are forgotten after a right code', async () => {
    const app = await ann.enrol(step() - 1);
    await wrongCodes(9);
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'ok' });
    expect(await failures()).toMatchObject({ numFailures: 0, numSecondaryAuthFailures: 0 });
    expect(await wrongCodes(11)).toEqual([...Array<string>(10).fill('wrong'), 'locked']);
  });

  it('do not shut the password, and guesses of passwords do not shut the codes', async () => {
    await setPolicies({ failureFactor: 2 });
    const app = await ann.enrol(step() - 1);
    await wrongPasswords(2);
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'locked' });
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'ok' });
    service.clock.advance(60);
    await wrongCodes(2);
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'locked' });
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
  });

  it('N-06: lock for good when there were too many in a row, whatever the pauses', async () => {
    await setPolicies({ maxSecondaryAuthFailures: 3 });
    const app = await ann.enrol(step() - 1);
    await wrongCodes(2);
    service.clock.advance(100_000);
    expect(await ann.verify('000000x')).toMatchObject({ verdict: 'wrong', lockedForGood: true });
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'locked', lockedForGood: true });
  });

  it('N-05: are limited in a realm that wants no protection too, as imported ones often say', async () => {
    await setPolicies({ bruteForceProtected: false, maxSecondaryAuthFailures: 0, failureFactor: 1_000_000 });
    const app = await ann.enrol(step() - 1);
    expect(await wrongCodes(11)).toEqual([...Array<string>(10).fill('wrong'), 'locked']);
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'locked' });
    expect(await password(PASSWORD)).toMatchObject({ verdict: 'ok' });
  });

  it('at an enrolment are counted apart, and do not lock the login', async () => {
    const app = await ann.enrol(step() - 1);
    const { loginId } = await ann.begin();
    const verdicts: string[] = [];
    for (let i = 0; i < 12; i++)
      verdicts.push((await ann.confirm(loginId, 'no code', { label: 'x' })).verdict);
    expect(verdicts).toEqual([...Array<string>(10).fill('wrong'), 'locked', 'locked']);
    expect(await ann.verify(app.code(step()))).toMatchObject({ verdict: 'ok' });
    expect(await failures()).toMatchObject({ disabled: false, numFailures: 0 });
  });

  it('at an enrolment are not paid for by starting again (N-08)', async () => {
    const { loginId } = await ann.begin();
    for (let i = 0; i < 10; i++) await ann.confirm(loginId, 'no code');
    const again = await ann.begin();
    expect(await ann.confirm(again.loginId, 'no code')).toEqual({ verdict: 'locked' });
  });
});
