import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The settings of one step. */
@Entity('authenticator_config')
@Index('authenticator_config_realm', ['realmId'])
export class AuthenticatorConfigRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'text' })
  alias: string;

  @Column({ type: 'jsonb' })
  config: Record<string, string>;
}
