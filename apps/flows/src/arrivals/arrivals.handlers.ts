import { randomUUID } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  ArriveFlows,
  DisownFlows,
  ExamineFlows,
  ExportFlows,
  flows,
  type ArrivedFlows,
  type ArrivingFlows,
  type ExaminedFlows,
  type ExportedFlows,
} from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { DataSource, type EntityManager } from 'typeorm';
import { Authenticators } from '../authenticators/index.js';
import { AuthenticatorConfigRow } from '../definitions/authenticator-config.entity.js';
import { Catalogue } from '../definitions/catalogue.js';
import { DefinitionStore } from '../definitions/definition-store.js';
import { ExecutionRow } from '../definitions/execution.entity.js';
import { FlowRow } from '../definitions/flow.entity.js';
import { configView, flowView } from '../definitions/flow.view.js';
import { forgetFlows } from '../definitions/forget-realm.js';
import { addDefaults, bindingsOf, DEFAULT_ORDER } from '../definitions/seed.js';
import { idsInOrder } from '../definitions/ids-in-order.js';
import { readFlows, type ReadFlows } from './arriving-flows.js';

/** The flows of a realm that moves in, kept before the realm is there; and of one that moves out. */
@Controller()
export class ArrivalsHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly authenticators: Authenticators,
    private readonly catalogue: Catalogue,
    private readonly definitions: DefinitionStore,
  ) {}

  @Answers(flows.exportFlows)
  async export({ realmId }: ExportFlows): Promise<ExportedFlows> {
    const all = await this.definitions.read(realmId);
    const byAlias = (one: { alias: string }, other: { alias: string }) => (one.alias < other.alias ? -1 : 1);
    return {
      flows: all.flows.map((flow) => flowView(flow, all)).sort(byAlias),
      configs: all.configs.map(configView).sort(byAlias),
    };
  }

  @Answers(flows.examineFlows)
  examine({ arriving }: ExamineFlows): ExaminedFlows {
    return { findings: this.read(arriving).findings };
  }

  @Answers(flows.arriveFlows)
  async arrive({ realmId, arriving, audit }: ArriveFlows): Promise<ArrivedFlows> {
    const read = this.read(arriving);
    const wrong = read.findings.find(({ kind }) => kind === 'wrong');
    if (wrong) throw new AppError('invalid_request', { message: wrong.message, field: wrong.place });
    await this.disown({ realmId });
    return this.db.transaction(async (tx) => {
      const kept = await withFreeIds(tx, read);
      await store(tx, realmId, kept);
      if (audit) {
        await tx.query('insert into audit_config (realm_id, settings) values ($1, $2)', [
          realmId,
          JSON.stringify(audit),
        ]);
      }
      const rows = await tx.find(FlowRow, { select: { id: true, alias: true }, where: { realmId } });
      const was = new Map(kept.flows.map((flow) => [flow.id, flow.was]));
      return {
        flows: rows.map(({ id, alias }) => {
          const before = was.get(id);
          return { id, alias, ...(before ? { was: before } : {}) };
        }),
      };
    });
  }

  @Answers(flows.disownFlows)
  async disown({ realmId }: DisownFlows): Promise<Record<string, never>> {
    await forgetFlows(this.db, realmId);
    await this.db.query('delete from audit_config where realm_id = $1', [realmId]);
    return {};
  }

  private read(arriving: ArrivingFlows): ReadFlows {
    return readFlows(arriving, this.authenticators, this.catalogue);
  }
}

/** An id that another realm has is of no use here: the same file may move in twice, under two names. */
async function withFreeIds(tx: EntityManager, read: ReadFlows): Promise<ReadFlows> {
  const ids = [...read.flows, ...read.configs].map(({ id }) => id);
  const rows = await tx.query<{ id: string }[]>(
    'select id from flow where id = any($1::uuid[]) union all select id from authenticator_config where id = any($1::uuid[])',
    [ids],
  );
  const taken = new Set(rows.map(({ id }) => id));
  const free = (id: string): string => {
    const own = taken.has(id) ? randomUUID() : id;
    taken.add(own);
    return own;
  };
  return {
    ...read,
    flows: read.flows.map((flow) => {
      const id = free(flow.id);
      return id === flow.id ? flow : { ...flow, id, was: flow.was ?? flow.id };
    }),
    configs: read.configs.map((config) => ({ ...config, id: free(config.id) })),
  };
}

async function store(
  tx: EntityManager,
  realmId: string,
  { flows, configs, bindings }: ReadFlows,
): Promise<void> {
  const idOf = new Map(flows.map(({ alias, id }) => [alias, id]));
  const configOf = new Map(configs.map((config) => [config.alias, config]));
  const own = flows.filter(({ alias }) => !DEFAULT_ORDER.includes(alias));
  const positionOf = ({ alias }: { alias: string }) => {
    const place = DEFAULT_ORDER.indexOf(alias);
    return place < 0 ? DEFAULT_ORDER.length + own.findIndex((one) => one.alias === alias) : place;
  };
  await tx.insert(
    FlowRow,
    flows.map(({ place: _place, was: _was, steps: _steps, ...flow }) => ({
      ...{ ...flow, realmId },
      position: positionOf(flow),
    })),
  );
  await tx.insert(
    AuthenticatorConfigRow,
    [...configOf.values()].map((config) => ({ ...config, realmId })),
  );
  await addDefaults(tx, realmId, idOf);
  const rows = await tx.find(FlowRow, { select: { id: true, alias: true }, where: { realmId } });
  const all = new Map(rows.map(({ id, alias }) => [alias, id]));
  await tx.insert(
    ExecutionRow,
    flows.flatMap((flow) => {
      const ids = idsInOrder(flow.steps.length);
      return flow.steps.map(({ requirement, priority, authenticator, subFlow, config }, nth) => ({
        ...{ id: ids[nth]!, realmId, flowId: flow.id, requirement, priority, authenticator },
        subFlowId: subFlow === undefined ? null : idOf.get(subFlow)!,
        configId: config === undefined ? null : configOf.get(config)!.id,
      }));
    }),
  );
  const bound = Object.entries(bindings)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([use, alias]) => [use, all.get(alias)!]);
  const settings: Record<string, string> = {
    ...bindingsOf(realmId, idOf),
    ...(Object.fromEntries(bound) as Record<string, string>),
  };
  await tx.query('insert into realm_flows (realm_id, version, bindings) values ($1, 1, $2)', [
    realmId,
    JSON.stringify(settings),
  ]);
}
