import type {
  ConfigView,
  ExecutionInfo,
  ExecutionView,
  FlowView,
  Requirement,
} from '@tumbler/contract-flows';
import type { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import type { Catalogue } from './catalogue.js';
import type { ExecutionRow } from './execution.entity.js';
import type { FlowRow } from './flow.entity.js';

/** The flows of a realm as they lie in the database. */
export interface Definitions {
  flows: FlowRow[];
  /** In order of priority. */
  executions: ExecutionRow[];
  configs: AuthenticatorConfigRow[];
}

/** By the kind of a sub-flow, the requirements that it can have. */
const SUB_FLOW_CHOICES: Record<string, Requirement[]> = {
  'basic-flow': ['REQUIRED', 'ALTERNATIVE', 'DISABLED', 'CONDITIONAL'],
  'form-flow': ['REQUIRED', 'DISABLED'],
  'client-flow': ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
};

export const flowView = (flow: FlowRow, all: Definitions): FlowView => ({
  id: flow.id,
  alias: flow.alias,
  ...(flow.description === null ? {} : { description: flow.description }),
  providerId: flow.providerId,
  topLevel: flow.topLevel,
  builtIn: flow.builtIn,
  authenticationExecutions: stepsOf(flow.id, all).map((step) => {
    const config = all.configs.find(({ id }) => id === step.configId);
    const subFlow = all.flows.find(({ id }) => id === step.subFlowId);
    return {
      ...(config ? { authenticatorConfig: config.alias } : {}),
      ...(step.authenticator ? { authenticator: step.authenticator } : {}),
      authenticatorFlow: subFlow !== undefined,
      autheticatorFlow: subFlow !== undefined,
      requirement: step.requirement,
      priority: step.priority,
      ...(subFlow ? { flowAlias: subFlow.alias } : {}),
      userSetupAllowed: false,
    };
  }),
});

/** The steps of a flow, each followed by those of the sub-flow that it is (keycloak.md §1.8). */
export const executionRows = (
  flowId: string,
  all: Definitions,
  catalogue: Catalogue,
  level = 0,
): ExecutionInfo[] =>
  stepsOf(flowId, all).flatMap((step, index) => {
    const place = { level, index, priority: step.priority, requirement: step.requirement, id: step.id };
    const subFlow = all.flows.find(({ id }) => id === step.subFlowId);
    if (!subFlow) return [{ ...place, ...authenticatorRow(step, all, catalogue) }];
    const row: ExecutionInfo = {
      ...place,
      displayName: subFlow.alias,
      ...(subFlow.description === null ? {} : { description: subFlow.description }),
      requirementChoices: SUB_FLOW_CHOICES[subFlow.providerId] ?? [],
      configurable: false,
      authenticationFlow: true,
      flowId: subFlow.id,
      ...(step.authenticator ? { providerId: step.authenticator } : {}),
    };
    return [row, ...executionRows(subFlow.id, all, catalogue, level + 1)];
  });

function authenticatorRow({ authenticator, configId }: ExecutionRow, all: Definitions, catalogue: Catalogue) {
  const providerId = authenticator ?? '';
  const named = catalogue.get(providerId);
  const config = named?.configurable ? all.configs.find(({ id }) => id === configId) : undefined;
  return {
    displayName: named?.displayName ?? providerId,
    requirementChoices: [...(named?.choices ?? [])],
    configurable: named?.configurable ?? false,
    providerId,
    ...(config ? { authenticationConfig: config.id, alias: config.alias } : {}),
  };
}

/** A flow and every sub-flow in it, by id. */
export function within(flowId: string, all: Definitions, found = new Set<string>()): Set<string> {
  if (found.has(flowId)) return found;
  found.add(flowId);
  for (const { subFlowId } of stepsOf(flowId, all)) if (subFlowId) within(subFlowId, all, found);
  return found;
}

export const executionView = (step: ExecutionRow): ExecutionView => {
  const { id, flowId: parentFlow, requirement, priority, authenticator, configId, subFlowId } = step;
  return {
    ...{ id, parentFlow, requirement, priority },
    ...(authenticator ? { authenticator } : {}),
    ...(configId ? { authenticatorConfig: configId } : {}),
    ...(subFlowId ? { flowId: subFlowId } : {}),
    authenticatorFlow: subFlowId !== null,
    autheticatorFlow: subFlowId !== null,
  };
};

export const configView = ({ id, alias, config }: AuthenticatorConfigRow): ConfigView => ({
  id,
  alias,
  config,
});

export const stepsOf = (flowId: string, { executions }: Definitions): ExecutionRow[] =>
  executions.filter((execution) => execution.flowId === flowId);
