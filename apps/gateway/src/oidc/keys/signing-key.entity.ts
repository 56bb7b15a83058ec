import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key pair that signs the tokens of a realm. */
@Entity('signing_key')
@Index('signing_key_generation', ['realmId', 'algorithm', 'generation'], { unique: true })
export class SigningKeyRow {
  @PrimaryColumn({ type: 'text' })
  kid: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  /** RFC 7518: `RS256` */
  @Column({ type: 'text' })
  algorithm: string;

  /** 1 for the first key of an algorithm, 2 for the one that takes its place. */
  @Column({ type: 'int' })
  generation: number;

  @Column({ name: 'public_jwk', type: 'jsonb' })
  publicJwk: object;

  /** PKCS #8, sealed. */
  @Column({ name: 'private_key', type: 'bytea' })
  privateKey: Buffer;

  /** The key of the keyring that opens it. */
  @Column({ name: 'sealed_with', type: 'text' })
  sealedWith: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** It is published before. */
  @Column({ name: 'signs_from', type: 'timestamptz' })
  signsFrom: Date;

  /** Seconds: the longest life of a token that it has signed. */
  @Column({ type: 'int' })
  longest: number;
}
