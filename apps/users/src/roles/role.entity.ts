import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';

@Entity('role')
@Unique('role_name', ['realmId', 'name'])
export class RoleRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @ForeignKey(() => RealmRow, { name: 'role_realm', onDelete: 'CASCADE' })
  realmId: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  /** Users who are created from now on get it. */
  @Column({ name: 'of_new_users', type: 'boolean' })
  ofNewUsers: boolean;
}
