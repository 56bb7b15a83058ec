import type { Flow, Leaf, Step, SubFlow } from './flow.js';
import type { Statuses } from './walk.js';

/** The condition that makes a sub-flow lead to a level. */
export const LEVEL_CONDITION = 'conditional-level-of-authentication';

/** Nothing is reached yet; 0 is the least that can be (keycloak.md §2.12). */
export const NO_LEVEL = -1;

/** Seconds that a level is kept where nothing else is said. */
const MAX_AGE = 36_000;

/** What a login knows of levels: how far the application wants to go, and which ones the session that goes on has kept. */
export interface Levels {
  /** {@link NO_LEVEL} where no level is asked for. */
  asked: number;
  kept: readonly number[];
}

/** A sub-flow that leads to a level. */
export interface LevelStep {
  subFlow: SubFlow;
  level: number;
  /** Seconds; 0: good for the request in which it is reached, and for no other. */
  maxAge: number;
}

/** By level, when it was reached. Seconds since 1970. */
export type LevelTimes = Readonly<Record<string, number>>;

/** The steps of a flow that lead to levels, in its order. */
export const levelsOf = (flow: Flow): LevelStep[] =>
  flow.steps.flatMap((step) => {
    if (step.kind !== 'flow' || step.requirement === 'DISABLED') return [];
    const condition = step.requirement === 'CONDITIONAL' ? step.flow.steps.find(isLevel) : undefined;
    const own = condition ? [{ subFlow: step, ...levelOf(condition.config) }] : [];
    return [...own, ...levelsOf(step.flow)];
  });

export const isLevel = (step: Step): step is Leaf =>
  step.kind === 'leaf' && step.authenticator.id === LEVEL_CONDITION && step.requirement !== 'DISABLED';

/** The level that is set, or why none can be told. */
export function levelSet({
  'loa-condition-level': level = '',
}: Leaf['config']): number | 'missing' | 'unreadable' {
  return level.trim() === '' ? 'missing' : (wholeNumber(level) ?? 'unreadable');
}

/** What cannot be read is taken for what asks more often. */
export function levelOf(config: Leaf['config']): { level: number; maxAge: number } {
  const { 'loa-max-age': maxAge = String(MAX_AGE) } = config;
  const level = levelSet(config);
  return { level: typeof level === 'number' ? level : 0, maxAge: wholeNumber(maxAge) ?? 0 };
}

const wholeNumber = (text: string): number | undefined =>
  /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;

/** Of the levels that a session has reached, those that are still good in this flow. */
export const keptOf = (flow: Flow, times: LevelTimes, now: number): number[] =>
  levelsOf(flow)
    .filter(({ level, maxAge }) => Object.hasOwn(times, level) && now - times[level]! < maxAge)
    .map(({ level }) => level);

/** How far a login has come, with what its session brings along. */
export function reachedLevel(flow: Flow, statuses: Statuses, { asked, kept }: Levels): number {
  const steps = levelsOf(flow);
  let reached = NO_LEVEL;
  // What lies below has to be good as well: a code that is remembered does not stand for a password that is not.
  for (const { level } of steps.toSorted((a, b) => a.level - b.level)) {
    if (!kept.includes(level)) break;
    reached = level;
  }
  for (const { subFlow, level } of steps) {
    const passedOver = reached > NO_LEVEL && asked >= level && kept.includes(level);
    if (passedOver || statuses[subFlow.id] === 'passed') reached = Math.max(reached, level);
  }
  return reached;
}

/** Is there anything in the flow that leads further, as far as the application wants to go? */
export function leadsFurther(flow: Flow, levels: Levels): boolean {
  const reached = reachedLevel(flow, {}, levels);
  return levelsOf(flow).some(({ level }) => level <= levels.asked && level > reached);
}

/** When the levels of a login were reached; those that are reached only now, now. Undefined where there are none. */
export function timesOf(
  flow: Flow,
  statuses: Statuses,
  before: LevelTimes = {},
  now: number,
): LevelTimes | undefined {
  const passed = levelsOf(flow).filter(({ subFlow }) => statuses[subFlow.id] === 'passed');
  return passed.length > 0
    ? Object.fromEntries(passed.map(({ level }) => [level, before[level] ?? now]))
    : undefined;
}

/** What of it a session keeps. */
export function timesToKeep(flow: Flow, times: LevelTimes): LevelTimes {
  const kept = new Set(levelsOf(flow).flatMap(({ level, maxAge }) => (maxAge > 0 ? [String(level)] : [])));
  return Object.fromEntries(Object.entries(times).filter(([level]) => kept.has(level)));
}
