import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { RealmRow } from '../realms/realm.entity.js';

/** A required action as one realm has it. A provider without a row is not registered there. */
@Entity('required_action')
@Unique('required_action_alias', ['realmId', 'alias'])
export class ActionRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  @ForeignKey(() => RealmRow, { name: 'required_action_realm', onDelete: 'CASCADE' })
  realmId: string;

  @PrimaryColumn({ name: 'provider_id', type: 'text' })
  providerId: string;

  @Column({ type: 'text' })
  alias: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ name: 'default_action', type: 'boolean' })
  defaultAction: boolean;

  @Column({ type: 'integer' })
  priority: number;

  @Column({ type: 'jsonb' })
  config: Record<string, string>;
}
