import type { UserProfile } from '@tumbler/contract-users';
import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { StoredSettings } from './realm-settings.js';

@Entity('realm')
@Unique('realm_name', ['name'])
@Unique('realm_emails', ['id', 'emailsUnique'])
export class RealmRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  /** Only what was set; the rest is in realm-defaults.ts. */
  @Column({ type: 'jsonb' })
  settings: StoredSettings;

  /**
   * The opposite of `duplicateEmailsAllowed`. Each user carries a copy, kept equal by the foreign key, so that a
   * unique index can hold the rule and nobody slips through while the setting changes.
   */
  @Column({ name: 'emails_unique', type: 'boolean' })
  emailsUnique: boolean;

  /** Of the realm's mail server, sealed, with the name of the key that opens it. */
  @Column({ name: 'mail_password_key', type: 'text', nullable: true })
  mailPasswordKey: string | null;

  @Column({ name: 'mail_password', type: 'bytea', nullable: true })
  mailPassword: Buffer | null;

  /** What the realm wants to know of its users; null: see default-profile.ts. */
  @Column({ type: 'jsonb', nullable: true })
  profile: UserProfile | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
