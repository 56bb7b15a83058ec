import type { CredentialType } from '@tumbler/contract-credentials';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OtpParameters } from '../otp/parameters.js';
import type { PasswordData } from '../passwords/phc.js';
import type { RecoveryCodesData } from '../recovery-codes/codes.js';

/** Something that a user proves themselves with. */
@Entity('credential')
@Index('credential_of_user', ['realmId', 'userId'])
@Index('credential_password', ['realmId', 'userId'], { unique: true, where: `type = 'password'` })
@Index('credential_recovery_codes', ['realmId', 'userId'], {
  unique: true,
  where: `type = 'recovery-authn-codes'`,
})
@Index('credential_label', ['realmId', 'userId', 'type', 'label'], {
  unique: true,
  where: 'label is not null',
})
export class CredentialRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId: string;

  @Column({ type: 'text' })
  type: CredentialType;

  /** What its owner calls it; unique among those of its type. */
  @Column({ type: 'text', nullable: true })
  label: string | null;

  /** The lowest comes first and is the default one of its type. */
  @Column({ type: 'integer' })
  priority: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** How it was made. Nothing secret: an administrator may see it. */
  @Column({ type: 'jsonb' })
  data: OtpParameters | PasswordData | RecoveryCodesData;

  /** The key that the secret is sealed with. */
  @Column({ name: 'key_id', type: 'text' })
  keyId: string;

  /** A password's hash in PHC format, the secret of an OTP app, or the hashes of recovery codes. */
  @Column({ type: 'bytea' })
  sealed: Buffer;

  /** The last time step, counter, or recovery code that was spent. Only steps after it are accepted (T-05, H-04). */
  @Column({ name: 'last_step', type: 'bigint', nullable: true })
  lastStep: string | null;

  /** The attempt that spent it (docs/decisions/0005). */
  @Column({ name: 'last_attempt', type: 'text', nullable: true })
  lastAttempt: string | null;
}
