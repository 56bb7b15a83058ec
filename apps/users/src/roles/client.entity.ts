import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';

/** A client that has roles: the id by which the gateway keeps it, and the name that its roles are told with. */
@Entity('client')
@Unique('client_name', ['realmId', 'name'])
export class ClientRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @ForeignKey(() => RealmRow, { name: 'client_realm', onDelete: 'CASCADE' })
  realmId: string;

  @Column({ type: 'text' })
  name: string;
}
