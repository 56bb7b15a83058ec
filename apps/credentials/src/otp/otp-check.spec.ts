import { randomUUID } from 'node:crypto';
import { credentials, type PolicySettings } from '@tumbler/contract-credentials';
import { freshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOfSpring, testCredentials, type TestCredentials } from '../testing/test-credentials.js';
import { App, Visitor } from '../testing/visitor.js';

let service: TestCredentials;
let ann: Visitor;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());
beforeEach(() => void (ann = new Visitor(service.bus, randomUUID())));

const now = () => Math.floor(service.clock.now().getTime() / 30_000);
const setPolicies = (settings: PolicySettings) =>
  service.bus.call(credentials.setPolicies, { realmId: ann.realmId, settings });
const unlike = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a code of an app', () => {
  it('T-05: is accepted once, and nothing before it afterwards', async () => {
    const app = await ann.enrol(now() - 1);
    const has = [{ id: app.id, type: 'otp' }];
    expect(await ann.verify(app.code(now() + 1))).toEqual({ verdict: 'ok', credentialId: app.id, has });
    for (const step of [now() + 1, now()])
      expect(await ann.verify(app.code(step))).toEqual({ verdict: 'used', credentialId: app.id, has });
    service.clock.advance(60);
    expect(await ann.verify(app.code(now()))).toMatchObject({ verdict: 'ok' });
  });

  it('T-05: that enrolled the app is spent (mistakes.md: the enrolment code must be burned too)', async () => {
    const app = await ann.enrol(now());
    expect(await ann.verify(app.code(now()))).toMatchObject({ verdict: 'used' });
    expect(await ann.verify(app.code(now() + 1))).toMatchObject({ verdict: 'ok' });
  });

  it('answers the attempt that spent it again, since its reply may have been lost, and no other one', async () => {
    const app = await ann.enrol(now() - 1);
    const attempt = randomUUID();
    for (const _ of [1, 2, 3])
      expect(await ann.verify(app.code(now()), { attempt })).toMatchObject({ verdict: 'ok' });
    expect(await ann.verify(app.code(now()))).toMatchObject({ verdict: 'used' });
    expect(await ann.verify(app.code(now() + 1), { attempt })).toMatchObject({ verdict: 'ok' });
    expect(await ann.verify(app.code(now()), { attempt })).toMatchObject({ verdict: 'used' });
  });

  it.each(['', '12345', '1234567', 'abcdef', '١٢٣٤٥٦'])('is not %j', async (typed) => {
    await ann.enrol(now());
    expect(await ann.verify(typed)).toMatchObject({ verdict: 'wrong' });
  });

  it('may be typed with spaces', async () => {
    const app = await ann.enrol(now() - 1);
    expect(await ann.verify(app.code(now()).replace(/^(...)/, '$1 '))).toMatchObject({ verdict: 'ok' });
  });

  it('is that of the default app, or of the one that was chosen', async () => {
    const first = await ann.enrol(now() - 1);
    const second = await ann.enrol(now() - 1, 'Work phone');
    expect(await ann.verify(second.code(now()))).toMatchObject({ verdict: 'wrong', credentialId: first.id });
    expect(await ann.verify(second.code(now()), { credentialId: second.id })).toMatchObject({
      verdict: 'ok',
      credentialId: second.id,
      has: [
        { id: first.id, type: 'otp' },
        { id: second.id, type: 'otp', label: 'Work phone' },
      ],
    });
    expect(await ann.verify(first.code(now()))).toMatchObject({ verdict: 'ok' });
  });

  it('of somebody else, or of another realm, is none (ASVS 8.4.1)', async () => {
    const app = await ann.enrol(now() - 1);
    const bob = new Visitor(service.bus, ann.realmId);
    expect(await bob.verify(app.code(now()), { credentialId: app.id })).toEqual({ verdict: 'none', has: [] });
    const elsewhere = await ann.verify(app.code(now()), { realmId: randomUUID() });
    expect(elsewhere).toEqual({ verdict: 'none', has: [] });
    expect(await ann.verify(app.code(now()))).toMatchObject({ verdict: 'ok' });
  });

  it('costs the same two statements, be it right, wrong, spent or of no app (mistakes.md)', async () => {
    const app = await ann.enrol(now() - 1);
    const queries = (code: string, visitor = ann) => service.queriesOf(() => visitor.verify(code));
    expect(await queries(unlike(app.code(now())))).toBe(2);
    expect(await queries(app.code(now()))).toBe(2);
    expect(await queries(app.code(now()))).toBe(2);
    expect(await queries('123456', new Visitor(service.bus, ann.realmId))).toBe(2);
  });
});

describe('an app that was set up under another policy', () => {
  it('U-08: keeps its own way, while the window is that of today (mistakes.md: global digits and period)', async () => {
    const app = await ann.enrol(now() - 1);
    await setPolicies({
      otpPolicyType: 'hotp',
      otpPolicyAlgorithm: 'HmacSHA512',
      otpPolicyDigits: 8,
      otpPolicyPeriod: 60,
      otpPolicyLookAheadWindow: 3,
    });
    expect(await ann.verify(app.code(now() + 3))).toMatchObject({ verdict: 'ok' });
    await setPolicies({ otpPolicyLookAheadWindow: 0 });
    service.clock.advance(300);
    expect(await ann.verify(app.code(now() - 1))).toMatchObject({ verdict: 'wrong' });
    expect(await ann.verify(app.code(now()))).toMatchObject({ verdict: 'ok' });
  });

  it('T-02: works with SHA-512, eight digits and a minute', async () => {
    await setPolicies({ otpPolicyAlgorithm: 'HmacSHA512', otpPolicyDigits: 8, otpPolicyPeriod: 60 });
    const minute = Math.floor(service.clock.now().getTime() / 60_000);
    const app = await ann.enrol(minute - 1);
    expect(app.code(minute)).toHaveLength(8);
    expect(await ann.verify(app.code(minute))).toMatchObject({ verdict: 'ok' });
  });
});

describe('a counter-based app', () => {
  beforeEach(() =>
    setPolicies({ otpPolicyType: 'hotp', otpPolicyInitialCounter: 5, otpPolicyLookAheadWindow: 2 }),
  );

  it('H-04, H-06: moves on with each code, and may be some codes ahead', async () => {
    const app = await ann.enrol(5);
    const counter = async () => {
      const [view] = await service.bus.call(credentials.list, ann.who);
      return (JSON.parse(view!.credentialData) as { counter: number }).counter;
    };
    expect(await counter()).toBe(6);
    expect(await ann.verify(app.code(5))).toMatchObject({ verdict: 'used' });
    expect(await ann.verify(app.code(9))).toMatchObject({ verdict: 'wrong' });
    expect(await ann.verify(app.code(8))).toMatchObject({ verdict: 'ok' });
    expect(await counter()).toBe(9);
    for (const spent of [6, 7]) expect(await ann.verify(app.code(spent))).toMatchObject({ verdict: 'wrong' });
    expect(await ann.verify(app.code(9))).toMatchObject({ verdict: 'ok' });
  });

  it('answers the attempt that spent a counter again', async () => {
    const app = await ann.enrol(5);
    const attempt = randomUUID();
    for (const _ of [1, 2])
      expect(await ann.verify(app.code(6), { attempt })).toMatchObject({ verdict: 'ok' });
    expect(await ann.verify(app.code(6))).toMatchObject({ verdict: 'used' });
  });
});

describe('fifty requests with one code, over two instances (mistakes.md: two parallel winners)', () => {
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

  const fifty = <T>(ask: (instance: TestCredentials) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, i) => ask(instances[i % 2]!)));
  const step = () => Math.floor(instances[0]!.clock.now().getTime() / 30_000);
  const counted = (verdicts: { verdict: string }[]) =>
    verdicts.filter(({ verdict }) => verdict === 'ok').length;

  it('have one winner', async () => {
    const bob = new Visitor(instances[0]!.bus, randomUUID());
    const app = await bob.enrol(step() - 1);
    const answers = await fifty(({ bus }) => bob.verify(app.code(step()), {}, bus));
    expect(counted(answers)).toBe(1);
    const others = answers.map(({ verdict }) => verdict).filter((verdict) => verdict !== 'ok');
    expect(['used', 'locked']).toEqual(expect.arrayContaining(others));
  });

  it('all win where they are one and the same attempt', async () => {
    const bob = new Visitor(instances[0]!.bus, randomUUID());
    const app = await bob.enrol(step() - 1);
    const sent = Array.from({ length: 30 }, (_, i) =>
      bob.verify(app.code(step()), { attempt: 'the same' }, instances[i % 2]!.bus),
    );
    expect(counted(await Promise.all(sent))).toBe(30);
  });

  it('have one winner at enrolment too, and make one app', async () => {
    const bob = new Visitor(instances[0]!.bus, randomUUID());
    const begun = await bob.begin();
    const code = new App(begun).code(step());
    const answers = await fifty(({ bus }) =>
      bus.call(credentials.confirmOtp, { ...bob.who, loginId: begun.loginId, code, attempt: randomUUID() }),
    );
    expect(counted(answers)).toBe(1);
    expect(await instances[1]!.bus.call(credentials.has, bob.who)).toHaveLength(1);
    expect(await bob.verify(code)).toMatchObject({ verdict: 'used' });
  });
});
