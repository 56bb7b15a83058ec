import type { ArrivalPart } from '@tumbler/contract-users';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A part of something that is to arrive as a whole. Nobody but `arrive` looks at it. */
@Entity('arrival_part')
export class ArrivalPartRow {
  @PrimaryColumn({ name: 'arrival_id', type: 'uuid' })
  arrivalId: string;

  @PrimaryColumn({ type: 'integer' })
  nth: number;

  @Column({ type: 'jsonb' })
  content: ArrivalPart;

  @Column({ name: 'laid_down_at', type: 'timestamptz' })
  laidDownAt: Date;
}
