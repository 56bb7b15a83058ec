import { Logger } from '@nestjs/common';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectOf, type CloudEvent } from '@tumbler/contract-events';
import { prepared } from '@tumbler/database';
import type { DataSource } from 'typeorm';
import type { Outbox } from './outbox.js';
import { ensureStream } from './stream.js';

const BATCH = 200;
/** Events that were committed by an instance that died are found this often. */
const SWEEP_MS = 1_000;
/** A moment for further commits to join the batch: a batch costs three statements here and two where it is heard, however large. */
const GATHER_MS = 100;
/** Published events are kept this long, so that the stream can be rebuilt from the outbox. */
const KEEP = '7 days';
const TIDY_MS = 10 * 60_000;

const UNPUBLISHED = 'select seq, event from outbox where published_at is null order by seq limit $1';
const PUBLISHED = 'update outbox set published_at = now() where seq = any($1)';
/**
 * Carries the outbox to JetStream, oldest first, each event at least once. Instances of a service do not wait for each
 * other: each sends what it finds, in the same order, and JetStream keeps the first of two with the same id.
 */
export class OutboxRelay {
  private readonly log = new Logger('outbox');
  private readonly timers: NodeJS.Timeout[] = [];
  private running?: Promise<void>;
  private again = false;
  private started = false;
  private stopped = false;
  private streamReady = false;

  constructor(
    private readonly db: DataSource,
    private readonly nats: NatsConnection,
    outbox: Outbox,
  ) {
    outbox.onCommit(() => this.wake());
  }

  start(): void {
    this.started = true;
    this.timers.push(
      setInterval(() => this.wake(), SWEEP_MS),
      setInterval(() => void this.tidy(), TIDY_MS),
    );
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timers.forEach(clearInterval);
    await this.running;
  }

  private wake(): void {
    if (!this.started || this.stopped) return;
    this.again = true;
    this.running ??= this.drain().finally(() => (this.running = undefined));
  }

  private async drain(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
        while ((await this.sendBatch()) === BATCH);
      }
    } catch (error) {
      // Nothing is lost: the rows stay unpublished and the next sweep finds them. A NATS that has lost its disk has no
      // stream any more.
      this.streamReady = false;
      this.log.warn(`waits: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Answers how many events were sent. */
  private async sendBatch(): Promise<number> {
    if (!this.streamReady) {
      await ensureStream(this.nats);
      this.streamReady = true;
    }
    const rows = await prepared<{ seq: string; event: CloudEvent }>(this.db, UNPUBLISHED, [BATCH]);
    if (rows.length === 0) return 0;
    const stream = jetstream(this.nats);
    await Promise.all(
      rows.map(({ event }) =>
        stream.publish(subjectOf(event.realmid, event.type), JSON.stringify(event), { msgID: event.id }),
      ),
    );
    await prepared(this.db, PUBLISHED, [rows.map(({ seq }) => seq)]);
    return rows.length;
  }

  private async tidy(): Promise<void> {
    await this.db
      .query(`delete from outbox where published_at < now() - interval '${KEEP}'`)
      .catch((error: Error) => this.log.warn(`could not tidy: ${error.message}`));
  }
}
