import { randomUUID } from 'node:crypto';
import type { Clock } from '@tumbler/clock';
import type { CloudEvent, Told } from '@tumbler/contract-events';
import { prepared } from '@tumbler/database';
import type { DataSource, EntityManager } from 'typeorm';

/** Writes an event into the transaction it was made for. */
export type Tell = (...events: Told[]) => Promise<void>;

/**
 * Makes a change and tells of it in one transaction: both are committed or neither is.
 *
 *     await outbox.transaction(async (tx, tell) => {
 *       await tx.delete(User, id);
 *       await tell({ type: 'user.removed', realmId, subject: id, data: { userId: id } });
 *     });
 */
export class Outbox {
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly service: string,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  async transaction<T>(work: (tx: EntityManager, tell: Tell) => Promise<T>): Promise<T> {
    let told = false;
    const result = await this.db.transaction((tx) =>
      work(tx, async (...events) => {
        told ||= events.length > 0;
        await this.write(tx, events);
      }),
    );
    if (told) this.wakeAll();
    return result;
  }

  /**
   * The same for a change that is one statement, in one round trip: `change` is an insert, update or delete, and where it
   * touches no row, nothing is told either. Answers how many rows it touched. For hot paths; the text must be one that
   * is written in the program (see `prepared`).
   */
  async change(change: string, values: unknown[], events: Told[]): Promise<number> {
    const statement = `with changed as (${change} returning 1)${telling(events.length, values.length + 1)}
      select count(*)::int as n from changed`;
    const [row] = await prepared<{ n: number }>(this.db, statement, [...values, ...this.asGiven(events)]);
    const n = row?.n ?? 0;
    if (n > 0 && events.length > 0) this.wakeAll();
    return n;
  }

  /** Tells of something that changed nothing here, such as a login that was refused. */
  async tell(...events: Told[]): Promise<void> {
    if (events.length === 0) return;
    await prepared(this.db, INSERT, [this.asJson(events)]);
    this.wakeAll();
  }

  /** Called after each commit that told something. */
  onCommit(wake: () => void): void {
    this.listeners.push(wake);
  }

  private wakeAll(): void {
    this.listeners.forEach((wake) => wake());
  }

  private async write(tx: EntityManager, events: Told[]): Promise<void> {
    if (events.length > 0) await tx.query(INSERT, [this.asJson(events)]);
  }

  /** One by itself, several as a list: see `telling`. */
  private asGiven(events: Told[]): (string | string[])[] {
    return events.length > 1 ? [this.asJson(events)] : this.asJson(events);
  }

  private asJson(events: Told[]): string[] {
    const time = this.clock.now().toISOString();
    return events.map(({ type, realmId, subject, data }) => {
      const event: CloudEvent = {
        specversion: '1.0',
        id: randomUUID(),
        source: `tumbler/${this.service}`,
        type,
        ...(subject ? { subject } : {}),
        time,
        datacontenttype: 'application/json',
        realmid: realmId,
        data,
      };
      return JSON.stringify(event);
    });
  }
}

/** To be told once something has changed; `$nth` holds it. A single one, as there is at most steps of a login, is a plain row. */
function telling(events: number, nth: number): string {
  if (events === 0) return '';
  const told =
    events === 1
      ? `select $${nth}::jsonb from changed limit 1`
      : `select event from unnest($${nth}::jsonb[]) with ordinality as given (event, place)
          where exists (select from changed) order by place`;
  return `, told as (insert into outbox (event) ${told})`;
}

const INSERT = 'insert into outbox (event) select * from unnest($1::jsonb[])';
