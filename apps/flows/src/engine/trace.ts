import type { Run } from './run.js';
import type { Decision } from './walk.js';

/** More decisions than a flow gives rise to that somebody drew by hand. */
const MOST = 400;
/** Longer than any reason of ours; what an administrator named may be in it. */
const LONGEST_REASON = 200;

/** A decision, and when it was taken. */
export interface Traced extends Decision {
  /** Milliseconds since 1970. */
  at: number;
}

/** Each decision once: a walk begins at the beginning of the flow each time. Nothing that was typed is in it. */
export function remember(run: Run, decisions: readonly Decision[], now: Date): void {
  const known = new Set(run.trace.map(keyOf));
  const added: Traced[] = [];
  for (const { why, ...decision } of decisions) {
    const cut: Decision = { ...decision, ...(why ? { why: why.slice(0, LONGEST_REASON) } : {}) };
    if (known.size >= MOST || known.has(keyOf(cut))) continue;
    known.add(keyOf(cut));
    added.push({ ...cut, at: now.getTime() });
  }
  run.trace = [...run.trace, ...added];
}

const keyOf = ({ step, decided, why = '' }: Decision): string => `${step} ${decided} ${why}`;
