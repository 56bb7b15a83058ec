import type { PolicySettings } from '@tumbler/contract-credentials';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a realm has set; the rest is as in `policy.ts`. */
@Entity('policy')
export class PolicyRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'jsonb' })
  settings: PolicySettings;
}
