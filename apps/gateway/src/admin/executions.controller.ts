import { Body, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { flows, type ConfigView, type ExecutionView } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import {
  asConfig,
  asNewExecution,
  type ConfigBody,
  type NewExecutionBody,
} from './execution.representation.js';
import { located } from './located.js';
import { TargetRealm } from './target-realm.js';

/** Steps by their ids, and the settings of steps. */
@AdminController('realms/:realm/authentication')
export class ExecutionsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
  ) {}

  @Needs('manage-realm')
  @Post('executions')
  @HttpCode(201)
  async create(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body(asNewExecution) execution: NewExecutionBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id } = await this.bus.call(flows.createExecution, { by, realmId: realm.id, ...execution });
    located(reply, this.config, realm, `authentication/executions/${id}`);
  }

  @Needs('view-realm')
  @Get('executions/:id')
  read(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<ExecutionView> {
    return this.bus.call(flows.getExecution, { realmId: realm.id, id });
  }

  @Needs('manage-realm')
  @Delete('executions/:id')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor, @Param('id') id: string): Promise<void> {
    await this.bus.call(flows.removeExecution, { by, realmId: realm.id, id });
  }

  @Needs('manage-realm')
  @Post('executions/:id/raise-priority')
  @HttpCode(204)
  async raise(@TargetRealm() realm: Realm, @By() by: Actor, @Param('id') id: string): Promise<void> {
    await this.bus.call(flows.moveExecution, { by, realmId: realm.id, id, direction: 'raise' });
  }

  @Needs('manage-realm')
  @Post('executions/:id/lower-priority')
  @HttpCode(204)
  async lower(@TargetRealm() realm: Realm, @By() by: Actor, @Param('id') id: string): Promise<void> {
    await this.bus.call(flows.moveExecution, { by, realmId: realm.id, id, direction: 'lower' });
  }

  @Needs('manage-realm')
  @Post('executions/:id/config')
  @HttpCode(201)
  async configure(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id') executionId: string,
    @Body(asConfig) config: ConfigBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id } = await this.bus.call(flows.createConfig, { by, realmId: realm.id, executionId, ...config });
    located(reply, this.config, realm, `authentication/config/${id}`);
  }

  @Needs('view-realm')
  @Get('executions/:id/config/:config')
  readConfigOf(@TargetRealm() realm: Realm, @Param('config') id: string): Promise<ConfigView> {
    return this.bus.call(flows.getConfig, { realmId: realm.id, id });
  }

  @Needs('manage-realm')
  @Post('config')
  @HttpCode(201)
  async createConfig(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body(asConfig) config: ConfigBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { id } = await this.bus.call(flows.createConfig, { by, realmId: realm.id, ...config });
    located(reply, this.config, realm, `authentication/config/${id}`);
  }

  @Needs('view-realm')
  @Get('config/:id')
  readConfig(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<ConfigView> {
    return this.bus.call(flows.getConfig, { realmId: realm.id, id });
  }

  @Needs('manage-realm')
  @Put('config/:id')
  @HttpCode(204)
  async updateConfig(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Param('id') id: string,
    @Body(asConfig) config: ConfigBody,
  ): Promise<void> {
    await this.bus.call(flows.updateConfig, { by, realmId: realm.id, id, ...config });
  }

  @Needs('manage-realm')
  @Delete('config/:id')
  @HttpCode(204)
  async removeConfig(@TargetRealm() realm: Realm, @By() by: Actor, @Param('id') id: string): Promise<void> {
    await this.bus.call(flows.removeConfig, { by, realmId: realm.id, id });
  }
}
