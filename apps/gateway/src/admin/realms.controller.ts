import { Body, Delete, Get, HttpCode, Post, Put, Query, Res } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { users, type Realm } from '@tumbler/contract-users';
import type { FastifyReply } from 'fastify';
import { GatewayConfig } from '../config.js';
import { AdminController, By } from './admin-controller.js';
import { RealmChanges } from './realm-changes.js';
import { roleRepresentation } from './roles/role.representation.js';
import { briefRealm, readRealm, realmRepresentation, wholeRealm } from './realm.representation.js';
import { TargetRealm } from './target-realm.js';

@AdminController('realms')
export class RealmsController {
  constructor(
    private readonly bus: Bus,
    private readonly config: GatewayConfig,
    private readonly changes: RealmChanges,
  ) {}

  /** What users keeps of each realm; one realm by its name is told in full. */
  @Get()
  async list(@Query('briefRepresentation') brief?: string) {
    const realms = await this.bus.call(users.listRealms, {});
    return realms.map((realm) => (brief === 'true' ? briefRealm(realm) : realmRepresentation(realm)));
  }

  @Post()
  @HttpCode(201)
  async create(
    @By() by: Actor,
    @Body() input: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const { name } = await this.changes.create(by, await readRealm(input));
    reply.header('location', `${this.config.publicUrl}/admin/realms/${encodeURIComponent(name)}`);
  }

  @Get(':realm')
  async read(@TargetRealm() realm: Realm) {
    const { id: realmId } = realm;
    const [policies, bindings, audit, defaultRole] = await Promise.all([
      this.bus.call(credentials.policies, { realmId }),
      this.bus.call(flows.bindings, { realmId }),
      this.bus.call(flows.auditConfig, { realmId }),
      this.bus.call(users.defaultRole, { realmId }),
    ]);
    const whole = wholeRealm(realm, policies, bindings, audit);
    return { ...whole, defaultRole: roleRepresentation(realm, defaultRole, true) };
  }

  @Put(':realm')
  @HttpCode(204)
  async update(@TargetRealm() realm: Realm, @By() by: Actor, @Body() input: unknown): Promise<void> {
    await this.changes.update(realm, by, await readRealm(input));
  }

  @Delete(':realm')
  @HttpCode(204)
  async remove(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.changes.remove(realm, by);
  }
}
