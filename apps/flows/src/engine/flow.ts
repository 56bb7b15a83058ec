import type { Requirement } from '@tumbler/contract-flows';
import type { Authenticator } from '../authenticators/authenticator.js';

/** A flow as an administrator drew it: steps in order of priority, sub-flows within. */
export interface Flow {
  id: string;
  alias: string;
  steps: Step[];
}

export type Step = Leaf | SubFlow;

/** A step that an authenticator takes. */
export interface Leaf {
  kind: 'leaf';
  /** Of the execution; what has happened at a step is kept under it. */
  id: string;
  requirement: Requirement;
  authenticator: Authenticator;
  config: Readonly<Record<string, string>>;
  /** Of a step that is a page made of parts, such as registration: its parts. */
  parts?: FormPart[];
}

/** One part of a page: what it does is known to the authenticator of the page. */
export interface FormPart {
  id: string;
  requirement: Requirement;
  providerId: string;
}

export interface SubFlow {
  kind: 'flow';
  id: string;
  requirement: Requirement;
  flow: Flow;
}

/** The step of that id, however deep. */
export function findLeaf(flow: Flow, id: string): Leaf | undefined {
  for (const step of flow.steps) {
    if (step.kind === 'leaf' && step.id === id) return step;
    const within = step.kind === 'flow' ? findLeaf(step.flow, id) : undefined;
    if (within) return within;
  }
  return undefined;
}

/** The sub-flow of that name, however deep. */
export function findSubFlow(flow: Flow, alias: string): SubFlow | undefined {
  for (const step of flow.steps) {
    if (step.kind !== 'flow') continue;
    const found = step.flow.alias === alias ? step : findSubFlow(step.flow, alias);
    if (found) return found;
  }
  return undefined;
}
