import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserRow } from '../users/user.entity.js';
import { GroupRow } from './group.entity.js';

@Entity('group_member')
export class GroupMemberRow {
  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  @ForeignKey(() => UserRow, { name: 'group_member_user', onDelete: 'CASCADE' })
  userId: string;

  @PrimaryColumn({ name: 'group_id', type: 'uuid' })
  @ForeignKey(() => GroupRow, { name: 'group_member_group', onDelete: 'CASCADE' })
  @Index('group_member_group_id')
  groupId: string;
}
