import type { Condition } from '../authenticators/authenticator.js';
import type { Facts } from './facts.js';
import { findLeaf, type Flow, type Leaf, type Step, type SubFlow } from './flow.js';

/**
 * What became of a step, or of a flow, in this login. `attempted`: it had nothing to say, ask another one;
 * `setup_required`: the user has to set it up before the login ends, and it is passed over until then.
 */
export type Status = 'passed' | 'attempted' | 'setup_required';

/** By the id of the execution; the flow as a whole stands under its own id. */
export type Statuses = Readonly<Record<string, Status>>;

export type FailReason =
  | 'unknown_user'
  | 'credential_setup_required'
  | 'invalid_credentials'
  /** A REQUIRED step asks for something that this server cannot do. */
  | 'unsupported';

export type Next = { kind: 'run'; step: Leaf } | { kind: 'passed' } | { kind: 'failed'; reason: FailReason };

export interface Walked {
  next: Next;
  statuses: Statuses;
  /** Required actions to be asked for in this login, of steps that the user has not set up. */
  setUps: string[];
  trace: Decision[];
}

/** One decision that was taken on the way, for whoever asks why a login went as it did. */
export interface Decision {
  step: string;
  name: string;
  decided: Decided;
  why?: string;
}
export type Decided =
  | 'left out'
  | 'condition true'
  | 'condition false'
  | 'sub-flow off'
  | 'set-up required'
  | 'not possible'
  | 'run'
  /** A page asked for it. */
  | 'asked'
  | 'refused'
  | 'attempted'
  | 'failed'
  | 'required action'
  | 'passed';

/** How one step, or one level of steps, ends. `raised` passes through every level up to an ALTERNATIVE, which it rules out. */
type Result =
  | { kind: 'passed' }
  | { kind: 'unsuccessful' }
  | { kind: 'run'; step: Leaf }
  | { kind: 'raised'; reason: FailReason };

const PASSED: Result = { kind: 'passed' };
const UNSUCCESSFUL: Result = { kind: 'unsuccessful' };
const raised = (reason: FailReason): Result => ({ kind: 'raised', reason });

/**
 * Decides what comes next in a login: (flow, what has happened, facts) → next step. Waits for nothing and changes
 * nothing; everything it needs was loaded before. Keycloak's rules: keycloak.md §2.2–2.4, 2.7, 2.11.
 */
export function walk(flow: Flow, before: Statuses, facts: Facts): Walked {
  const statuses: Record<string, Status> = { ...before };
  const setUps: string[] = [];
  const trace: Decision[] = [];
  const ruledOut: FailReason[] = [];

  // What was passed stays passed: having set up a step does not send the user back to it.
  const result = statuses[flow.id] === 'passed' ? PASSED : level(flow);
  if (result.kind === 'passed') statuses[flow.id] = 'passed';
  return { next: nextOf(result), statuses, setUps, trace };

  /** REQUIRED and CONDITIONAL steps must all succeed; only where there are none, one ALTERNATIVE must. */
  function level({ steps }: Flow): Result {
    const live = steps.filter(isLive);
    const demanded = live.filter(({ requirement }) => requirement !== 'ALTERNATIVE');
    const alternatives = live.filter(({ requirement }) => requirement === 'ALTERNATIVE');
    if (demanded.length === 0) return any(alternatives);
    for (const step of alternatives) note(step, 'left out', 'beside a REQUIRED or CONDITIONAL step');

    // A level of which nothing applies does not succeed: nobody gets in by a flow that asked for nothing.
    let level = UNSUCCESSFUL;
    for (const step of demanded) {
      if (step.requirement === 'CONDITIONAL' && !isDone(step) && !applies(step)) continue;
      level = take(step);
      if (level.kind !== 'passed') break;
    }
    return level;
  }

  function any(alternatives: Step[]): Result {
    if (alternatives.some(isDone)) return PASSED;
    for (const step of inOrderOfPreference(alternatives, facts)) {
      const result = take(step);
      if (result.kind === 'run' || result.kind === 'passed') return result;
      if (result.kind === 'raised') {
        ruledOut.push(result.reason);
        statuses[step.id] = 'attempted';
      }
    }
    return UNSUCCESSFUL;
  }

  function take(step: Step): Result {
    if (isDone(step)) return PASSED;
    if (statuses[step.id] === 'attempted') {
      return step.requirement === 'ALTERNATIVE' ? UNSUCCESSFUL : raised('invalid_credentials');
    }
    return step.kind === 'leaf' ? takeLeaf(step) : takeSubFlow(step);
  }

  function takeSubFlow(step: SubFlow): Result {
    const result = level(step.flow);
    if (result.kind === 'passed') {
      statuses[step.id] = 'passed';
      note(step, 'passed');
    }
    return result;
  }

  function takeLeaf(step: Leaf): Result {
    const { authenticator } = step;
    // Passed over in silence, a REQUIRED step would be a demand that nobody has to meet.
    if (authenticator.kind === 'unsupported') return impossible(step, 'unsupported');
    if (authenticator.kind !== 'condition' && authenticator.needsUser) {
      if (!facts.user) return impossible(step, 'unknown_user');
      if (!authenticator.ready(facts)) return setUp(step, authenticator.setUpBy);
    }
    note(step, 'run');
    return { kind: 'run', step };
  }

  /** Lets the user past a REQUIRED step that they can set up, and asks for that before the login ends. */
  function setUp(step: Leaf, setUpBy?: string): Result {
    const action = facts.actions.find(({ providerId }) => providerId === setUpBy);
    if (step.requirement !== 'REQUIRED' || !action) return impossible(step, 'credential_setup_required');
    statuses[step.id] = 'setup_required';
    setUps.push(action.alias);
    note(step, 'set-up required', action.alias);
    return PASSED;
  }

  /** Does the sub-flow apply? Every condition is asked, so that the trace tells of all of them. */
  function applies(step: Step): boolean {
    const answers = conditionsOf(step, { flow, statuses, facts });
    for (const { condition, holds, why } of answers)
      note(condition, holds ? 'condition true' : 'condition false', why);
    const applies = holdTogether(answers);
    if (!applies) note(step, 'sub-flow off', answers.length > 0 ? undefined : 'it has no enabled condition');
    return applies;
  }

  /** A step that has no part in the login is not even looked at. A condition has its part where its sub-flow is CONDITIONAL. */
  function isLive(step: Step): boolean {
    if (step.requirement === 'DISABLED') return false;
    if (step.kind === 'flow') return true;
    if (step.authenticator.kind === 'condition') return false;
    if (step.authenticator.kind !== 'unsupported' || step.requirement !== 'ALTERNATIVE') return true;
    note(step, 'left out', 'unsupported');
    return false;
  }

  function isDone(step: Step): boolean {
    return statuses[step.id] === 'passed' || statuses[step.id] === 'setup_required';
  }

  function impossible(step: Step, reason: FailReason): Result {
    note(step, 'not possible', reason);
    return raised(reason);
  }

  function note(step: Step, decided: Decided, why?: string): void {
    const name = step.kind === 'flow' ? step.flow.alias : step.authenticator.id;
    trace.push({ step: step.id, name, decided, ...(why ? { why } : {}) });
  }

  function nextOf(result: Result): Next {
    if (result.kind === 'raised') return { kind: 'failed', reason: result.reason };
    if (result.kind === 'unsuccessful')
      return { kind: 'failed', reason: ruledOut[0] ?? 'invalid_credentials' };
    return result;
  }
}

/** What each condition of a sub-flow says. */
export function conditionsOf(
  step: Step,
  { flow, statuses, facts }: { flow: Flow; statuses: Statuses; facts: Facts },
): { condition: Leaf; holds: boolean; why: string }[] {
  if (step.kind === 'leaf') return [];
  const { flow: level } = step;
  return level.steps.filter(isEnabledCondition).map((condition) => ({
    condition,
    ...condition.authenticator.holds({ facts, statuses, flow, level, config: condition.config }),
  }));
}

/** A sub-flow without a condition does not apply. */
export const holdTogether = (answers: { holds: boolean }[]): boolean =>
  answers.length > 0 && answers.every(({ holds }) => holds);

/**
 * Steps for which the user has credentials change places among themselves, so that the credential the user prefers is
 * asked for first; all others keep theirs. What the user chose comes before them all.
 */
function inOrderOfPreference(alternatives: Step[], facts: Facts): Step[] {
  const preferred = alternatives
    .filter((step) => preference(step, facts) < NONE)
    .sort((a, b) => preference(a, facts) - preference(b, facts));
  const ordered = alternatives.map((step) => (preference(step, facts) < NONE ? preferred.shift()! : step));
  const chosen = ordered.find((step) => facts.chosen !== undefined && holdsLeaf(step, facts.chosen));
  return chosen ? [chosen, ...ordered.filter((step) => step !== chosen)] : ordered;
}

const holdsLeaf = (step: Step, id: string): boolean =>
  step.kind === 'leaf' ? step.id === id : findLeaf(step.flow, id) !== undefined;

/** Steps that are not for something the user has. */
const NONE = Infinity;

/**
 * The place of a step in the user's order of preference. Recovery codes come last, however old they are: somebody who sets
 * a new app up after making them is not to be asked for the codes (docs/decisions/0013, keycloak#44115).
 */
export function preference(step: Step, { user, credentials }: Facts): number {
  const type = user && credentialTypeOf(step);
  const place = credentials.findIndex((credential) => credential.type === type);
  if (place < 0) return NONE;
  return type === 'recovery-authn-codes' ? credentials.length : place;
}

function credentialTypeOf(step: Step): string | undefined {
  if (step.kind === 'flow') return undefined;
  const { authenticator } = step;
  return authenticator.kind === 'asks' || authenticator.kind === 'decides'
    ? authenticator.credentialType
    : undefined;
}

function isEnabledCondition(step: Step): step is Leaf & { authenticator: Condition } {
  return step.kind === 'leaf' && step.authenticator.kind === 'condition' && step.requirement !== 'DISABLED';
}
