import { DEFAULTS, type Settings } from '../policies/policy.js';
import type { BudgetKind } from './failure-budget.entity.js';

/** How failures of one kind are paid for. */
export interface LockoutRules {
  /** Failures until the first pause. */
  failureFactor: number;
  strategy: 'MULTIPLE' | 'LINEAR';
  waitIncrementSeconds: number;
  maxFailureWaitSeconds: number;
  minimumQuickLoginWaitSeconds: number;
  quickLoginCheckMilliSeconds: number;
  /** After so long without a failure the count begins anew. */
  maxDeltaTimeSeconds: number;
  permanentLockout: boolean;
  maxTemporaryLockouts: number;
  /** Failures in a row, however long it takes, until an administrator has to act; 0 for no such limit. */
  maxConsecutive: number;
}

/** A code has a millionth of the values of a password, so that fewer guesses are too many (H-05, H-09). */
const MOST_GUESSES_OF_CODES = 10;
/** N-06: no account may have more of them, and no realm can ask for more. */
const MOST_WRONG_IN_A_ROW = 100;

/**
 * Answers undefined for the passwords of a realm that wants no protection (docs/decisions/0006). Guesses of codes are
 * limited in every realm, there by the defaults: with so few digits a limit is not a matter of choice (N-05).
 */
export function rulesFor(kind: BudgetKind, realm: Settings): LockoutRules | undefined {
  if (!realm.bruteForceProtected && kind === 'password') return undefined;
  const settings = realm.bruteForceProtected ? realm : DEFAULTS;
  const rules: LockoutRules = {
    failureFactor: settings.failureFactor,
    strategy: settings.bruteForceStrategy,
    waitIncrementSeconds: settings.waitIncrementSeconds,
    maxFailureWaitSeconds: settings.maxFailureWaitSeconds,
    minimumQuickLoginWaitSeconds: settings.minimumQuickLoginWaitSeconds,
    quickLoginCheckMilliSeconds: settings.quickLoginCheckMilliSeconds,
    maxDeltaTimeSeconds: settings.maxDeltaTimeSeconds,
    permanentLockout: settings.permanentLockout,
    maxTemporaryLockouts: settings.maxTemporaryLockouts,
    maxConsecutive: 0,
  };
  // Codes need no pause after two quick failures: so few of them may fail anyhow, and a spent code that is sent twice is no attack.
  const ofCodes = {
    failureFactor: Math.min(settings.failureFactor, MOST_GUESSES_OF_CODES),
    quickLoginCheckMilliSeconds: 0,
  };
  switch (kind) {
    case 'password':
      return rules;
    case 'second-factor':
      return { ...rules, ...ofCodes, maxConsecutive: inARow(settings) };
    // Whoever enrols sees the secret: there is little to guess, and nothing that should shut a user out for good.
    case 'enrolment':
      return { ...rules, ...ofCodes, permanentLockout: false };
  }
}

/** 0 is how other servers spell "no limit". */
const inARow = ({ maxSecondaryAuthFailures: most }: Settings): number =>
  most > 0 ? Math.min(most, MOST_WRONG_IN_A_ROW) : MOST_WRONG_IN_A_ROW;
