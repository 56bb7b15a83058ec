import { Injectable } from '@nestjs/common';
import type { Bindings, Requirement } from '@tumbler/contract-flows';
import { prepared } from '@tumbler/database';
import { DataSource } from 'typeorm';
import { Authenticators } from '../authenticators/index.js';
import type { Unsupported } from '../authenticators/authenticator.js';
import type { Flow, FormPart, Step } from '../engine/flow.js';
import { ACTIONS_FLOW_ID, actionsFlow } from './actions-flow.js';
import { seed } from './seed.js';

export interface RealmFlows {
  version: number;
  /** Ids of flows. */
  bindings: Bindings;
}

/** As many flows as are kept in memory; each is some kilobytes. */
const MOST_CACHED = 2_000;

/** Answers flows as the engine walks them, from memory while they have not changed. */
@Injectable()
export class FlowTrees {
  private readonly cache = new Map<string, Flow>();
  private readonly actionsFlow: Flow;

  constructor(
    private readonly db: DataSource,
    private readonly authenticators: Authenticators,
  ) {
    this.actionsFlow = actionsFlow(authenticators);
  }

  /** What a realm uses its flows for. A realm that has none yet gets the default ones. */
  async ofRealm(realmId: string): Promise<RealmFlows> {
    const find = async (): Promise<RealmFlows | undefined> => {
      const sql = 'select version, bindings from realm_flows where realm_id = $1';
      const [row] = await prepared<RealmFlows>(this.db, sql, [realmId]);
      return row;
    };
    const known = await find();
    if (known) return known;
    await this.db.transaction((tx) => seed(tx, realmId));
    return (await find())!;
  }

  /** A flow as it was at that version of the realm's flows, or later. */
  async tree(realmId: string, version: number, flowId: string): Promise<Flow | undefined> {
    if (flowId === ACTIONS_FLOW_ID) return this.actionsFlow;
    // A client's flow is named by an administrator: one of another realm is none of this one, in the cache as well.
    const key = `${realmId} ${flowId} ${version}`;
    const cached = this.cache.get(key);
    if (cached) return cached;
    const flow = await this.load(realmId, flowId);
    if (!flow) return undefined;
    this.cache.set(key, flow);
    const [oldest] = this.cache.keys();
    if (this.cache.size > MOST_CACHED && oldest) this.cache.delete(oldest);
    return flow;
  }

  private async load(realmId: string, flowId: string): Promise<Flow | undefined> {
    const rows = await this.db.query<StepRow[]>(
      `select f.id as flow, f.alias,
              e.id, e.requirement, e.authenticator, e.sub_flow_id as "subFlow", c.config
         from flow f
         left join execution e on e.flow_id = f.id
         left join authenticator_config c on c.id = e.config_id
        where f.realm_id = $1
        order by f.id, e.priority, e.id`,
      [realmId],
    );
    return this.build(byFlow(rows), flowId);
  }

  private build(rows: Map<string, StepRow[]>, flowId: string): Flow | undefined {
    const own = rows.get(flowId);
    const [first] = own ?? [];
    if (!own || !first) return undefined;
    const steps = own.filter(isStep).map((row) => this.step(rows, row));
    return { id: flowId, alias: first.alias, steps: steps.filter((step) => step !== undefined) };
  }

  private step(rows: Map<string, StepRow[]>, row: StepRow & { id: string }): Step | undefined {
    const { id, requirement, config } = row;
    if (row.authenticator) {
      const authenticator = this.authenticators.get(row.authenticator) ?? unknown(row.authenticator);
      const parts = row.subFlow ? partsOf(rows.get(row.subFlow) ?? []) : undefined;
      return {
        kind: 'leaf',
        id,
        requirement,
        authenticator,
        config: config ?? {},
        ...(parts ? { parts } : {}),
      };
    }
    const flow = row.subFlow ? this.build(rows, row.subFlow) : undefined;
    return flow && { kind: 'flow', id, requirement, flow };
  }
}

interface StepRow {
  flow: string;
  alias: string;
  /** Null where the flow has no step. */
  id: string | null;
  requirement: Requirement;
  authenticator: string | null;
  subFlow: string | null;
  config: Record<string, string> | null;
}

function byFlow(rows: StepRow[]): Map<string, StepRow[]> {
  const flows = new Map<string, StepRow[]>();
  for (const row of rows) flows.set(row.flow, [...(flows.get(row.flow) ?? []), row]);
  return flows;
}

const isStep = (row: StepRow): row is StepRow & { id: string } => row.id !== null;

const partsOf = (rows: StepRow[]): FormPart[] =>
  rows
    .filter(isStep)
    .map(({ id, requirement, authenticator }) => ({ id, requirement, providerId: authenticator ?? '' }));

/** A step that names something this server has never heard of, such as one that was made elsewhere. */
const unknown = (id: string): Unsupported => ({
  kind: 'unsupported',
  id,
  displayName: id,
  description: '',
  choices: ['REQUIRED', 'ALTERNATIVE', 'DISABLED'],
  configurable: false,
});
