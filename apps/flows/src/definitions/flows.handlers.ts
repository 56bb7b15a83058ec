import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { Told } from '@tumbler/contract-events';
import {
  flows,
  GetBindings,
  GetExecutions,
  GetFlow,
  ListFlows,
  ListProviders,
  SetBindings,
  UpdateExecution,
  type Bindings,
  type ExecutionInfo,
  type FlowView,
  type ProviderView,
} from '@tumbler/contract-flows';
import { conflict, invalid, notFound } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { Authenticators } from '../authenticators/index.js';
import { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import { Catalogue } from './catalogue.js';
import { ExecutionRow } from './execution.entity.js';
import { FlowRow } from './flow.entity.js';
import { FlowTrees } from './flow-trees.js';
import { executionRows, flowView, type Definitions } from './flow.view.js';

/** Kept and found by its alias, and not listed: Keycloak does not list it either (keycloak.md §1). */
const UNLISTED = 'saml ecp';

/** The flows of a realm, as administrators read and change them. */
@Controller()
export class FlowsHandlers {
  private readonly catalogue: Catalogue;

  constructor(
    private readonly db: DataSource,
    private readonly trees: FlowTrees,
    private readonly authenticators: Authenticators,
    private readonly outbox: Outbox,
  ) {
    this.catalogue = new Catalogue(authenticators.all);
  }

  @Answers(flows.listFlows)
  async listFlows({ realmId }: ListFlows): Promise<FlowView[]> {
    const all = await this.definitions(realmId);
    return all.flows
      .filter(({ topLevel, alias }) => topLevel && alias !== UNLISTED)
      .map((flow) => flowView(flow, all));
  }

  @Answers(flows.getFlow)
  async getFlow({ realmId, id }: GetFlow): Promise<FlowView | null> {
    const all = await this.definitions(realmId);
    const flow = all.flows.find((one) => one.id === id);
    return flow ? flowView(flow, all) : null;
  }

  @Answers(flows.executions)
  async executions({ realmId, alias }: GetExecutions): Promise<ExecutionInfo[]> {
    const all = await this.definitions(realmId);
    const flow = all.flows.find((one) => one.alias === alias);
    if (!flow) throw notFound('Flow not found');
    return executionRows(flow.id, all, this.catalogue);
  }

  /**
   * Changes requirement and priority, or name and description, and never both in one call: where one of the first two
   * differs, the others are not looked at (keycloak.md §0.1, 3). A priority that is not given is 0.
   */
  @Answers(flows.updateExecution)
  async updateExecution(question: UpdateExecution): Promise<Record<string, never>> {
    const { realmId, alias, id, priority = 0 } = question;
    const all = await this.definitions(realmId);
    if (!all.flows.some((flow) => flow.alias === alias)) throw notFound('flow not found');
    const execution = all.executions.find((one) => one.id === id);
    if (!execution) throw notFound('Illegal execution');

    const requirement = question.requirement ?? execution.requirement;
    if (requirement !== execution.requirement || priority !== execution.priority) {
      this.allow(execution, requirement);
      await this.change(question, async (tx) => {
        await tx.update(ExecutionRow, { id, realmId }, { requirement, priority });
      });
    } else if (execution.subFlowId) {
      await this.rename(question, execution.subFlowId, all);
    }
    return {};
  }

  @Answers(flows.providers)
  async providers({ kind }: ListProviders): Promise<ProviderView[]> {
    return this.catalogue.list(kind);
  }

  @Answers(flows.bindings)
  async bindings({ realmId }: GetBindings): Promise<Bindings> {
    const all = await this.definitions(realmId);
    const { bindings } = await this.trees.ofRealm(realmId);
    const aliasOf = new Map(all.flows.map(({ id, alias }) => [id, alias]));
    const named = Object.entries(bindings).map(([use, id]) => [use, aliasOf.get(id) ?? id]);
    return Object.fromEntries(named) as Bindings;
  }

  @Answers(flows.setBindings)
  async setBindings({ realmId, settings }: SetBindings): Promise<Bindings> {
    const all = await this.definitions(realmId);
    const wanted = Object.entries(settings).filter((entry): entry is [string, string] => !!entry[1]);
    const bound = wanted.map(([use, alias]) => {
      const forClients = use === 'clientAuthenticationFlow';
      const flow = all.flows.find((one) => one.topLevel && one.alias === alias);
      if (!flow || (flow.providerId === 'client-flow') !== forClients) {
        throw invalid(`${use}: there is no such flow`, use);
      }
      return [use, flow.id];
    });
    await this.db.query(
      'update realm_flows set bindings = bindings || $2, version = version + 1 where realm_id = $1',
      [realmId, JSON.stringify(Object.fromEntries(bound))],
    );
    return this.bindings({ realmId });
  }

  private async rename(question: UpdateExecution, flowId: string, all: Definitions): Promise<void> {
    const { realmId } = question;
    const flow = all.flows.find(({ id }) => id === flowId);
    if (!flow) throw notFound('Illegal execution');
    const { displayName = flow.alias, description = flow.description } = question;
    if (displayName === flow.alias && description === flow.description) return;
    if (!displayName.trim()) throw invalid('displayName must not be empty', 'displayName');
    if (all.flows.some(({ id, alias }) => alias === displayName && id !== flowId)) {
      throw conflict('Flow alias name already exists');
    }
    await this.change(question, async (tx) => {
      await tx.update(FlowRow, { id: flowId, realmId }, { alias: displayName, description });
    });
  }

  /** A setting that does nothing is worse than none, and one that locks everybody out worse still. */
  private allow({ subFlowId, authenticator, requirement: now }: ExecutionRow, requirement: string): void {
    if (subFlowId || requirement === now || requirement === 'DISABLED') return;
    if (requirement === 'CONDITIONAL') throw invalid('Only a sub-flow can be CONDITIONAL', 'requirement');
    if (this.authenticators.get(authenticator ?? '')?.kind === 'unsupported') {
      throw invalid(`${authenticator} is not supported`, 'requirement');
    }
  }

  /** One change to the flows of a realm: every instance reads them anew, and it is told who did it. */
  private async change(
    question: UpdateExecution,
    write: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.outbox.transaction(async (tx, tell) => {
      await write(tx);
      await tx.query('update realm_flows set version = version + 1 where realm_id = $1', [question.realmId]);
      await tell(changed(question));
    });
  }

  private async definitions(realmId: string): Promise<Definitions> {
    await this.trees.ofRealm(realmId);
    const [flows, executions, configs] = await Promise.all([
      this.db.manager.find(FlowRow, { where: { realmId }, order: { position: 'asc', id: 'asc' } }),
      this.db.manager.find(ExecutionRow, { where: { realmId }, order: { priority: 'asc', id: 'asc' } }),
      this.db.manager.find(AuthenticatorConfigRow, { where: { realmId } }),
    ]);
    return { flows, executions, configs };
  }
}

const changed = ({ by, realmId, alias, ...change }: UpdateExecution): Told => ({
  type: 'admin',
  realmId,
  data: {
    operationType: 'UPDATE',
    resourceType: 'AUTH_EXECUTION',
    resourcePath: `authentication/flows/${alias}/executions`,
    authDetails: by,
    representation: { ...change },
  },
});
