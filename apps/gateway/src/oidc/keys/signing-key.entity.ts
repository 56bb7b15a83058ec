import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key pair that signs the tokens of a realm. */
@Entity('signing_key')
@Index('signing_key_active', ['realmId'], { unique: true, where: 'active' })
export class SigningKeyRow {
  @PrimaryColumn({ type: 'text' })
  kid: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @Index('signing_key_of_realm')
  realmId: string;

  /** RFC 7518: `RS256` */
  @Column({ type: 'text' })
  algorithm: string;

  @Column({ name: 'public_jwk', type: 'jsonb' })
  publicJwk: object;

  /** PKCS #8, sealed. */
  @Column({ name: 'private_key', type: 'bytea' })
  privateKey: Buffer;

  /** The key of the keyring that opens it. */
  @Column({ name: 'sealed_with', type: 'text' })
  sealedWith: string;

  /** Signs; the others of the realm are there to verify what they signed. */
  @Column({ type: 'boolean' })
  active: boolean;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
