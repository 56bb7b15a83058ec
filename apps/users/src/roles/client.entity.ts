import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
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

  /** The realm that its roles let administer. By this and not by a name it is known what makes an administrator. */
  @Column({ type: 'uuid', nullable: true })
  @ForeignKey(() => RealmRow, { name: 'client_manages', onDelete: 'CASCADE' })
  @Index('client_managed_realm')
  manages: string | null;

  /** The client `account` has got the roles that it has in every realm. */
  @Column({ name: 'account_roles_given', type: 'boolean', default: false })
  accountRolesGiven: boolean;
}
