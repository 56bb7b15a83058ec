import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';

/** Indexes over expressions and trigrams are in the migration only: TypeORM does not know such. */
@Entity('realm_user')
@Index('realm_user_username', ['realmId', 'username'], { unique: true })
@Index('realm_user_email', { synchronize: false })
@Index('realm_user_names', { synchronize: false })
@Index('realm_user_first_name', { synchronize: false })
@Index('realm_user_last_name', { synchronize: false })
@ForeignKey(() => RealmRow, ['realmId', 'emailsUnique'], ['id', 'emailsUnique'], {
  name: 'realm_user_realm',
  onUpdate: 'CASCADE',
  onDelete: 'CASCADE',
})
export class UserRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  /** Always the realm's, see there. */
  @Column({ name: 'emails_unique', type: 'boolean' })
  emailsUnique: boolean;

  /** In the form that `canonical` gives it, as is the e-mail address. */
  @Column({ type: 'text', collation: 'C' })
  username: string;

  @Column({ type: 'text', collation: 'C', nullable: true })
  email: string | null;

  @Column({ name: 'email_verified', type: 'boolean' })
  emailVerified: boolean;

  @Column({ name: 'first_name', type: 'text', nullable: true })
  firstName: string | null;

  @Column({ name: 'last_name', type: 'text', nullable: true })
  lastName: string | null;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'jsonb' })
  attributes: Record<string, string[]>;

  /**
   * Provider ids, not aliases: an action that is renamed, or taken out of the realm and registered again, still
   * stands before the users who have it.
   */
  @Column({ name: 'required_actions', type: 'text', array: true })
  requiredActions: string[];

  @Column({ name: 'not_before', type: 'timestamptz', nullable: true })
  notBefore: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
