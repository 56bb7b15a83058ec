import { Body, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import {
  flows,
  type ExecutionInfo,
  type FlowProblem,
  type FlowView,
  type Simulation,
} from '@tumbler/contract-flows';
import { validated, type Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { conflict, notFound } from '@tumbler/errors';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { Clients } from '../oidc/clients/clients.js';
import { loginRealm } from '../realms/login-realm.js';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { asExecution, type ExecutionBody } from './execution.representation.js';
import { AddExecutionBody, AddSubFlowBody, asFlow, CopyBody, type FlowBody } from './flow.representation.js';
import { asObject } from './input.js';
import { located } from './located.js';
import { asSimulation, type SimulationBody } from './simulation.representation.js';
import { TargetRealm } from './target-realm.js';

const Reply = () => Res({ passthrough: true });

/** Flows, each addressed by its id or by its alias. */
@AdminController('realms/:realm/authentication/flows')
export class FlowsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly clients: Clients,
  ) {}

  @Needs('view-realm')
  @Get()
  list(@TargetRealm() realm: Realm): Promise<FlowView[]> {
    return this.bus.call(flows.listFlows, { realmId: realm.id });
  }

  @Needs('manage-realm')
  @Post()
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body(asFlow) flow: FlowBody,
    @Reply() reply: FastifyReply,
  ): Promise<void> {
    const { id } = await this.bus.call(flows.createFlow, { by, realmId: realm.id, ...flow });
    this.locate(reply, realm, 'flows', id);
  }

  @Needs('view-realm')
  @Get(':id')
  async read(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<FlowView> {
    const flow = await this.bus.call(flows.getFlow, { realmId: realm.id, id });
    if (!flow) throw notFound('Could not find flow with id');
    return flow;
  }

  @Needs('manage-realm')
  @Put(':id')
  @HttpCode(202)
  update(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id') id: string,
    @Body(asFlow) { alias, description }: FlowBody,
  ): Promise<FlowView> {
    return this.bus.call(flows.updateFlow, { by, realmId: realm.id, id, alias, description });
  }

  @Needs('manage-realm')
  @Delete(':id')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @Param('id') id: string): Promise<void> {
    const all = await this.clients.list(realm);
    const its = all.filter((client) => Object.values(client.authenticationFlowBindingOverrides).includes(id));
    if (its.length > 0) {
      throw conflict(`The flow is in use by ${its.map(({ clientId }) => `client "${clientId}"`).join(', ')}`);
    }
    await this.bus.call(flows.removeFlow, { by, realmId: realm.id, id });
  }

  @Needs('manage-realm')
  @Post(':alias/copy')
  @HttpCode(201)
  async copy(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
    @Body() input: unknown,
    @Reply() reply: FastifyReply,
  ): Promise<void> {
    const { newName } = await asMap(CopyBody, input);
    const { id } = await this.bus.call(flows.copyFlow, { by, realmId: realm.id, alias, newName });
    this.locate(reply, realm, 'flows', id);
  }

  /** What to look at before the flow is used; it is kept as it was asked for all the same. */
  @Needs('view-realm')
  @Get(':id/problems')
  findProblems(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<FlowProblem[]> {
    return this.bus.call(flows.problems, { realmId: realm.id, id });
  }

  /** How a user, real or described, would get through the flow; nothing is written, counted or sent. */
  @Needs('view-realm')
  @Post(':alias/simulate')
  @HttpCode(200)
  simulate(
    @TargetRealm() realm: Realm,
    @Param('alias') alias: string,
    @Body(asSimulation) simulation: SimulationBody,
  ): Promise<Simulation> {
    return this.bus.call(flows.simulate, { realm: loginRealm(realm), alias, ...simulation });
  }

  @Needs('view-realm')
  @Get(':alias/executions')
  listExecutions(@TargetRealm() realm: Realm, @Param('alias') alias: string): Promise<ExecutionInfo[]> {
    return this.bus.call(flows.executions, { realmId: realm.id, alias });
  }

  @Needs('manage-realm')
  @Put(':alias/executions')
  @HttpCode(204)
  async updateExecution(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
    @Body(asExecution) execution: ExecutionBody,
  ): Promise<void> {
    await this.bus.call(flows.updateExecution, { by, realmId: realm.id, alias, ...execution });
  }

  @Needs('manage-realm')
  @Post(':alias/executions/execution')
  @HttpCode(201)
  async addExecution(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') parent: string,
    @Body() input: unknown,
    @Reply() reply: FastifyReply,
  ): Promise<void> {
    const execution = await asMap(AddExecutionBody, input);
    const { id } = await this.bus.call(flows.addExecution, { by, realmId: realm.id, parent, ...execution });
    this.locate(reply, realm, 'executions', id);
  }

  @Needs('manage-realm')
  @Post(':alias/executions/flow')
  @HttpCode(201)
  async addSubFlow(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') parent: string,
    @Body() input: unknown,
    @Reply() reply: FastifyReply,
  ): Promise<void> {
    const subFlow = await asMap(AddSubFlowBody, input);
    const { id } = await this.bus.call(flows.addSubFlow, { by, realmId: realm.id, parent, ...subFlow });
    this.locate(reply, realm, 'flows', id);
  }

  private locate(reply: FastifyReply, realm: Realm, noun: 'flows' | 'executions', id: string): void {
    located(reply, this.config, realm, `authentication/${noun}/${id}`);
  }
}

/** Keycloak reads these as maps, and passes over what else is in them. */
function asMap<Q extends object>(Class: new () => Q, input: unknown): Promise<Q> {
  const said = Object.entries(asObject(input)).filter(([, value]) => value !== null);
  return validated(Class, Object.fromEntries(said), { unknownFields: 'drop' });
}
