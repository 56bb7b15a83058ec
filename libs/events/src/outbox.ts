import { randomUUID } from 'node:crypto';
import type { Clock } from '@tumbler/clock';
import type { CloudEvent, Told } from '@tumbler/contract-events';
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
    if (told) this.listeners.forEach((wake) => wake());
    return result;
  }

  /** Tells of something that changed nothing here, such as a login that was refused. */
  async tell(...events: Told[]): Promise<void> {
    await this.write(this.db.manager, events);
    this.listeners.forEach((wake) => wake());
  }

  /** Called after each commit that told something. */
  onCommit(wake: () => void): void {
    this.listeners.push(wake);
  }

  private async write(tx: EntityManager, events: Told[]): Promise<void> {
    if (events.length === 0) return;
    const time = this.clock.now().toISOString();
    const rows = events.map(({ type, realmId, subject, data }): CloudEvent => ({
      specversion: '1.0',
      id: randomUUID(),
      source: `tumbler/${this.service}`,
      type,
      ...(subject ? { subject } : {}),
      time,
      datacontenttype: 'application/json',
      realmid: realmId,
      data,
    }));
    await tx.query('insert into outbox (event) select * from unnest($1::jsonb[])', [
      rows.map((row) => JSON.stringify(row)),
    ]);
  }
}
