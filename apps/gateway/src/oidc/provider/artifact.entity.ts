import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the OpenID Connect protocol keeps for a short while: requests that wait for a login, codes, pushed requests. */
@Entity('oidc_artifact')
export class ArtifactRow {
  /** SHA-256 over kind and value: whoever reads the table can redeem nothing. */
  @PrimaryColumn({ type: 'bytea' })
  id: Buffer;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'jsonb' })
  payload: object;

  /** The same of the code that a user types for a device. */
  @Column({ name: 'user_code', type: 'bytea', nullable: true })
  @Index('oidc_artifact_user_code', { unique: true })
  userCode: Buffer | null;

  @Column({ type: 'boolean' })
  consumed: boolean;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  @Index('oidc_artifact_expiry')
  expiresAt: Date;
}
