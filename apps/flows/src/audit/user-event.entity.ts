import type { Traced } from '../engine/trace.js';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something a user did, kept for administrators to read. */
@Entity('user_event')
@Index('user_event_time', ['realmId', 'time', 'seq'])
export class UserEventRow {
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

  @Column({ type: 'text' })
  type: string;

  @Column({ name: 'client_id', type: 'text', nullable: true })
  clientId: string | null;

  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId: string | null;

  @Column({ name: 'ip_address', type: 'text', nullable: true })
  ipAddress: string | null;

  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ type: 'jsonb', nullable: true })
  details: Record<string, string> | null;

  /** How the login went that it belongs to; read only where somebody asks. */
  @Column({ type: 'jsonb', nullable: true, select: false })
  trace: Traced[] | null;
}
