import type { Bindings } from '@tumbler/contract-flows';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a realm uses its flows for. It is there as soon as the realm's default flows are. */
@Entity('realm_flows')
export class RealmFlowsRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  /** Counts the changes to the realm's flows: what is cached of them is cached under it. */
  @Column({ type: 'integer' })
  version: number;

  /** Ids of flows. */
  @Column({ type: 'jsonb' })
  bindings: Bindings;
}
