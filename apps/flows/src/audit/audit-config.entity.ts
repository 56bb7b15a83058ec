import type { AuditConfig } from '@tumbler/contract-flows';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a realm has set about its audit log; what it has not, is as `audit-config.ts` says. */
@Entity('audit_config')
export class AuditConfigRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'jsonb' })
  settings: AuditConfig;
}
