import type { AdminEventData } from '@tumbler/contract-events';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something an administrator changed, kept for others to read. */
@Entity('admin_event')
@Index('admin_event_time', ['realmId', 'time', 'seq'])
export class AdminEventRow {
  /** Of the event: one that comes twice is kept once. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** Given by Postgres: of events that happened in the same instant it tells which came first. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  seq: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'timestamptz' })
  time: Date;

  @Column({ name: 'operation_type', type: 'text' })
  operationType: string;

  @Column({ name: 'resource_type', type: 'text' })
  resourceType: string;

  @Column({ name: 'resource_path', type: 'text' })
  resourcePath: string;

  @Column({ name: 'auth_details', type: 'jsonb' })
  authDetails: AdminEventData['authDetails'];

  /** Kept only where the realm asks for details. */
  @Column({ type: 'text', nullable: true })
  representation: string | null;
}
