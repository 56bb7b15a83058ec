import { Body, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import {
  AuditConfig,
  FindAdminEvents,
  FindEvents,
  flows,
  type AdminEventView,
  type EventView,
  type Explanation,
} from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { AdminController, By } from './admin-controller.js';
import { Needs } from './needs.js';
import { withTimes } from './event-dates.js';
import { body, fromQuery } from './input.js';
import { TargetRealm } from './target-realm.js';

const asAuditConfig = body(AuditConfig, { name: 'RealmEventsConfigRepresentation' });
type Params = Record<string, string | string[]>;

@AdminController('realms/:realm')
export class EventsController {
  constructor(private readonly bus: Bus) {}

  @Needs('view-events')
  @Get('events')
  async list(@TargetRealm() realm: Realm, @Query() { type, ...query }: Params): Promise<EventView[]> {
    const asked = { ...withTimes(query), types: type };
    return this.bus.call(flows.events, await fromQuery(FindEvents, asked, { realmId: realm.id }));
  }

  /** Why a login went as it did, and whether a code was asked for. */
  @Needs('view-events')
  @Get('events/:id/explanation')
  explain(@TargetRealm() realm: Realm, @Param('id') id: string): Promise<Explanation> {
    return this.bus.call(flows.explanation, { realmId: realm.id, id });
  }

  @Needs('manage-events')
  @Delete('events')
  @HttpCode(204)
  async clear(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.bus.call(flows.clearEvents, { by, realmId: realm.id, which: 'user' });
  }

  @Needs('view-events')
  @Get('events/config')
  readConfig(@TargetRealm() realm: Realm): Promise<AuditConfig> {
    return this.bus.call(flows.auditConfig, { realmId: realm.id });
  }

  @Needs('manage-events')
  @Put('events/config')
  @HttpCode(204)
  async updateConfig(
    @TargetRealm() realm: Realm,
    @By() by: Actor,
    @Body(asAuditConfig) settings: AuditConfig,
  ): Promise<void> {
    await this.bus.call(flows.setAuditConfig, { by, realmId: realm.id, settings });
  }

  @Needs('view-events')
  @Get('admin-events')
  async listAdmin(@TargetRealm() realm: Realm, @Query() query: Params): Promise<AdminEventView[]> {
    const asked = await fromQuery(FindAdminEvents, withTimes(query), { realmId: realm.id });
    return this.bus.call(flows.adminEvents, asked);
  }

  @Needs('manage-events')
  @Delete('admin-events')
  @HttpCode(204)
  async clearAdmin(@TargetRealm() realm: Realm, @By() by: Actor): Promise<void> {
    await this.bus.call(flows.clearEvents, { by, realmId: realm.id, which: 'admin' });
  }
}
