import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { RoleRow } from './role.entity.js';

/** Whoever has the role has its part too. */
@Entity('role_composite')
export class RoleCompositeRow {
  @PrimaryColumn({ name: 'role_id', type: 'uuid' })
  @ForeignKey(() => RoleRow, { name: 'role_composite_role', onDelete: 'CASCADE' })
  roleId: string;

  @PrimaryColumn({ name: 'part_id', type: 'uuid' })
  @ForeignKey(() => RoleRow, { name: 'role_composite_part', onDelete: 'CASCADE' })
  @Index('role_composite_part_id')
  partId: string;
}
