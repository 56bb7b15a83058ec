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

const isUserEvent = (event: CloudEvent): event is UserEvent => USER_EVENT_TYPES.has(event.type);
const isAdminEvent = (event: CloudEvent): event is AdminEvent => event.type === 'admin';

/** Keeps of the stream what administrators want to read later. */
@Injectable()
export class EventStore {
  constructor(private readonly db: DataSource) {}

  /** An event that comes again is kept once. */
  async keep(events: CloudEvent[]): Promise<void> {
    const config = await this.configs([...new Set(events.map(({ realmid }) => realmid))]);
    await this.keepUserEvents(
      events.filter(isUserEvent).filter(({ realmid, type }) => {
        const { eventsEnabled, enabledEventTypes } = config(realmid);
        return eventsEnabled && enabledEventTypes.includes(type);
      }),
    );
    await this.keepAdminEvents(
      events
        .filter(isAdminEvent)
        .filter(({ realmid }) => config(realmid).adminEventsEnabled)
        .map((event) => (config(event.realmid).adminEventsDetailsEnabled ? event : withoutDetails(event))),
    );
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

  private async keepUserEvents(events: UserEvent[]): Promise<void> {
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
    await this.insert('user_event', rows, { trace: TRACE });
  }

  private async keepAdminEvents(events: AdminEvent[]): Promise<void> {
    const rows = events.map(({ id, realmid, time, data }) => ({
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

  /** @param more columns that are looked up, by name: an expression over the row. */
  private async insert(table: string, rows: object[], more: Record<string, string> = {}): Promise<void> {
    if (rows.length === 0) return;
    const columns = Object.keys(rows[0]!);
    await prepared(
      this.db,
      `insert into ${table} (${[...columns, ...Object.keys(more)].join(', ')})
       select ${[...columns, ...Object.values(more)].join(', ')}
         from jsonb_populate_recordset(null::${table}, $1) e on conflict (id) do nothing`,
      [JSON.stringify(rows)],
    );
  }
}

const withoutDetails = ({ data: { representation: _, ...data }, ...event }: AdminEvent): AdminEvent => ({
  ...event,
  data,
});
