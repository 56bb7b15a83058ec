import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A flow: one that is used as a whole, or a part of another one. */
@Entity('flow')
@Index('flow_alias', ['realmId', 'alias'], { unique: true })
export class FlowRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'text' })
  alias: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  /** `basic-flow`, `form-flow` or `client-flow`. */
  @Column({ name: 'provider_id', type: 'text' })
  providerId: string;

  @Column({ name: 'top_level', type: 'boolean' })
  topLevel: boolean;

  @Column({ name: 'built_in', type: 'boolean' })
  builtIn: boolean;

  /** Lists show flows in this order. */
  @Column({ type: 'integer' })
  position: number;
}
