import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../policies/policy.js';
import { standing, UNTOUCHED, waitSeconds, type Budget } from './budget.js';
import { rulesFor, type LockoutRules } from './rules.js';

const rules: LockoutRules = { ...rulesFor('password', DEFAULTS)!, failureFactor: 3 };
const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY = 86_400_000;

/** Fails so many times, `apart` milliseconds each. */
function fail(times: number, given: LockoutRules, apart = 5000) {
  let budget: Budget = UNTOUCHED;
  const seen: string[] = [];
  for (let i = 0; i < times; i++) {
    const stands = standing(budget, given, NOW + i * apart);
    seen.push(stands.kind === 'locked' ? 'locked' : (stands.locks ?? 'open'));
    if (stands.kind === 'open') budget = stands.then;
  }
  return { seen, budget };
}

describe('how long to wait (keycloak.md §4.7)', () => {
  const multiple = { ...rules, failureFactor: 30 };
  const linear: LockoutRules = { ...multiple, strategy: 'LINEAR' };
  it.each([
    ['MULTIPLE', multiple, { 1: 0, 29: 0, 30: 60, 31: 60, 59: 60, 60: 120, 449: 840, 450: 900, 9999: 900 }],
    ['LINEAR', linear, { 1: 0, 29: 0, 30: 60, 31: 120, 44: 900, 45: 900 }],
    ['no increment', { ...multiple, waitIncrementSeconds: 0 }, { 29: 0, 30: 0, 300: 0 }],
    ['a factor of one', { ...multiple, failureFactor: 1 }, { 1: 60, 2: 120 }],
    ['a short longest wait', { ...multiple, maxFailureWaitSeconds: 10 }, { 30: 10, 60: 10 }],
  ])('with %s', (_, given, waits) => {
    for (const [failures, seconds] of Object.entries(waits))
      expect(waitSeconds(Number(failures), given), `${failures} failures`).toBe(seconds);
  });
});

describe('an attempt that fails', () => {
  it('locks when it is the last one', () => {
    const { seen, budget } = fail(5, rules);
    expect(seen).toEqual(['open', 'open', 'temporary', 'locked', 'locked']);
    expect(budget).toMatchObject({ failures: 3, lockouts: 1, lockedUntil: NOW + 10_000 + 60_000 });
  });

  it('goes on when the pause is over, with a pause after each further failure', () => {
    const { budget } = fail(3, rules);
    const again = standing(budget, rules, budget.lockedUntil!);
    expect(again).toMatchObject({ kind: 'open', locks: 'temporary', then: { failures: 4, lockouts: 2 } });
  });

  it('forgets failures after a long silence, but not that they came in a row (N-06)', () => {
    const { budget } = fail(2, rules);
    const stands = standing(budget, rules, NOW + DAY);
    expect(stands).toMatchObject({ kind: 'open', then: { failures: 1, consecutive: 3 } });
  });

  it('in quick succession is followed by a pause, which is no lockout of its own', () => {
    const { budget } = fail(1, rules);
    expect(standing(budget, rules, NOW + 999)).toMatchObject({
      locks: 'temporary',
      then: { lockedUntil: NOW + 999 + 60_000, lockouts: 0 },
    });
    expect(standing(budget, rules, NOW + 1000)).toMatchObject({ then: { lockedUntil: null } });
    expect(standing(UNTOUCHED, rules, NOW)).toMatchObject({ then: { lockedUntil: null } });
  });
});

describe('a lock for good', () => {
  const permanent = { ...rules, permanentLockout: true };

  it('comes at once with permanent lockout, and silence does not help', () => {
    expect(fail(4, permanent, DAY).seen).toEqual(['open', 'open', 'permanent', 'locked']);
  });

  it('comes after so many pauses in the mixed mode', () => {
    const mixed = { ...permanent, maxTemporaryLockouts: 2 };
    expect(fail(6, mixed, 1_000_000).seen).toEqual([
      'open',
      'open',
      'temporary',
      'temporary',
      'permanent',
      'locked',
    ]);
  });

  it('N-06: comes with the hundredth wrong code in a row, even if there is a day between them', () => {
    const codes = rulesFor('second-factor', DEFAULTS)!;
    const { seen, budget } = fail(101, codes, DAY);
    expect(seen.slice(98)).toEqual(['open', 'permanent', 'locked']);
    expect(budget).toMatchObject({ consecutive: 100, lockedForGood: true, lockedUntil: null });
  });
});

describe('the rules', () => {
  it('allow ten wrong codes at most before the first pause, fewer where the realm says so (H-05)', () => {
    const factor = (failureFactor: number) =>
      rulesFor('second-factor', { ...DEFAULTS, failureFactor })!.failureFactor;
    expect([30, 10, 5].map(factor)).toEqual([10, 10, 5]);
    expect(rulesFor('password', DEFAULTS)!.failureFactor).toBe(30);
  });

  it('never lock an enrolment for good', () => {
    const enrolment = rulesFor('enrolment', { ...DEFAULTS, permanentLockout: true })!;
    expect(fail(300, enrolment, DAY).seen).not.toContain('permanent');
  });

  it('are none for the passwords of a realm that wants none', () => {
    expect(rulesFor('password', { ...DEFAULTS, bruteForceProtected: false })).toBeUndefined();
  });

  it('N-05: are those of the code for the codes of a realm that wants none, whatever else it says', () => {
    const off = {
      ...DEFAULTS,
      bruteForceProtected: false,
      failureFactor: 1_000_000,
      waitIncrementSeconds: 0,
    };
    for (const kind of ['second-factor', 'enrolment'] as const)
      expect(rulesFor(kind, off)).toEqual(rulesFor(kind, DEFAULTS));
  });

  it('N-06: allow a hundred wrong codes in a row at most, also where a realm sets no limit', () => {
    const inARow = (maxSecondaryAuthFailures: number) =>
      rulesFor('second-factor', { ...DEFAULTS, maxSecondaryAuthFailures })!.maxConsecutive;
    expect([0, 3, 100, 5000].map(inARow)).toEqual([100, 3, 100, 100]);
  });
});
