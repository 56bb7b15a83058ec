import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An application that a realm knows. */
@Entity('client')
@Index('client_name', ['realmId', 'clientId'], { unique: true })
export class ClientRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'client_id', type: 'text' })
  clientId: string;

  @Column({ type: 'jsonb' })
  settings: object;

  /** Sealed; null for a client that has none. */
  @Column({ type: 'bytea', nullable: true })
  secret: Buffer | null;

  /** The key of the keyring that opens the secret. */
  @Column({ name: 'sealed_with', type: 'text', nullable: true })
  sealedWith: string | null;

  /** SHA-256 of the token by which the application looks after its registration; null where it has none. */
  @Column({ name: 'registration_token', type: 'bytea', nullable: true })
  registrationToken: Buffer | null;

  /** The user that the client is when it acts for nobody else. */
  @Column({ name: 'service_account_id', type: 'uuid', nullable: true })
  serviceAccountId: string | null;

  /** The realm that its roles let administer; null for every other client. */
  @Column({ type: 'uuid', nullable: true })
  @Index('client_managed_realm')
  manages: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}

/** A realm that was given its built-in clients: one that an administrator removes does not come back. */
@Entity('realm_with_clients')
export class RealmWithClientsRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;
}
