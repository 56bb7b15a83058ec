import { flows, type ExecutionInfo } from '@tumbler/contract-flows';
import { by, type World } from './world.js';

/** The changes that an administrator makes to the flows of the realm that is at hand. */
export const flowAdministrator = (world: World, realm: () => string) => {
  const at = () => ({ by, realmId: realm() });
  return {
    rows: (alias: string) => world.bus.call(flows.executions, { realmId: realm(), alias }),
    list: () => world.bus.call(flows.listFlows, { realmId: realm() }),
    create: (alias: string, more: object = {}) =>
      world.bus.call(flows.createFlow, {
        ...{ ...at(), alias, providerId: 'basic-flow', topLevel: true, builtIn: false },
        ...more,
      }),
    copy: (alias: string, newName?: string) => world.bus.call(flows.copyFlow, { ...at(), alias, newName }),
    rename: (id: string, alias?: string) => world.bus.call(flows.updateFlow, { ...at(), id, alias }),
    removeFlow: (id: string) => world.bus.call(flows.removeFlow, { ...at(), id }),
    add: (parent: string, provider: string, priority?: number) =>
      world.bus.call(flows.addExecution, { ...at(), parent, provider, priority }),
    addFlow: (parent: string, alias: string, more: object = {}) =>
      world.bus.call(flows.addSubFlow, { ...at(), parent, alias, type: 'basic-flow', ...more }),
    step: (fields: object) =>
      world.bus.call(flows.createExecution, { ...at(), requirement: 'DISABLED', ...fields }),
    set: (
      alias: string,
      fields: { id: string; requirement?: ExecutionInfo['requirement']; priority?: number },
    ) => world.bus.call(flows.updateExecution, { ...at(), alias, ...fields }),
    remove: (id: string) => world.bus.call(flows.removeExecution, { ...at(), id }),
    move: (id: string, direction: 'raise' | 'lower') =>
      world.bus.call(flows.moveExecution, { ...at(), id, direction }),
    configure: (executionId: string | undefined, alias: string | undefined, config = {}) =>
      world.bus.call(flows.createConfig, { ...at(), executionId, alias, config }),

    getConfig: (id: string) => world.bus.call(flows.getConfig, { realmId: realm(), id }),
  };
};
