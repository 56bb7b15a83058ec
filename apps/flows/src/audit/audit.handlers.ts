import { Controller } from '@nestjs/common';
import { Answers } from '@tumbler/bus';
import type { Operation, Told } from '@tumbler/contract-events';
import {
  ClearEvents,
  FindAdminEvents,
  FindEvents,
  flows,
  GetAuditConfig,
  SetAuditConfig,
  type AdminEventView,
  type AuditConfig,
  type EventView,
} from '@tumbler/contract-flows';
import type { Actor } from '@tumbler/contract-rpc';
import { Outbox } from '@tumbler/events';
import { DataSource, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import { AdminEventRow } from './admin-event.entity.js';
import { auditConfigOf } from './audit-config.js';
import { EventStore } from './event-store.js';
import { adminEventView, eventView } from './event.view.js';
import { UserEventRow } from './user-event.entity.js';

/** The audit log, as administrators read it. */
@Controller()
export class AuditHandlers {
  constructor(
    private readonly db: DataSource,
    private readonly store: EventStore,
    private readonly outbox: Outbox,
  ) {}

  @Answers(flows.events)
  async events(question: FindEvents): Promise<EventView[]> {
    const { types, client, user, ipAddress } = question;
    const found = page(this.db.manager.createQueryBuilder(UserEventRow, 'event'), question);
    if (types?.length) found.andWhere('event.type = any(:types)', { types });
    if (client) found.andWhere('event.clientId = :client', { client });
    if (user) found.andWhere('event.userId = :user', { user });
    if (ipAddress) found.andWhere('event.ipAddress = :ipAddress', { ipAddress });
    return (await found.getMany()).map(eventView);
  }

  @Answers(flows.adminEvents)
  async adminEvents(question: FindAdminEvents): Promise<AdminEventView[]> {
    const { operationTypes, resourceTypes, resourcePath } = question;
    const found = page(this.db.manager.createQueryBuilder(AdminEventRow, 'event'), question);
    if (operationTypes?.length)
      found.andWhere('event.operationType = any(:operationTypes)', { operationTypes });
    if (resourceTypes?.length) found.andWhere('event.resourceType = any(:resourceTypes)', { resourceTypes });
    if (resourcePath) found.andWhere('event.resourcePath like :path', { path: likePattern(resourcePath) });
    const by = actorAsked(question);
    if (by) found.andWhere('event.authDetails @> cast(:by as jsonb)', { by: JSON.stringify(by) });
    return (await found.getMany()).map(adminEventView);
  }

  /** Who emptied a log is the first thing that stands in the next one. */
  @Answers(flows.clearEvents)
  async clearEvents({ by, realmId, which }: ClearEvents): Promise<Record<string, never>> {
    await this.outbox.transaction(async (tx, tell) => {
      await tx.delete(which === 'user' ? UserEventRow : AdminEventRow, { realmId });
      await tell(changed(by, realmId, 'DELETE', which === 'user' ? 'events' : 'admin-events'));
    });
    return {};
  }

  @Answers(flows.auditConfig)
  auditConfig({ realmId }: GetAuditConfig): Promise<AuditConfig> {
    return this.store.configOf(realmId);
  }

  /** What is not among the settings keeps its value; null goes back to the default. */
  @Answers(flows.setAuditConfig)
  async setAuditConfig({ by, realmId, settings }: SetAuditConfig): Promise<AuditConfig> {
    return this.outbox.transaction(async (tx, tell) => {
      const [row] = await tx.query<{ settings: AuditConfig }[]>(
        `insert into audit_config as kept (realm_id, settings) values ($1, jsonb_strip_nulls($2::jsonb))
         on conflict (realm_id) do update set settings = jsonb_strip_nulls(kept.settings || $2::jsonb)
         returning settings`,
        [realmId, JSON.stringify(settings)],
      );
      await tell(changed(by, realmId, 'UPDATE', 'events/config', settings));
      return auditConfigOf(row?.settings);
    });
  }
}

type Paged = Pick<FindEvents, 'realmId' | 'dateFrom' | 'dateTo' | 'first' | 'max' | 'direction'>;

/** Of the events of a realm, those of a time; newest first unless told, and always in the same order. */
function page<T extends ObjectLiteral>(found: SelectQueryBuilder<T>, question: Paged): SelectQueryBuilder<T> {
  const { realmId, dateFrom, dateTo, first = 0, max = 100, direction = 'desc' } = question;
  const order = direction === 'asc' ? 'ASC' : 'DESC';
  found.where('event.realmId = :realmId', { realmId });
  if (dateFrom !== undefined) found.andWhere('event.time >= :from', { from: new Date(dateFrom) });
  if (dateTo !== undefined) found.andWhere('event.time <= :to', { to: new Date(dateTo) });
  return found.orderBy('event.time', order).addOrderBy('event.seq', order).offset(first).limit(max);
}

/** `*` stands for any part; what means something to `like` stands for itself. */
const likePattern = (path: string): string => path.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

function actorAsked({ authRealm, authClient, authUser, authIpAddress }: FindAdminEvents): object | undefined {
  const asked = { realmId: authRealm, clientId: authClient, userId: authUser, ipAddress: authIpAddress };
  return Object.values(asked).some(Boolean) ? asked : undefined;
}

const changed = (
  { realmId: from, clientId, userId, ipAddress }: Actor,
  realmId: string,
  operationType: Operation,
  resourcePath: string,
  representation?: object,
): Told => ({
  type: 'admin',
  realmId,
  data: {
    operationType,
    resourceType: 'REALM',
    resourcePath,
    authDetails: { realmId: from, clientId, userId, ...(ipAddress ? { ipAddress } : {}) },
    ...(representation ? { representation } : {}),
  },
});
