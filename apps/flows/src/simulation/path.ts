import type { SimulatedDecision } from '@tumbler/contract-flows';
import type { Traced } from '../engine/trace.js';

/** How a login went, as administrators read it: of one that was, and of one that would be. */
export const pathOf = (trace: readonly Traced[]): SimulatedDecision[] =>
  trace.map(({ step: execution, name, decided, why }) => ({
    execution,
    name,
    decided,
    ...(why ? { why } : {}),
  }));
