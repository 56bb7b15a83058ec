import type { ExecutionRow } from './execution.entity.js';

type Placed = Pick<ExecutionRow, 'id' | 'priority'>;

/**
 * The steps of one level whose priority changes when one of them changes places with its neighbour. Steps that had the
 * same priority get one each: exchanged for the same, they would stay where they are (keycloak#35765).
 */
export function swapped(level: readonly Placed[], id: string, direction: 'raise' | 'lower'): Placed[] {
  const from = level.findIndex((step) => step.id === id);
  const to = direction === 'raise' ? from - 1 : from + 1;
  const [step, neighbour] = [level[from], level[to]];
  if (!step || !neighbour) return [];
  const priorities = ascending(level.map(({ priority }) => priority));
  const reordered = level.map((one) => (one === step ? neighbour : one === neighbour ? step : one));
  return reordered
    .map((one, i) => ({ id: one.id, priority: priorities[i]!, before: one.priority }))
    .filter(({ priority, before }) => priority !== before)
    .map(({ id, priority }) => ({ id, priority }));
}

/** Each greater than the one before, and otherwise as it was. */
function ascending(priorities: number[]): number[] {
  const result: number[] = [];
  for (const priority of priorities) {
    const last = result.at(-1);
    result.push(last === undefined ? priority : Math.max(priority, last + 1));
  }
  return result;
}
