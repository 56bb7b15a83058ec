import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  AddExecution,
  AddSubFlow,
  CreateExecution,
  flows,
  GetExecution,
  GetExecutions,
  MoveExecution,
  RemoveExecution,
  UpdateExecution,
  type ExecutionInfo,
  type ExecutionView,
  type Made,
  type Requirement,
} from '@tumbler/contract-flows';
import { AppError, conflict, invalid, notFound } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import { Authenticators } from '../authenticators/index.js';
import { Catalogue } from './catalogue.js';
import { DefinitionStore, type Change } from './definition-store.js';
import { ExecutionRow } from './execution.entity.js';
import { FlowRow } from './flow.entity.js';
import { executionRows, executionView, stepsOf, within, type Definitions } from './flow.view.js';
import { swapped } from './priorities.js';
import { goesWith, remove } from './removal.js';

const PARENT_MISSING = "Parent flow doesn't exist";
const NOT_TO_ADD = 'It is illegal to add execution to a built in flow';

/** The steps of flows. Built-in flows keep theirs; whether they are taken may be changed in every flow. */
@Controller()
export class ExecutionsHandlers {
  constructor(
    private readonly definitions: DefinitionStore,
    private readonly authenticators: Authenticators,
    private readonly catalogue: Catalogue,
  ) {}

  @Answers(flows.executions)
  async list({ realmId, alias }: GetExecutions): Promise<ExecutionInfo[]> {
    const all = await this.definitions.read(realmId);
    const flow = all.flows.find((one) => one.alias === alias);
    if (!flow) throw notFound('Flow not found');
    return executionRows(flow.id, all, this.catalogue);
  }

  @Answers(flows.getExecution)
  async get({ realmId, id }: GetExecution): Promise<ExecutionView> {
    return executionView(find(id, await this.definitions.read(realmId)));
  }

  /**
   * Changes requirement and priority, or name and description, and never both in one call: where one of the first two
   * differs, the others are not looked at (keycloak.md §0.1, 3). A priority that is not given is 0.
   */
  @Answers(flows.updateExecution)
  async update(question: UpdateExecution): Promise<Record<string, never>> {
    const { by: _, realmId: __, alias, id, priority = 0, ...rest } = question;
    return this.definitions.change(question, async (change) => {
      const { tx, all, tell } = change;
      if (!all.flows.some((flow) => flow.alias === alias)) throw notFound('flow not found');
      const step = find(id, all);
      const { requirement = step.requirement } = question;
      if (requirement !== step.requirement || priority !== step.priority) {
        this.allow(step, requirement);
        await tx.update(ExecutionRow, { id }, { requirement, priority });
      } else if (!step.subFlowId || !(await rename(change, step.subFlowId, question))) {
        return {};
      }
      await tell('UPDATE', 'AUTH_EXECUTION', `flows/${alias}/executions`, { id, priority, ...rest });
      return {};
    });
  }

  @Answers(flows.addExecution)
  async add(question: AddExecution): Promise<Made> {
    const { parent: alias, provider = '', priority } = question;
    return this.definitions.change(question, async (change) => {
      const parent = change.all.flows.find((flow) => flow.alias === alias);
      if (!parent) throw invalid(PARENT_MISSING);
      if (parent.builtIn) throw invalid(NOT_TO_ADD);
      const named = this.catalogue.forStepsOf(parent.providerId, provider);
      if (!named) throw invalid(`No authentication provider found for id: ${provider}`);
      const only = named.choices.length === 1 && this.canBeTaken(provider) ? named.choices[0] : undefined;
      const id = await addStep(change, parent, { authenticator: provider, requirement: only, priority });
      await change.tell('CREATE', 'AUTH_EXECUTION', `flows/${alias}/executions/execution`, { id, provider });
      return { id };
    });
  }

  @Answers(flows.addSubFlow)
  async addSubFlow(question: AddSubFlow): Promise<Made> {
    const { realmId, parent: parentAlias, alias, description = null, type, provider, priority } = question;
    return this.definitions.change(question, async (change) => {
      const { tx, all, tell } = change;
      const parent = all.flows.find((flow) => flow.alias === parentAlias);
      if (!parent) throw new AppError('invalid_request', { message: PARENT_MISSING, asConflict: true });
      if (parent.builtIn) throw invalid('It is illegal to add sub-flow to a built in flow');
      if (!alias?.trim()) throw conflict('Failed to create flow with empty alias name');
      if (all.flows.some((flow) => flow.alias === alias))
        throw conflict('New flow alias name already exists');
      const isForm = type === 'form-flow';
      if (isForm && !this.catalogue.all('form').some(({ id }) => id === provider)) {
        throw invalid(`No authentication provider found for id: ${provider ?? ''}`);
      }
      const id = randomUUID();
      const position = Math.max(...all.flows.map((flow) => flow.position)) + 1;
      const kind = { providerId: type, topLevel: false, builtIn: false };
      await tx.insert(FlowRow, { id, realmId, alias, description, ...kind, position });
      await addStep(change, parent, {
        subFlowId: id,
        ...(isForm ? { authenticator: provider } : {}),
        priority,
      });
      const told = { id, alias, description, type };
      await tell('CREATE', 'AUTH_EXECUTION_FLOW', `flows/${parentAlias}/executions/flow`, told);
      return { id };
    });
  }

  @Answers(flows.createExecution)
  async create(question: CreateExecution): Promise<Made> {
    const { parentFlow, authenticator, authenticatorConfig, flowId, requirement, priority } = question;
    if (!parentFlow) throw invalid('parent flow not set on new execution');
    return this.definitions.change(question, async (change) => {
      const { all, tell } = change;
      const parent = all.flows.find(({ id }) => id === parentFlow);
      if (!parent) throw invalid('execution parent flow does not exist');
      if (parent.builtIn) throw invalid(NOT_TO_ADD);
      if (!authenticator && !flowId)
        throw invalid('A step needs an authenticator or a flow', 'authenticator');
      if (authenticator && !this.catalogue.get(authenticator)) {
        throw invalid(`No authentication provider found for id: ${authenticator}`);
      }
      if (flowId) mustFitInto(parent, flowId, all);
      if (authenticatorConfig && !all.configs.some(({ id }) => id === authenticatorConfig)) {
        throw notFound('Could not find authenticator config');
      }
      this.allow({ authenticator: authenticator ?? null, subFlowId: flowId ?? null }, requirement);
      const named = { authenticator, subFlowId: flowId, configId: authenticatorConfig };
      const id = await addStep(change, parent, { ...named, requirement, priority });
      await tell('CREATE', 'AUTH_EXECUTION', `executions/${id}`, { id, parentFlow, authenticator, flowId });
      return { id };
    });
  }

  @Answers(flows.removeExecution)
  async remove(question: RemoveExecution): Promise<Record<string, never>> {
    const { id } = question;
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      if (parentOf(find(id, all), all)?.builtIn) {
        throw invalid('It is illegal to remove execution from a built in flow');
      }
      await remove(tx, goesWith({ executions: [id] }, all));
      await tell('DELETE', 'AUTH_EXECUTION', `executions/${id}`);
      return {};
    });
  }

  @Answers(flows.moveExecution)
  async move(question: MoveExecution): Promise<Record<string, never>> {
    const { id, direction } = question;
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const step = find(id, all);
      if (parentOf(step, all)?.builtIn) {
        throw invalid('It is illegal to modify execution in a built in flow');
      }
      for (const { id: moved, priority } of swapped(stepsOf(step.flowId, all), id, direction)) {
        await tx.update(ExecutionRow, { id: moved }, { priority });
      }
      await tell('UPDATE', 'AUTH_EXECUTION', `executions/${id}/${direction}-priority`);
      return {};
    });
  }

  /** A setting that does nothing is worse than none, and one that locks everybody out worse still. */
  private allow(step: Pick<ExecutionRow, 'authenticator' | 'subFlowId'> & Changed, wanted: string): void {
    const { subFlowId, authenticator, requirement: now } = step;
    if (subFlowId || wanted === now || wanted === 'DISABLED') return;
    if (wanted === 'CONDITIONAL') throw invalid('Only a sub-flow can be CONDITIONAL', 'requirement');
    if (!this.canBeTaken(authenticator ?? '')) {
      throw invalid(`${authenticator} is not supported`, 'requirement');
    }
  }

  private canBeTaken(provider: string): boolean {
    return this.authenticators.get(provider)?.kind !== 'unsupported';
  }
}

type Changed = { requirement?: Requirement };

type NewStep = Partial<
  Pick<ExecutionRow, 'authenticator' | 'subFlowId' | 'configId' | 'requirement' | 'priority'>
>;

/** After the last step unless told; DISABLED unless told. Answers its id. */
async function addStep(
  { tx, all }: Change,
  { id: flowId, realmId }: FlowRow,
  step: NewStep,
): Promise<string> {
  const last = stepsOf(flowId, all).at(-1);
  const { requirement = 'DISABLED', priority = last ? last.priority + 1 : 0 } = step;
  const { authenticator = null, subFlowId = null, configId = null } = step;
  const id = randomUUID();
  await tx.insert(ExecutionRow, {
    ...{ id, realmId, flowId, requirement, priority },
    ...{ authenticator, subFlowId, configId },
  });
  return id;
}

/** Answers whether there was anything to change. */
async function rename({ tx, all }: Change, flowId: string, question: UpdateExecution): Promise<boolean> {
  const flow = all.flows.find(({ id }) => id === flowId);
  if (!flow) throw notFound('Illegal execution');
  const { displayName = flow.alias, description = flow.description } = question;
  if (displayName === flow.alias && description === flow.description) return false;
  if (!displayName.trim()) throw invalid('displayName must not be empty', 'displayName');
  if (all.flows.some(({ id, alias }) => alias === displayName && id !== flowId)) {
    throw conflict('Flow alias name already exists');
  }
  await tx.update(FlowRow, { id: flowId }, { alias: displayName, description });
  return true;
}

/** A flow that contained itself would never come to an end. */
function mustFitInto(parent: FlowRow, flowId: string, all: Definitions): void {
  if (!all.flows.some(({ id }) => id === flowId)) throw notFound('Flow not found');
  if (within(flowId, all).has(parent.id)) throw invalid('A flow cannot contain itself', 'flowId');
}

function find(id: string, { executions }: Definitions): ExecutionRow {
  const step = executions.find((one) => one.id === id);
  if (!step) throw notFound('Illegal execution');
  return step;
}

const parentOf = ({ flowId }: ExecutionRow, { flows: all }: Definitions) =>
  all.find(({ id }) => id === flowId);
