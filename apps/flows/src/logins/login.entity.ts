import type { FinishedLogin } from '@tumbler/contract-flows';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LoginKind } from '../authenticators/authenticator.js';
import type { Progress } from '../engine/progress.js';
import type { Traced } from '../engine/trace.js';

/** A login in progress, or one that has just ended. */
@Entity('login')
@Index('login_expiry', ['expiresAt'])
export class LoginRow {
  /** Keycloak's tab_id; the session that comes of the login has the same id. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'flow_id', type: 'uuid' })
  flowId: string;

  @Column({ type: 'text' })
  kind: LoginKind;

  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ name: 'redirect_uri', type: 'text', nullable: true })
  redirectUri: string | null;

  @Column({ name: 'login_hint', type: 'text', nullable: true })
  loginHint: string | null;

  /** SHA-256 of the secret that one browser has. */
  @Column({ type: 'text' })
  browser: string;

  /** The step that the user was asked for: the id of an execution, or the alias of a required action. */
  @Column({ type: 'text' })
  execution: string;

  /** The one-time code of the form that was shown for it. */
  @Column({ type: 'text' })
  code: string;

  @Column({ type: 'jsonb' })
  progress: Progress;

  /** How it went, for whoever asks why. */
  @Column({ type: 'jsonb' })
  trace: Traced[];

  /** Counts the moves: each is made from the one before, or not at all. */
  @Column({ type: 'integer' })
  version: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true })
  endedAt: Date | null;

  /** Set when it ended well. */
  @Column({ type: 'jsonb', nullable: true })
  finished: FinishedLogin | null;
}
