import { randomUUID } from 'node:crypto';
import type { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import type { ExecutionRow } from './execution.entity.js';
import type { FlowRow } from './flow.entity.js';
import { within, type Definitions } from './flow.view.js';
import { idsInOrder } from './ids-in-order.js';

/** A step of what a copy is made of; the row without what TypeORM adds to it. */
type Copied = Omit<Definitions, 'executions'> & { executions: Omit<ExecutionRow, 'flow'>[] };

/**
 * A flow with everything in it under new ids and names: sub-flows and configs are called after the copy. Nothing of it is
 * the original's, so that no change of the one shows in the other.
 */
export function copyOf(root: FlowRow, newName: string, all: Definitions): Copied {
  const newId = renewed();
  const named = (alias: string) => `${newName} ${alias}`;
  const inside = within(root.id, all);
  const originals = all.flows.filter(({ id }) => inside.has(id));
  const steps = all.executions.filter(({ flowId }) => inside.has(flowId));
  const settings = all.configs.filter(({ id }) => steps.some(({ configId }) => configId === id));
  const last = Math.max(...all.flows.map(({ position }) => position));

  const flows = originals.map((flow, i): FlowRow => ({
    ...flow,
    id: newId(flow.id),
    alias: flow === root ? newName : named(flow.alias),
    topLevel: flow === root && root.topLevel,
    builtIn: false,
    position: last + 1 + i,
  }));
  const ids = idsInOrder(steps.length);
  const executions = steps.map(({ realmId, flowId, requirement, priority, authenticator, ...rest }, nth) => ({
    ...{ id: ids[nth]!, realmId, flowId: newId(flowId), requirement, priority, authenticator },
    subFlowId: rest.subFlowId && newId(rest.subFlowId),
    configId: rest.configId && newId(rest.configId),
  }));
  const configs = settings.map((one): AuthenticatorConfigRow => ({
    ...one,
    id: newId(one.id),
    alias: named(one.alias),
    config: renamed(one.config),
  }));
  return { flows, executions, configs };

  /** A condition that looks for a sub-flow by its name looks for that of the copy. */
  function renamed(config: Record<string, string>): Record<string, string> {
    const wanted = config.flow_to_check;
    const isOwn = originals.some((flow) => flow !== root && flow.alias === wanted);
    return wanted !== undefined && isOwn ? { ...config, flow_to_check: named(wanted) } : { ...config };
  }
}

/** The same new id for the same old one. */
function renewed(): (id: string) => string {
  const ids = new Map<string, string>();
  return (id) => {
    const known = ids.get(id) ?? randomUUID();
    ids.set(id, known);
    return known;
  };
}
