import { Logger } from '@nestjs/common';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectOf, type CloudEvent } from '@tumbler/contract-events';
import type { DataSource } from 'typeorm';
import type { Outbox } from './outbox.js';
import { ensureStream } from './stream.js';

const BATCH = 200;
/** Events that were committed by an instance that died are found this often. */
const SWEEP_MS = 1_000;
/** A moment for further commits to join the batch. */
const GATHER_MS = 5;
/** Published events are kept this long, so that the stream can be rebuilt from the outbox. */
const KEEP = '7 days';
const TIDY_MS = 10 * 60_000;
/** One relay at a time per service, so that events are sent in the order they were committed. */
const RELAY_LOCK = 7_246_002;

/** Carries the outbox to JetStream, oldest first, each event at least once; JetStream drops what it has by the event's id. */
export class OutboxRelay {
  private readonly log = new Logger('outbox');
  private readonly timers: NodeJS.Timeout[] = [];
  private running?: Promise<void>;
  private again = false;
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
    if (this.stopped) return;
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
      // Nothing is lost: the rows stay unpublished and the next sweep finds them.
      this.log.warn(`waits: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Answers how many events were sent. */
  private async sendBatch(): Promise<number> {
    if (!this.streamReady) {
      await ensureStream(this.nats);
      this.streamReady = true;
    }
    return this.db.transaction(async (tx) => {
      const [lock] = await tx.query<[{ taken: boolean }]>('select pg_try_advisory_xact_lock($1) as taken', [
        RELAY_LOCK,
      ]);
      if (!lock.taken) return 0;
      const rows: { seq: string; event: CloudEvent }[] = await tx.query(
        'select seq, event from outbox where published_at is null order by seq limit $1',
        [BATCH],
      );
      if (rows.length === 0) return 0;
      const stream = jetstream(this.nats);
      await Promise.all(
        rows.map(({ event }) =>
          stream.publish(subjectOf(event.realmid, event.type), JSON.stringify(event), { msgID: event.id }),
        ),
      );
      await tx.query('update outbox set published_at = now() where seq = any($1)', [
        rows.map(({ seq }) => seq),
      ]);
      return rows.length;
    });
  }

  private async tidy(): Promise<void> {
    await this.db
      .query(`delete from outbox where published_at < now() - interval '${KEEP}'`)
      .catch((error: Error) => this.log.warn(`could not tidy: ${error.message}`));
  }
}
