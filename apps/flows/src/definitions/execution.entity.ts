import type { Requirement } from '@tumbler/contract-flows';
import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { FlowRow } from './flow.entity.js';

/** A step of a flow: an authenticator, a sub-flow, or (a page made of parts) both. */
@Entity('execution')
@Index('execution_of_flow', ['flowId'])
@Index('execution_realm', ['realmId'])
export class ExecutionRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'flow_id', type: 'uuid' })
  flowId: string;

  @ManyToOne(() => FlowRow, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'flow_id', foreignKeyConstraintName: 'execution_flow_fkey' })
  flow: FlowRow;

  @Column({ type: 'text' })
  requirement: Requirement;

  @Column({ type: 'integer' })
  priority: number;

  @Column({ type: 'text', nullable: true })
  authenticator: string | null;

  @Column({ name: 'sub_flow_id', type: 'uuid', nullable: true })
  subFlowId: string | null;

  @Column({ name: 'config_id', type: 'uuid', nullable: true })
  configId: string | null;
}
