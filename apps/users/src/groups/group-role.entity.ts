import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RoleRow } from '../roles/role.entity.js';
import { GroupRow } from './group.entity.js';

/** Whoever is in the group, or in one below it, has the role. */
@Entity('group_role')
export class GroupRoleRow {
  @PrimaryColumn({ name: 'group_id', type: 'uuid' })
  @ForeignKey(() => GroupRow, { name: 'group_role_group', onDelete: 'CASCADE' })
  groupId: string;

  @PrimaryColumn({ name: 'role_id', type: 'uuid' })
  @ForeignKey(() => RoleRow, { name: 'group_role_role', onDelete: 'CASCADE' })
  @Index('group_role_role_id')
  roleId: string;
}
