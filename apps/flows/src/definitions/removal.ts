import { In, type EntityManager } from 'typeorm';
import { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import { ExecutionRow } from './execution.entity.js';
import { FlowRow } from './flow.entity.js';
import type { Definitions } from './flow.view.js';

export interface Doomed {
  flows: Set<string>;
  executions: Set<string>;
  configs: Set<string>;
}

/**
 * What goes when steps go, or a whole flow does: the sub-flows that they are, with their steps, and the settings of all of
 * them; and nothing that something else uses as well.
 */
export function goesWith(first: { flow?: string; executions: string[] }, all: Definitions): Doomed {
  const flows = new Set(first.flow ? [first.flow] : []);
  const isGoing = ({ id, flowId }: ExecutionRow) => first.executions.includes(id) || flows.has(flowId);

  for (let before = -1; before !== flows.size;) {
    before = flows.size;
    for (const { id, topLevel, builtIn } of all.flows) {
      const uses = all.executions.filter(({ subFlowId }) => subFlowId === id);
      if (!topLevel && !builtIn && uses.length > 0 && uses.every(isGoing)) flows.add(id);
    }
  }
  const stays = new Set(all.executions.filter((step) => !isGoing(step)).map(({ configId }) => configId));
  const going = all.executions.filter(isGoing);
  const configs = going.flatMap(({ configId }) => (configId && !stays.has(configId) ? [configId] : []));
  return { flows, executions: new Set(going.map(({ id }) => id)), configs: new Set(configs) };
}

export async function remove(tx: EntityManager, { flows, executions, configs }: Doomed): Promise<void> {
  await tx.delete(ExecutionRow, { id: In([...executions]) });
  await tx.delete(FlowRow, { id: In([...flows]) });
  await tx.delete(AuthenticatorConfigRow, { id: In([...configs]) });
}
