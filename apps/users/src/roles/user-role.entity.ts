import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserRow } from '../users/user.entity.js';
import { RoleRow } from './role.entity.js';

@Entity('user_role')
export class UserRoleRow {
  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  @ForeignKey(() => UserRow, { name: 'user_role_user', onDelete: 'CASCADE' })
  userId: string;

  @PrimaryColumn({ name: 'role_id', type: 'uuid' })
  @ForeignKey(() => RoleRow, { name: 'user_role_role', onDelete: 'CASCADE' })
  @Index('user_role_role_id')
  roleId: string;
}
