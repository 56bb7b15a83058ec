import { Injectable } from '@nestjs/common';
import {
  USER_EVENTS,
  type AdminEventData,
  type CloudEvent,
  type UserEventData,
} from '@tumbler/contract-events';
import type { AuditConfig } from '@tumbler/contract-flows';
import { prepared } from '@tumbler/database';
import { isUUID } from 'class-validator';
import { DataSource } from 'typeorm';
import { auditConfigOf } from './audit-config.js';

const USER_EVENT_TYPES = new Set<string>(USER_EVENTS.flatMap((type) => [type, `${type}_ERROR`]));

type UserEvent = CloudEvent & { data: UserEventData };
type AdminEvent = CloudEvent & { data: AdminEventData };

/** How the login went that an event belongs to. The login itself is soon forgotten; what is kept of it goes with the event. */
const TRACE = `(
  select login.trace from login
   where login.realm_id = e.realm_id
     and login.id = case when e.details->>'code_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                         then (e.details->>'code_id')::uuid end)`;

/**
 * Whether a realm wants an event; $2 whether events are kept where it says nothing of that, $3 of which types. No join, which
 * could lose the order.
 */
const WANTED = `coalesce(
  (select coalesce((c.settings->>'eventsEnabled')::boolean, $2)
      and coalesce(nullif(c.settings->'enabledEventTypes', '[]'), $3::jsonb) ? e.type
     from audit_config c where c.realm_id = e.realm_id),
  $2 and $3::jsonb ? e.type)`;

const isUserEvent = (event: CloudEvent): event is UserEvent => USER_EVENT_TYPES.has(event.type);
const isAdminEvent = (event: CloudEvent): event is AdminEvent => event.type === 'admin';

/** Keeps of the stream what administrators want to read later. */
@Injectable()
export class EventStore {
  constructor(private readonly db: DataSource) {}

  /** An event that comes again is kept once. */
  async keep(events: CloudEvent[]): Promise<void> {
    await this.keepUserEvents(events.filter(isUserEvent));
    await this.keepAdminEvents(events.filter(isAdminEvent));
  }

  async configOf(realmId: string): Promise<Required<AuditConfig>> {
    return (await this.configs([realmId]))(realmId);
  }

  async removeRealm(realmId: string): Promise<void> {
    for (const table of ['user_event', 'admin_event', 'audit_config']) {
      await this.db.query(`delete from ${table} where realm_id = $1`, [realmId]);
    }
  }

  /** Answers how many events are gone because their realm keeps them for so long only; `most` at once. */
  async prune(now: Date, most: number): Promise<number> {
    const [, gone] = await this.db.query<[unknown, number]>(
      `delete from user_event where id in (
         select e.id from user_event e join audit_config c using (realm_id)
          where (c.settings->>'eventsExpiration')::bigint > 0
            and e.time < $1::timestamptz - (c.settings->>'eventsExpiration')::bigint * interval '1 second'
          limit $2)`,
      [now, most],
    );
    return gone;
  }

  private async configs(realmIds: string[]): Promise<(realmId: string) => Required<AuditConfig>> {
    const rows = await prepared<{ realmId: string; settings: AuditConfig }>(
      this.db,
      'select realm_id as "realmId", settings from audit_config where realm_id = any($1::uuid[])',
      [realmIds.filter((id) => isUUID(id))],
    );
    const byRealm = new Map(rows.map(({ realmId, settings }) => [realmId, auditConfigOf(settings)]));
    return (realmId) => byRealm.get(realmId) ?? auditConfigOf();
  }

  /** Those that their realm wants. One statement, since there are some of each login. */
  private async keepUserEvents(events: UserEvent[]): Promise<void> {
    const { eventsEnabled, enabledEventTypes } = auditConfigOf();
    const rows = events.map(({ id, realmid, time, type, data }) => ({
      id,
      time,
      type,
      realm_id: realmid,
      client_id: data.clientId,
      user_id: data.userId,
      session_id: data.sessionId,
      ip_address: data.ipAddress,
      error: data.error,
      details: data.details,
    }));
    await this.insert('user_event', rows, {
      more: { trace: TRACE },
      wanted: WANTED,
      values: [eventsEnabled, JSON.stringify(enabledEventTypes)],
    });
  }

  private async keepAdminEvents(events: AdminEvent[]): Promise<void> {
    if (events.length === 0) return;
    const config = await this.configs([...new Set(events.map(({ realmid }) => realmid))]);
    const wanted = events
      .filter(({ realmid }) => config(realmid).adminEventsEnabled)
      .map((event) => (config(event.realmid).adminEventsDetailsEnabled ? event : withoutDetails(event)));
    const rows = wanted.map(({ id, realmid, time, data }) => ({
      id,
      time,
      realm_id: realmid,
      operation_type: data.operationType,
      resource_type: data.resourceType,
      resource_path: data.resourcePath,
      auth_details: data.authDetails,
      representation: data.representation === undefined ? null : JSON.stringify(data.representation),
    }));
    await this.insert('admin_event', rows);
  }

  /**
   * @param more columns that are looked up, by name: an expression over the row
   * @param wanted the condition under which a row is kept; `values` begin at $2
   */
  private async insert(
    table: string,
    rows: object[],
    {
      more = {},
      wanted = 'true',
      values = [],
    }: { more?: Record<string, string>; wanted?: string; values?: unknown[] } = {},
  ): Promise<void> {
    if (rows.length === 0) return;
    const columns = Object.keys(rows[0]!);
    await prepared(
      this.db,
      `insert into ${table} (${[...columns, ...Object.keys(more)].join(', ')})
       select ${[...columns, ...Object.values(more)].join(', ')}
         from jsonb_populate_recordset(null::${table}, $1) e where ${wanted} on conflict (id) do nothing`,
      [JSON.stringify(rows), ...values],
    );
  }
}

const withoutDetails = ({ data: { representation: _, ...data }, ...event }: AdminEvent): AdminEvent => ({
  ...event,
  data,
});
