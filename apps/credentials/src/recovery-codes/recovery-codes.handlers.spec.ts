import { randomUUID } from 'node:crypto';
import { credentials, type Verify } from '@tumbler/contract-credentials';
import { freshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExpiredEnrolments } from '../otp/expired-enrolments.js';
import { startOfSpring, testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { Visitor } from '../testing/visitor.js';

let service: TestCredentials;
let other: TestCredentials;
let drop: () => Promise<void>;
let ann: Visitor;
beforeAll(async () => {
  const database = await freshDatabase();
  const clock = startOfSpring();
  [service, other] = [await testCredentials({ database, clock }), await testCredentials({ database, clock })];
  drop = () => database.drop();
});
afterAll(async () => {
  await Promise.all([service.close(), other.close()]);
  await drop();
});
beforeEach(() => void (ann = new Visitor(service.bus, randomUUID())));

const type = 'recovery-authn-codes';
const use = (code: string, more: Partial<Verify> = {}, instance = service) =>
  ann.verify(code, { type, ...more }, instance.bus);
const begin = (loginId = 'login', who = ann.who) =>
  service.bus.call(credentials.beginRecoveryCodes, { ...who, loginId });
const confirm = (loginId = 'login', attempt: string = randomUUID(), who = ann.who) =>
  service.bus.call(credentials.confirmRecoveryCodes, { ...who, loginId, attempt, label: 'on paper' });
async function given(): Promise<string[]> {
  const { codes } = await begin();
  expect(await confirm()).toMatchObject({ verdict: 'ok' });
  return codes;
}

describe('giving codes', () => {
  it('shows the same ones until they are kept, and others to another login', async () => {
    const { codes } = await begin();
    expect((await begin()).codes).toEqual(codes);
    expect((await begin('another')).codes).not.toEqual(codes);
  });

  it('shows the same ones to two tabs that ask at once', async () => {
    const [one, two] = await Promise.all([begin(), begin()]);
    expect(one).toEqual(two);
  });

  it('makes them a credential when they are kept, and not before', async () => {
    const { codes } = await begin();
    expect(await use(codes[0]!)).toMatchObject({ verdict: 'none' });
    const { credentialId } = await confirm();
    expect(await service.bus.call(credentials.has, ann.who)).toEqual([
      { id: credentialId, type, label: 'on paper', nextCode: 1 },
    ]);
    const told = (await service.told()).filter(({ subject }) => subject === ann.userId);
    expect(told).toEqual([
      expect.objectContaining({
        type: 'credential.created',
        data: { userId: ann.userId, credentialId, credentialType: type },
      }),
    ]);
    expect(JSON.stringify(told)).not.toContain(codes[0]);
  });

  it('answers an attempt whose reply was lost as before, and any other that nothing is pending', async () => {
    await begin();
    const first = await confirm('login', 'attempt');
    expect(await confirm('login', 'attempt')).toEqual(first);
    expect(await confirm('login', 'another')).toEqual({ verdict: 'expired' });
  });

  it('makes one credential when it is confirmed twice at once', async () => {
    await begin();
    const answers = await Promise.all([confirm(), confirm()]);
    expect(answers.map(({ verdict }) => verdict).sort()).toEqual(['expired', 'ok']);
  });

  it('puts new ones in place of the old', async () => {
    const old = await given();
    const codes = await given();
    expect(await service.bus.call(credentials.has, ann.who)).toHaveLength(1);
    expect(await use(old[0]!)).toMatchObject({ verdict: 'wrong' });
    expect(await use(codes[0]!)).toMatchObject({ verdict: 'ok' });
  });

  it('is over after ten minutes, and forgotten then', async () => {
    await begin();
    service.clock.advance(600);
    expect(await confirm()).toEqual({ verdict: 'expired' });
    await service.get(ExpiredEnrolments).prune();
    expect(await service.db.query('select 1 from pending_recovery_codes')).toEqual([]);
  });

  it('leaves no code readable in the database', async () => {
    const shown = [...(await begin('shown')).codes, ...(await given())];
    const rows = await service.db.query<{ row: string; sealed: Buffer }[]>(
      `select to_jsonb(c)::text as row, sealed from credential c where user_id = $1
        union all select to_jsonb(p)::text, sealed from pending_recovery_codes p where user_id = $1`,
      [ann.userId],
    );
    const kept = rows.map(({ row, sealed }) => row + sealed.toString('latin1')).join();
    expect(rows).toHaveLength(2);
    for (const code of shown) expect(kept).not.toContain(code);
  });

  it('is forgotten with its user', async () => {
    await given();
    await begin('another');
    await service.bus.call(credentials.eraseUser, ann.who);
    expect(await service.bus.call(credentials.has, ann.who)).toEqual([]);
    expect(await confirm('another')).toEqual({ verdict: 'expired' });
  });
});

describe('a code', () => {
  it('is accepted once, in order, and tells which one is next', async () => {
    const codes = await given();
    expect(await use(codes[1]!)).toMatchObject({ verdict: 'wrong', has: [{ nextCode: 1 }] });
    expect(await use(codes[0]!)).toMatchObject({ verdict: 'ok', has: [{ nextCode: 2 }] });
    expect(await use(codes[0]!)).toMatchObject({ verdict: 'used', has: [{ nextCode: 2 }] });
    expect(await use(codes[1]!.toLowerCase())).toMatchObject({ verdict: 'ok' });
  });

  it('is the last one after eleven others; then the user has none', async () => {
    const codes = await given();
    for (const code of codes.slice(0, 11)) expect(await use(code)).toMatchObject({ verdict: 'ok' });
    expect(await use(codes[11]!)).toMatchObject({ verdict: 'ok', has: [] });
    expect(await use(codes[11]!)).toMatchObject({ verdict: 'used' });
    expect(await service.bus.call(credentials.has, ann.who)).toEqual([]);
    const [view] = await service.bus.call(credentials.list, ann.who);
    expect(JSON.parse(view!.credentialData)).toEqual({
      algorithm: 'pbkdf2-sha512',
      hashIterations: 1000,
      totalCodes: 12,
      remainingCodes: 0,
    });
    expect(await given()).toHaveLength(12);
  });

  it('N-10: has one winner of fifty that race for it on two instances', async () => {
    const [code] = await given();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => use(code!, {}, i % 2 ? service : other)),
    );
    expect(answers.filter(({ verdict }) => verdict === 'ok')).toHaveLength(1);
  });

  it('is accepted again from the attempt that used it, whose reply was lost (docs/decisions/0005)', async () => {
    const [code] = await given();
    expect(await use(code!, { attempt: 'one' })).toMatchObject({ verdict: 'ok' });
    expect(await use(code!, { attempt: 'one' })).toMatchObject({ verdict: 'ok' });
    expect(await use(code!, { attempt: 'two' })).toMatchObject({ verdict: 'used' });
  });

  it('is of no worth to anybody else, nor at another kind of step', async () => {
    const [code] = await given();
    const bob = new Visitor(service.bus, ann.realmId);
    expect(await bob.verify(code!, { type })).toMatchObject({ verdict: 'none' });
    expect(await ann.verify(code!)).toMatchObject({ verdict: 'none' });
    expect(await use(code!, { credentialId: randomUUID() })).toMatchObject({ verdict: 'none' });
    expect(await use(code!)).toMatchObject({ verdict: 'ok' });
  });

  it('H-05: has its guesses in common with the codes of apps', async () => {
    const [code] = await given();
    await ann.enrol(Math.floor(service.clock.now().getTime() / 30_000));
    const verdicts: string[] = [];
    for (let i = 0; i < 12; i++) {
      verdicts.push((await (i % 2 ? use('WRONG') : ann.verify('000000x'))).verdict);
    }
    expect(verdicts).toEqual([...Array<string>(10).fill('wrong'), 'locked', 'locked']);
    expect(await use(code!)).toMatchObject({ verdict: 'locked' });
  });

  it('costs as many statements whether there are any or not, and whether it is right or wrong', async () => {
    const [code] = await given();
    const bob = new Visitor(service.bus, ann.realmId);
    expect([
      await service.queriesOf(() => use('WRONG')),
      await service.queriesOf(() => use(code!)),
      await service.queriesOf(() => bob.verify(code!, { type })),
    ]).toEqual([2, 2, 2]);
  });
});
