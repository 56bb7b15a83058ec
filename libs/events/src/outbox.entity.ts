import type { CloudEvent } from '@tumbler/contract-events';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * An event that was committed together with what it tells. Every service's first migration creates this table:
 *
 *     create table outbox (
 *       seq bigint generated always as identity primary key,
 *       event jsonb not null,
 *       published_at timestamptz
 *     );
 *     create index outbox_unpublished on outbox (seq) where published_at is null;
 */
@Entity('outbox')
@Index('outbox_unpublished', ['seq'], { where: 'published_at is null' })
export class OutboxRow {
  /** Given by Postgres; events are sent in this order. */
  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  seq: string;

  @Column({ type: 'jsonb' })
  event: CloudEvent;

  /** When JetStream took it. Kept for a while: the stream can be rebuilt from here. */
  @Column({ name: 'published_at', type: 'timestamptz', nullable: true })
  publishedAt: Date | null;
}
