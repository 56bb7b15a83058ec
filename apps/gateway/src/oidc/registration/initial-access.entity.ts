import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Lets applications register themselves, so many and until then. */
@Entity('initial_access')
export class InitialAccessRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @Index('initial_access_realm')
  realmId: string;

  /** SHA-256: whoever reads the table can register nothing. */
  @Column({ type: 'bytea' })
  token: Buffer;

  @Column({ type: 'int' })
  count: number;

  @Column({ type: 'int' })
  remaining: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** Null for never. */
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt: Date | null;
}
