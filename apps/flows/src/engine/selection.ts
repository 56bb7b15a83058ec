import type { Facts } from './facts.js';
import type { Flow, Step } from './flow.js';
import { factsOf } from './progress.js';
import { asks, type AskingLeaf, type Page, type Run } from './run.js';
import { conditionsOf, holdTogether, preference, type Statuses } from './walk.js';

/** What the user may go on with at a page of a login, itself included. */
export const waysAt = ({ flow, progress }: Run, { execution }: Page): AskingLeaf[] =>
  selection(flow, progress.statuses, factsOf(progress), execution);

/**
 * What the user may do instead of the step that the login waits at, itself included: the other ways from the point where
 * they part (keycloak.md §2.6). First what the user has, in the user's order; then the rest, in that of the flow.
 */
export function selection(flow: Flow, statuses: Statuses, facts: Facts, at: string): AskingLeaf[] {
  const path = pathTo(flow, at);
  let from: Flow | undefined;
  for (const { level, step } of path.toReversed()) {
    if (step.requirement !== 'ALTERNATIVE' && partsOf(level)[0] !== step) break;
    from = level;
  }
  const found = from ? openIn(from) : path.flatMap(({ step }) => (step.id === at ? openAt(step) : []));
  return found
    .map((step, place) => ({ step, place, preference: preference(step, facts) }))
    .sort((a, b) => compare(a.preference, b.preference) || a.place - b.place)
    .map(({ step }) => step);

  /** Of steps that must all be taken, the one that is next; of ALTERNATIVEs, all of them. */
  function openIn(level: Flow): AskingLeaf[] {
    const parts = partsOf(level);
    const demanded = parts.filter(({ requirement }) => requirement !== 'ALTERNATIVE');
    if (demanded.length === 0) return parts.flatMap(openAt);
    const next = demanded.find(
      (step) => !isOver(step) && (step.requirement !== 'CONDITIONAL' || applies(step)),
    );
    return next ? openAt(next) : [];
  }

  function openAt(step: Step): AskingLeaf[] {
    if (isOver(step)) return [];
    if (step.kind === 'flow') return openIn(step.flow);
    return asks(step) && isReady(step, facts) ? [step] : [];
  }

  function applies(step: Step): boolean {
    return holdTogether(conditionsOf(step, { flow, statuses, facts }));
  }

  function isOver(step: Step): boolean {
    return statuses[step.id] !== undefined;
  }
}

const isReady = ({ authenticator }: AskingLeaf, facts: Facts): boolean =>
  !authenticator.needsUser || (facts.user !== undefined && authenticator.ready(facts));

/** The steps of a level that take part in a login. */
const partsOf = ({ steps }: Flow): Step[] =>
  steps.filter(
    (step) =>
      step.requirement !== 'DISABLED' && !(step.kind === 'leaf' && step.authenticator.kind === 'condition'),
  );

/** Infinity is as far from itself as from anything else: it is not subtracted. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

/** The levels on the way to a step, from the top, each with the step that leads on. */
function pathTo(flow: Flow, id: string): { level: Flow; step: Step }[] {
  for (const step of flow.steps) {
    if (step.id === id) return [{ level: flow, step }];
    const rest: { level: Flow; step: Step }[] = step.kind === 'flow' ? pathTo(step.flow, id) : [];
    if (rest.length > 0) return [{ level: flow, step }, ...rest];
  }
  return [];
}
