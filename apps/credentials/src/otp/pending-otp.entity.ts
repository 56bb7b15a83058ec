import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { OtpParameters } from './parameters.js';

/** The secret of an app that is being set up. It becomes a credential with the first right code, and is gone after a while. */
@Entity('pending_otp')
export class PendingOtpRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  userId: string;

  @PrimaryColumn({ name: 'login_id', type: 'text' })
  loginId: string;

  /** The id that the credential will have: the secret is sealed for it. */
  @Column({ name: 'credential_id', type: 'uuid' })
  credentialId: string;

  @Column({ type: 'jsonb' })
  data: OtpParameters;

  @Column({ name: 'key_id', type: 'text' })
  keyId: string;

  @Column({ type: 'bytea' })
  sealed: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  @Index('pending_otp_expiry')
  expiresAt: Date;
}
