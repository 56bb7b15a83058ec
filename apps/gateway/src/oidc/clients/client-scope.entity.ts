import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A client scope that an administrator made, or a built-in one as an administrator changed it. */
@Entity('client_scope')
@Index('client_scope_name', ['realmId', 'name'], { unique: true })
export class ClientScopeRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'text' })
  name: string;

  /** Everything else of a `ClientScope`. */
  @Column({ type: 'jsonb' })
  settings: object;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
