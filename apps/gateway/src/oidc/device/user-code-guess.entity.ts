import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How often codes of devices were guessed from one network of late. */
@Entity('user_code_guess')
export class UserCodeGuessRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  /** An address, or of IPv6 the 64 bits that one subscriber has at least. */
  @PrimaryColumn({ type: 'inet' })
  network: string;

  @Column({ type: 'int' })
  count: number;

  @Column({ name: 'began_at', type: 'timestamptz' })
  beganAt: Date;
}
