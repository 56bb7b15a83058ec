import type { Facts } from './facts.js';
import type { Flow, Leaf, Step } from './flow.js';
import type { Status } from './walk.js';

/**
 * Keycloak's rules once more, sentence by sentence from keycloak.md §2.2–2.4 and as plainly as they stand there: with
 * lists that are cut down, marks that are set, and exceptions that are thrown. `walk` must agree with it.
 */
export function walkByTheBook(flow: Flow, marks: Map<string, Status>, facts: Facts): string {
  try {
    if (marks.get(flow.id) === 'passed') return 'passed';
    const recorded: string[] = [];
    const succeeded = processFlow(flow, recorded);
    if (succeeded) {
      marks.set(flow.id, 'passed');
      return 'passed';
    }
    return recorded[0] ?? 'invalid_credentials';
  } catch (thrown) {
    if (thrown instanceof Challenge) return thrown.step.id;
    if (thrown instanceof FlowException) return thrown.message;
    throw thrown;
  }

  function processFlow({ steps }: Flow, recorded: string[]): boolean {
    // 1. Partition the executions: drop the conditions and what is DISABLED.
    const required: Step[] = [];
    let alternative: Step[] = [];
    for (const step of steps) {
      if (isCondition(step)) continue;
      if (step.requirement === 'DISABLED') continue;
      if (isUnsupported(step) && step.requirement === 'ALTERNATIVE') continue;
      if (step.requirement === 'REQUIRED' || step.requirement === 'CONDITIONAL') required.push(step);
      if (step.requirement === 'ALTERNATIVE') alternative.push(step);
    }
    if (required.length > 0 && alternative.length > 0) alternative = [];

    // 2. Walk the required ones in order.
    let everyRequiredSucceeded = true;
    for (const step of [...required]) {
      if (step.requirement === 'CONDITIONAL' && !isProcessed(step) && conditionalIsDisabled(step)) {
        required.splice(required.indexOf(step), 1);
        continue;
      }
      everyRequiredSucceeded &&= execute(step, recorded);
      if (!everyRequiredSucceeded) break;
    }

    // 3. If none is left: one alternative is enough.
    if (required.length === 0) {
      for (const step of alternative) if (isSuccessful(step)) return true;
      for (const step of preferredFirst(alternative)) {
        try {
          if (execute(step, recorded)) return true;
        } catch (thrown) {
          if (!(thrown instanceof FlowException)) throw thrown;
          recorded.push(thrown.message);
          marks.set(step.id, 'attempted');
        }
      }
      return false;
    }
    // 4. Else success iff all required were successful.
    return everyRequiredSucceeded;
  }

  function execute(step: Step, recorded: string[]): boolean {
    if (isProcessed(step)) {
      if (marks.get(step.id) === 'attempted' && step.requirement !== 'ALTERNATIVE') {
        throw new FlowException('invalid_credentials');
      }
      return isSuccessful(step);
    }
    if (step.kind === 'flow') {
      const succeeded = processFlow(step.flow, recorded);
      if (succeeded) marks.set(step.id, 'passed');
      return succeeded;
    }
    return executeAuthenticator(step);
  }

  function executeAuthenticator(step: Leaf): boolean {
    const { authenticator } = step;
    if (authenticator.kind === 'unsupported') throw new FlowException('unsupported');
    if (authenticator.kind === 'condition') throw new Error('a condition is no step');
    if (authenticator.needsUser) {
      if (!facts.user) throw new FlowException('unknown_user');
      if (!authenticator.ready(facts)) {
        const isUserSetupAllowed = authenticator.setUpBy !== undefined;
        const isEnabled = facts.actions.some(({ providerId }) => providerId === authenticator.setUpBy);
        if (isUserSetupAllowed && step.requirement === 'REQUIRED' && isEnabled) {
          marks.set(step.id, 'setup_required');
          return true;
        }
        throw new FlowException('credential_setup_required');
      }
    }
    throw new Challenge(step);
  }

  function conditionalIsDisabled(step: Step): boolean {
    if (step.kind === 'leaf') return true;
    let enabledConditions = 0;
    let oneIsFalse = false;
    for (const condition of step.flow.steps) {
      if (condition.kind !== 'leaf' || condition.authenticator.kind !== 'condition') continue;
      if (condition.requirement === 'DISABLED') continue;
      enabledConditions += 1;
      const { holds } = condition.authenticator.holds({
        facts,
        statuses: Object.fromEntries(marks),
        flow,
        level: step.flow,
        config: condition.config,
      });
      if (!holds) oneIsFalse = true;
    }
    return enabledConditions === 0 || oneIsFalse;
  }

  /**
   * Credentials come in the user's order, in the places that steps for credentials have (§2.6), but recovery codes after
   * the others; and what the user chose comes first.
   */
  function preferredFirst(alternative: Step[]): Step[] {
    const ordered = facts.user ? credentialsFirst(alternative) : [...alternative];
    const place = ordered.findIndex((step) => leavesOf(step).includes(facts.chosen ?? ''));
    if (place > 0) ordered.unshift(...ordered.splice(place, 1));
    return ordered;
  }

  function credentialsFirst(alternative: Step[]): Step[] {
    const owned: Step[] = [];
    const types = facts.credentials.map(({ type }): string => type);
    const codes = 'recovery-authn-codes';
    const inOrder = types.filter((type) => type !== codes);
    if (types.includes(codes)) inOrder.push(codes);
    for (const type of inOrder) {
      for (const step of alternative) if (typeOf(step) === type && !owned.includes(step)) owned.push(step);
    }
    const ordered = [...alternative];
    const places = alternative.flatMap((step, place) => (owned.includes(step) ? [place] : []));
    places.forEach((place, i) => (ordered[place] = owned[i]!));
    return ordered;
  }

  function isProcessed(step: Step): boolean {
    return marks.has(step.id);
  }

  function isSuccessful(step: Step): boolean {
    return marks.get(step.id) === 'passed' || marks.get(step.id) === 'setup_required';
  }
}

class FlowException extends Error {}

class Challenge extends Error {
  constructor(readonly step: Leaf) {
    super();
  }
}

const isCondition = (step: Step): boolean => step.kind === 'leaf' && step.authenticator.kind === 'condition';
const isUnsupported = (step: Step): boolean =>
  step.kind === 'leaf' && step.authenticator.kind === 'unsupported';

const leavesOf = (step: Step): string[] =>
  step.kind === 'leaf' ? [step.id] : step.flow.steps.flatMap(leavesOf);

function typeOf(step: Step): string | undefined {
  if (step.kind === 'flow') return undefined;
  const { authenticator } = step;
  return 'credentialType' in authenticator ? authenticator.credentialType : undefined;
}
