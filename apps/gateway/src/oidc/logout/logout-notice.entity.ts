import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An application that is to be told that a session of its user has ended. Goes when it was told. */
@Entity('logout_notice')
export class LogoutNoticeRow {
  @PrimaryColumn({ name: 'session_id', type: 'uuid' })
  sessionId: string;

  @PrimaryColumn({ type: 'uuid' })
  client: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId: string;

  @Column({ type: 'int' })
  attempts: number;

  /** Not before this. Whoever tries it puts it off first, so that one who stops in the middle loses nothing. */
  @Column({ name: 'due_at', type: 'timestamptz' })
  @Index('logout_notice_due')
  dueAt: Date;
}
