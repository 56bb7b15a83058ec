import type { LockoutRules } from './rules.js';

/** What is left of a user's attempts. Times are milliseconds since 1970. */
export interface Budget {
  /** Since the last right answer, or the last long silence. */
  failures: number;
  /** Since the last right answer, however long ago (N-06). */
  consecutive: number;
  lockouts: number;
  lastFailure: number | null;
  lockedUntil: number | null;
  lockedForGood: boolean;
}

export const UNTOUCHED: Readonly<Budget> = {
  failures: 0,
  consecutive: 0,
  lockouts: 0,
  lastFailure: null,
  lockedUntil: null,
  lockedForGood: false,
};

/** Whether a right answer has nothing to give back to it. */
export const isWhole = ({ failures, consecutive, lockouts, lastFailure }: Budget): boolean =>
  failures === 0 && consecutive === 0 && lockouts === 0 && lastFailure === null;

export type Standing =
  | { kind: 'locked'; until?: number; forGood: boolean }
  /** An attempt may be made; `then` is the budget if it fails, and `locks` says that it is a lock for its user. */
  | { kind: 'open'; then: Budget; locks?: 'temporary' | 'permanent' };

/** May an attempt be made now, and what would it cost to fail? */
export function standing(budget: Budget, rules: LockoutRules, now: number): Standing {
  const { lockedForGood, lockedUntil, lastFailure } = budget;
  if (lockedForGood) return { kind: 'locked', forGood: true };
  if (lockedUntil !== null && lockedUntil > now)
    return { kind: 'locked', until: lockedUntil, forGood: false };

  const permanentOnly = rules.permanentLockout && rules.maxTemporaryLockouts === 0;
  const silent = lastFailure !== null && now - lastFailure > rules.maxDeltaTimeSeconds * 1000;
  const counted = silent && !permanentOnly ? { ...budget, failures: 0, lockouts: 0 } : budget;
  const failures = counted.failures + 1;
  const consecutive = counted.consecutive + 1;
  const earned = permanentOnly ? 0 : waitSeconds(failures, rules);
  const lockouts = counted.lockouts + (earned > 0 ? 1 : 0);

  const forGood =
    (rules.maxConsecutive > 0 && consecutive >= rules.maxConsecutive) ||
    (permanentOnly && failures >= rules.failureFactor) ||
    (rules.permanentLockout && !permanentOnly && lockouts > rules.maxTemporaryLockouts);
  const quick =
    !permanentOnly && lastFailure !== null && now - lastFailure < rules.quickLoginCheckMilliSeconds;
  const wait = forGood ? 0 : earned || (quick ? quickWait(rules) : 0);
  const then: Budget = {
    failures,
    consecutive,
    lockouts,
    lastFailure: now,
    lockedUntil: wait > 0 ? now + wait * 1000 : null,
    lockedForGood: forGood,
  };
  if (forGood) return { kind: 'open', then, locks: 'permanent' };
  return { kind: 'open', then, ...(wait > 0 ? { locks: 'temporary' as const } : {}) };
}

/** How long to wait after so many failures; 0 while there is no need to. */
export function waitSeconds(failures: number, rules: LockoutRules): number {
  const { failureFactor, waitIncrementSeconds: increment, maxFailureWaitSeconds: longest } = rules;
  const times =
    rules.strategy === 'LINEAR' ? 1 + failures - failureFactor : Math.floor(failures / failureFactor);
  return Math.min(Math.max(increment * times, 0), longest);
}

const quickWait = (rules: LockoutRules) =>
  Math.min(rules.minimumQuickLoginWaitSeconds, rules.maxFailureWaitSeconds);
