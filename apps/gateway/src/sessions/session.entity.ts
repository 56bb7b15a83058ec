import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A user who is signed in. Carries the id of the login that it came from. */
@Entity('session')
@Index('session_end_untold', ['id'], { where: 'ended_at is not null and not end_told' })
@Index('session_of_client', ['client'])
@Index('session_of_user', ['userId'])
export class SessionRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId: string;

  /** SHA-256 of the cookie; null for a session that has no browser. */
  @Column({ name: 'token_hash', type: 'bytea', nullable: true })
  @Index('session_token_hash', { unique: true })
  tokenHash: Buffer | null;

  /** The application that the user signed in for, by its id: a name may be taken by another one later. Null: none that is here still. */
  @Column({ type: 'uuid', nullable: true })
  client: string | null;

  /** What it is called. */
  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ name: 'auth_time', type: 'timestamptz' })
  authTime: Date;

  @Column({ type: 'text', array: true })
  amr: string[];

  /** By level of authentication, when it was reached. Seconds since 1970. */
  @Column({ type: 'jsonb', default: {} })
  levels: Record<string, number>;

  @Column({ name: 'remember_me', type: 'boolean' })
  rememberMe: boolean;

  @Column({ type: 'text', nullable: true })
  address: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'last_seen_at', type: 'timestamptz' })
  lastSeenAt: Date;

  /** The end of the longest life that the realm allowed when the session began. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  @Index('session_expiry')
  expiresAt: Date;

  /** Kept for a while after the end, so that the login it came from cannot open it again. */
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;

  /** The session that it began in and outlives: it is one application's, and no browser's (OpenID Connect Core §11). */
  @Column({ name: 'offline_of', type: 'uuid', nullable: true })
  offlineOf: string | null;

  /** Whether the applications of an ended session were told. */
  @Column({ name: 'end_told', type: 'boolean', default: false })
  endTold: boolean;
}
