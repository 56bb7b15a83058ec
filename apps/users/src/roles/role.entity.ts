import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';
import { ClientRow } from './client.entity.js';

/** A role of a realm, or of one of its clients. Names are unique among them; TypeORM does not know such an index. */
@Entity('role')
@Index('role_name', { synchronize: false })
export class RoleRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @ForeignKey(() => RealmRow, { name: 'role_realm', onDelete: 'CASCADE' })
  realmId: string;

  @Column({ name: 'client_id', type: 'uuid', nullable: true })
  @ForeignKey(() => ClientRow, { name: 'role_client', onDelete: 'CASCADE' })
  @Index('role_client_id')
  clientId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'jsonb' })
  attributes: Record<string, string[]>;

  /** Users who are created from now on get it. */
  @Column({ name: 'of_new_users', type: 'boolean' })
  ofNewUsers: boolean;
}
