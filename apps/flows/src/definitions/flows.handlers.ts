import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import {
  CopyFlow,
  CreateFlow,
  flows,
  GetFlow,
  ListFlows,
  RemoveFlow,
  UpdateFlow,
  type FlowView,
  type Made,
} from '@tumbler/contract-flows';
import { conflict, invalid, notFound } from '@tumbler/errors';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { AuthenticatorConfigRow } from './authenticator-config.entity.js';
import { copyOf } from './copy.js';
import { DefinitionStore } from './definition-store.js';
import { ExecutionRow } from './execution.entity.js';
import { FlowRow } from './flow.entity.js';
import { flowView, type Definitions } from './flow.view.js';
import { RealmFlowsRow } from './realm-flows.entity.js';
import { goesWith, remove } from './removal.js';

/** Kept and found by its alias, and not listed: Keycloak does not list it either (keycloak.md §1). */
const UNLISTED = 'saml ecp';

/** RFC 3986 §2.2: they mean something in the addresses that flows are found at. */
const RESERVED = /[:/?#@!$&()*+,;=[\]\\]/;

/** The flows of a realm, as administrators read and change them. */
@Controller()
export class FlowsHandlers {
  constructor(private readonly definitions: DefinitionStore) {}

  @Answers(flows.listFlows)
  async list({ realmId }: ListFlows): Promise<FlowView[]> {
    const all = await this.definitions.read(realmId);
    return all.flows
      .filter(({ topLevel, alias }) => topLevel && alias !== UNLISTED)
      .map((flow) => flowView(flow, all));
  }

  @Answers(flows.getFlow)
  async get({ realmId, id }: GetFlow): Promise<FlowView | null> {
    const all = await this.definitions.read(realmId);
    const flow = all.flows.find((one) => one.id === id);
    return flow ? flowView(flow, all) : null;
  }

  @Answers(flows.createFlow)
  async create(question: CreateFlow): Promise<Made> {
    const { realmId, alias, description = null, providerId, topLevel, builtIn } = question;
    if (!alias?.trim()) throw conflict('Failed to create flow with empty alias name');
    const [reserved] = RESERVED.exec(alias) ?? [];
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      if (all.flows.some((flow) => flow.alias === alias)) throw conflict(`Flow ${alias} already exists`);
      if (reserved) throw invalid(`Character '${reserved}' not allowed.`);
      const id = randomUUID();
      const position = Math.max(...all.flows.map((flow) => flow.position)) + 1;
      const row = { id, realmId, alias, description, providerId, topLevel, builtIn, position };
      await tx.insert(FlowRow, row);
      await tell('CREATE', 'AUTH_FLOW', `flows/${id}`, { alias, description, providerId, topLevel, builtIn });
      return { id };
    });
  }

  @Answers(flows.copyFlow)
  async copy(question: CopyFlow): Promise<Made> {
    const { alias, newName } = question;
    if (!newName?.trim()) throw conflict('Failed to create flow with empty alias name');
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const isTaken = (name: string) => all.flows.some((flow) => flow.alias === name);
      if (isTaken(newName)) throw conflict('New flow alias name already exists');
      const original = all.flows.find((flow) => flow.alias === alias);
      if (!original) throw notFound('Flow not found');
      const copy = copyOf(original, newName, all);
      if (copy.flows.some((flow) => isTaken(flow.alias)))
        throw conflict('New flow alias name already exists');
      await tx.insert(FlowRow, copy.flows);
      await tx.insert(AuthenticatorConfigRow, copy.configs);
      await tx.insert(ExecutionRow, copy.executions);
      await tell('CREATE', 'AUTH_FLOW', `flows/${alias}/copy`, { newName });
      return { id: copy.flows.find((flow) => flow.alias === newName)!.id };
    });
  }

  /** Built-in flows too. */
  @Answers(flows.updateFlow)
  async update(question: UpdateFlow): Promise<FlowView> {
    const { id, alias } = question;
    if (!alias?.trim()) throw conflict('Failed to update flow with empty alias name');
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const flow = all.flows.find((one) => one.id === id);
      if (!flow) throw notFound('Illegal execution');
      if (all.flows.some((other) => other !== flow && other.alias === alias)) {
        throw conflict('Flow alias name already exists');
      }
      const { description = flow.description } = question;
      await tx.update(FlowRow, { id }, { alias, description });
      await tell('UPDATE', 'AUTH_FLOW', `flows/${id}`, { alias, description });
      return flowView({ ...flow, alias, description }, all);
    });
  }

  /** With everything in it. The steps that it is, in other flows, go as well. */
  @Answers(flows.removeFlow)
  async remove(question: RemoveFlow): Promise<Record<string, never>> {
    const { id, realmId } = question;
    return this.definitions.change(question, async ({ tx, all, tell }) => {
      const flow = all.flows.find((one) => one.id === id);
      if (!flow) throw notFound('Flow not found');
      if (flow.builtIn) throw invalid("Can't delete built in flow");
      const uses = all.executions.filter(({ subFlowId }) => subFlowId === id);
      const doomed = goesWith({ flow: id, executions: uses.map((use) => use.id) }, all);
      mustBeChangeable(uses, all);
      await mustBeUnbound(tx, realmId, flow, doomed.flows);
      await remove(tx, doomed);
      await tell('DELETE', 'AUTH_FLOW', `flows/${id}`);
      return {};
    });
  }
}

function mustBeChangeable(uses: ExecutionRow[], { flows }: Definitions): void {
  const builtIn = flows.find((flow) => flow.builtIn && uses.some(({ flowId }) => flowId === flow.id));
  if (builtIn) throw conflict(`It is a part of the built-in flow "${builtIn.alias}"`);
}

/** A realm without the flow that it uses could let nobody in. */
async function mustBeUnbound(
  tx: EntityManager,
  realmId: string,
  { alias }: FlowRow,
  going: Set<string>,
): Promise<void> {
  const { bindings } = await tx.findOneByOrFail(RealmFlowsRow, { realmId });
  const uses = Object.entries(bindings).flatMap(([use, flowId]) => (going.has(flowId) ? [use] : []));
  if (uses.length > 0) throw conflict(`Flow "${alias}" is in use: the realm has it as ${uses.join(' and ')}`);
}
