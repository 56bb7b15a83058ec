import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Codes that a login shows to a user, who has not said yet that they are kept. They are gone after a while. */
@Entity('pending_recovery_codes')
export class PendingRecoveryCodesRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  userId: string;

  @PrimaryColumn({ name: 'login_id', type: 'text' })
  loginId: string;

  /** The id that the credential will have: the codes are sealed for it. */
  @Column({ name: 'credential_id', type: 'uuid' })
  credentialId: string;

  @Column({ name: 'key_id', type: 'text' })
  keyId: string;

  @Column({ type: 'bytea' })
  sealed: Buffer;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  @Index('pending_recovery_codes_expiry')
  expiresAt: Date;
}
