import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';

/** A group of users. Names are unique among siblings, also among those at the top; TypeORM does not know such an index. */
@Entity('user_group')
@Index('user_group_name', { synchronize: false })
export class GroupRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @ForeignKey(() => RealmRow, { name: 'user_group_realm', onDelete: 'CASCADE' })
  realmId: string;

  @Column({ name: 'parent_id', type: 'uuid', nullable: true })
  @ForeignKey(() => GroupRow, { name: 'user_group_parent', onDelete: 'CASCADE' })
  @Index('user_group_parent_id')
  parentId: string | null;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'jsonb' })
  attributes: Record<string, string[]>;

  /** Users who are created from now on are in it. */
  @Column({ name: 'of_new_users', type: 'boolean' })
  ofNewUsers: boolean;
}
