import type { FlowProblem, ProblemCode } from '@tumbler/contract-flows';
import type { Condition } from '../authenticators/authenticator.js';
import { allowAccess } from '../authenticators/allow-access/allow-access.authenticator.js';
import { denyAccess } from '../authenticators/deny-access/deny-access.authenticator.js';
import { subFlowExecuted } from '../authenticators/sub-flow-executed/sub-flow-executed.condition.js';
import { userConfigured } from '../authenticators/user-configured/user-configured.condition.js';
import { isLevel, LEVEL_CONDITION, levelSet, NO_LEVEL } from '../engine/levels.js';
import { findSubFlow, type Flow, type Leaf, type Step, type SubFlow } from '../engine/flow.js';

type Told = [severity: FlowProblem['severity'], message: string];

const TEXTS: Record<ProblemCode, Told> = {
  cannot_succeed: ['error', 'Nobody can pass it: it has no step, or none together, by which one could.'],
  unsupported_required: ['error', 'It is REQUIRED and this server does not support it: nobody passes it.'],
  conditional_without_condition: [
    'warning',
    'It is CONDITIONAL and has no enabled condition: it never applies.',
  ],
  alternative_beside_required: [
    'warning',
    'It is ALTERNATIVE beside a REQUIRED or CONDITIONAL step: it is left out.',
  ],
  condition_outside_conditional: [
    'warning',
    'It is a condition, and the flow that it stands in is not CONDITIONAL: it is not looked at.',
  ],
  cannot_be_set_up: [
    'error',
    'It asks only for what a user has set up before, and as ALTERNATIVE it does not let them set it up: ' +
      'whoever has none of it cannot sign in.',
  ],
  user_not_known_yet: [
    'error',
    'It asks for something of a user, and no step before it says who the user is: nobody passes it.',
  ],
  level_missing: ['warning', 'It has no level: it is taken for 0, which nobody asks for.'],
  level_unreadable: ['warning', 'Its level is no whole number: it is taken for 0, which nobody asks for.'],
  level_out_of_order: [
    'warning',
    'A higher level comes before it: everybody begins with that one, and this one leads to nothing more.',
  ],
  unknown_sub_flow: ['warning', 'It names a sub-flow that is not in this flow: it never holds.'],
};

/**
 * What is wrong with a flow, as far as it can be told from the flow alone, by the rules that `walk` goes by. Such a flow is
 * kept as it was asked for: tools make flows step by step, and most are wrong until the last one.
 */
export function problems(flow: Flow): FlowProblem[] {
  const found: FlowProblem[] = [];
  if (!canPass(flow)) tell('cannot_succeed', flow.alias);
  look(flow);
  lookForUser(flow, false);
  lookAtLevels(flow, NO_LEVEL);
  return found;

  function tell(code: ProblemCode, name: string, execution?: string): void {
    const [severity, message] = TEXTS[code];
    found.push({ code, severity, ...(execution ? { execution } : {}), name, message });
  }
  function tellOf(code: ProblemCode, step: Step): void {
    tell(code, step.kind === 'leaf' ? step.authenticator.displayName : step.flow.alias, step.id);
  }

  function look({ steps }: Flow, within?: SubFlow): void {
    const enabled = steps.filter(({ requirement }) => requirement !== 'DISABLED');
    const live = enabled.filter((step) => !isCondition(step));
    const demands = live.some(isDemanded);
    const ways = live.filter((step) => !isUnsupported(step));
    if (!demands && ways.length > 0 && ways.every(isUnready) && !asksForWhatIsThere(within)) {
      ways.forEach((step) => tellOf('cannot_be_set_up', step));
    }
    for (const step of enabled) {
      if (isCondition(step)) {
        if (within?.requirement !== 'CONDITIONAL') tellOf('condition_outside_conditional', step);
        if (namesNothing(step)) tellOf('unknown_sub_flow', step);
        if (within?.requirement === 'CONDITIONAL' && isLevel(step)) {
          const level = levelSet(step.config);
          if (typeof level === 'string') tellOf(`level_${level}`, step);
        }
      } else if (step.kind === 'leaf') {
        if (isUnsupported(step) && step.requirement === 'REQUIRED') tellOf('unsupported_required', step);
      } else {
        if (step.requirement === 'CONDITIONAL' && !step.flow.steps.some(isLiveCondition)) {
          tellOf('conditional_without_condition', step);
        }
        if (step.requirement === 'REQUIRED' && !canPass(step.flow)) tellOf('cannot_succeed', step);
        look(step.flow, step);
      }
      if (demands && !isCondition(step) && !isDemanded(step)) tellOf('alternative_beside_required', step);
    }
  }

  /** Answers whether whoever has passed the level is known. */
  function lookForUser({ steps }: Flow, known: boolean): boolean {
    const live = steps.filter((step) => step.requirement !== 'DISABLED' && !isCondition(step));
    const demanded = live.filter(isDemanded);
    if (demanded.length === 0) {
      const ways = live.filter((step) => !isUnsupported(step)).map((step) => takeUser(step, known));
      return known || (ways.length > 0 && ways.every(Boolean));
    }
    let knows = known;
    for (const step of demanded) {
      const after = takeUser(step, knows);
      if (step.requirement === 'REQUIRED' || beginsWithLevel(step)) knows ||= after;
    }
    return knows;
  }

  function takeUser(step: Step, known: boolean): boolean {
    if (step.kind === 'flow') return lookForUser(step.flow, known);
    const { authenticator } = step;
    if (authenticator.kind === 'unsupported' || authenticator.kind === 'condition') return known;
    if (!authenticator.needsUser) return known || !PASSERS_BY.includes(authenticator.id);
    if (!known) tellOf('user_not_known_yet', step);
    return true;
  }

  /** Answers the highest level that somebody who has passed the flow may have come by, who came by `before` to it. */
  function lookAtLevels({ steps }: Flow, before: number): number {
    const live = steps.filter((step) => step.kind === 'flow' && step.requirement !== 'DISABLED') as SubFlow[];
    const isSequence = steps.some((step) => isDemanded(step) && !isCondition(step));
    let highest = before;
    for (const step of live) {
      const from = isSequence ? highest : before;
      const condition = step.requirement === 'CONDITIONAL' ? step.flow.steps.find(isLevel) : undefined;
      const set = condition ? levelSet(condition.config) : NO_LEVEL;
      const level = typeof set === 'number' ? set : NO_LEVEL;
      if (level !== NO_LEVEL && from > level) tellOf('level_out_of_order', step);
      highest = Math.max(highest, lookAtLevels(step.flow, Math.max(from, level)));
    }
    return highest;
  }

  function namesNothing({ authenticator, config }: Leaf): boolean {
    return authenticator.id === subFlowExecuted.id && !findSubFlow(flow, config.flow_to_check ?? '');
  }
}

/** They ask nobody who they are. */
const PASSERS_BY = [allowAccess.id, denyAccess.id];

/** Is there any user, with anything set up, who could pass it? */
function canPass({ steps }: Flow): boolean {
  const live = steps.filter((step) => step.requirement !== 'DISABLED' && !isCondition(step));
  const demanded = live.filter(isDemanded);
  if (demanded.length === 0) return live.some(canPassStep);
  const required = demanded.filter(({ requirement }) => requirement === 'REQUIRED');
  const conditional = demanded.filter(({ requirement }) => requirement === 'CONDITIONAL');
  return required.every(canPassStep) && (required.length > 0 || conditional.some(canPassStep));
}

function canPassStep(step: Step): boolean {
  if (step.kind === 'leaf') return !isUnsupported(step) && step.authenticator.id !== denyAccess.id;
  const applies = step.requirement !== 'CONDITIONAL' || step.flow.steps.some(isLiveCondition);
  return applies && canPass(step.flow);
}

const isDemanded = ({ requirement }: Step): boolean =>
  requirement === 'REQUIRED' || requirement === 'CONDITIONAL';

const isCondition = (step: Step): step is Leaf & { authenticator: Condition } =>
  step.kind === 'leaf' && step.authenticator.kind === 'condition';

const isLiveCondition = (step: Step): boolean => isCondition(step) && step.requirement !== 'DISABLED';

const isUnsupported = (step: Step): boolean =>
  step.kind === 'leaf' && step.authenticator.kind === 'unsupported';

/** For somebody who has set it up, and for nobody else. A password is what everybody is taken to have. */
function isUnready(step: Step): boolean {
  if (step.kind === 'flow') return false;
  const { authenticator } = step;
  if (authenticator.kind === 'unsupported' || authenticator.kind === 'condition') return false;
  const { needsUser, setUpBy, credentialType } = authenticator;
  return needsUser && setUpBy !== undefined && credentialType !== 'password';
}

/** Whoever is not known has reached no level: for them it applies. */
function beginsWithLevel(step: Step): boolean {
  const conditions = step.kind === 'flow' ? step.flow.steps.filter(isLiveCondition) : [];
  return (
    conditions.length > 0 &&
    conditions.every((each) => isCondition(each) && each.authenticator.id === LEVEL_CONDITION)
  );
}

/** A sub-flow that applies only to those who have set up what it asks for. */
const asksForWhatIsThere = (within: SubFlow | undefined): boolean =>
  within?.requirement === 'CONDITIONAL' &&
  within.flow.steps.some(
    (step) => isLiveCondition(step) && isCondition(step) && step.authenticator.id === userConfigured.id,
  );
