import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SessionRow } from '../../sessions/session.entity.js';

/** A refresh token that was given out. It goes with the session that it belongs to. */
@Entity('refresh_token')
@Index('refresh_token_of_client', ['client', 'sessionId'])
export class RefreshTokenRow {
  /** SHA-256: whoever reads the table learns no token from it. */
  @PrimaryColumn({ type: 'bytea' })
  hash: Buffer;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'session_id', type: 'uuid' })
  @ForeignKey(() => SessionRow, { name: 'refresh_token_session', onDelete: 'CASCADE' })
  @Index('refresh_token_of_session')
  sessionId: string;

  /** By its id: a name may be taken by another one later. */
  @Column({ type: 'uuid' })
  client: string;

  @Column({ type: 'text' })
  scope: string;

  /** The level of authentication that it was given for; null: the least. */
  @Column({ type: 'text', nullable: true })
  acr: string | null;

  /** When the first of those was given out that this one took the place of. */
  @Column({ name: 'begun_at', type: 'timestamptz' })
  begunAt: Date;

  /** When it was given out, the last time. */
  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** When its successor took its place, the last time. */
  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt: Date | null;

  /** How often it did. */
  @Column({ type: 'int', default: 0 })
  uses: number;

  /** The hash of the successor. */
  @Column({ type: 'bytea', nullable: true })
  successor: Buffer | null;
}
