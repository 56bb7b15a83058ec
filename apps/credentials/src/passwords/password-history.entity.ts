import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A password that a user had before, kept only where the policy forbids to take it again. */
@Entity('password_history')
@Index('password_history_of_user', ['realmId', 'userId', 'createdAt'])
export class PasswordHistoryRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId: string;

  @Column({ name: 'key_id', type: 'text' })
  keyId: string;

  @Column({ type: 'bytea' })
  sealed: Buffer;

  /** When it was replaced. */
  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
