import { Body, Get, HttpCode, Param, Put } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type ExecutionInfo, type FlowView, type ProviderView } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { notFound } from '@tumbler/errors';
import { AdminController, By } from './admin-controller.js';
import { asExecution, type ExecutionBody } from './execution.representation.js';
import { TargetRealm } from './target-realm.js';

@AdminController('realms/:realm/authentication')
export class FlowsController {
  constructor(private readonly bus: Bus) {}

  @Get('flows')
  list(@TargetRealm() realm: Realm): Promise<FlowView[]> {
    return this.bus.call(flows.listFlows, { realmId: realm.id });
  }

  @Get('flows/:id')
  async read(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<FlowView> {
    const flow = await this.bus.call(flows.getFlow, { realmId: realm.id, id });
    if (!flow) throw notFound('Could not find flow with id');
    return flow;
  }

  @Get('flows/:alias/executions')
  listExecutions(@TargetRealm() realm: Realm, @Param('alias') alias: string): Promise<ExecutionInfo[]> {
    return this.bus.call(flows.executions, { realmId: realm.id, alias });
  }

  @Put('flows/:alias/executions')
  @HttpCode(204)
  async updateExecution(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('alias') alias: string,
    @Body(asExecution) execution: ExecutionBody,
  ): Promise<void> {
    await this.bus.call(flows.updateExecution, { by, realmId: realm.id, alias, ...execution });
  }

  @Get('authenticator-providers')
  authenticators(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'authenticator' });
  }

  @Get('form-providers')
  forms(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'form' });
  }

  @Get('form-action-providers')
  formActions(@TargetRealm() _realm: Realm): Promise<ProviderView[]> {
    return this.bus.call(flows.providers, { kind: 'form-action' });
  }

  @Get('client-authenticator-providers')
  async clientAuthenticators(@TargetRealm() _realm: Realm) {
    const providers = await this.bus.call(flows.providers, { kind: 'client-authenticator' });
    return providers.map((provider) => ({ supportsSecret: false, ...provider }));
  }
}
