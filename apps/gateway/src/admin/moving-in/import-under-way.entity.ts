import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An import that began, and whose end nobody has noted yet. */
@Entity('import_under_way')
export class ImportUnderWayRow {
  @PrimaryColumn({ name: 'arrival_id', type: 'uuid' })
  arrivalId: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  /** Whose credentials are kept before they come; null where the realm itself is to come. */
  @Column({ name: 'user_ids', type: 'uuid', array: true, nullable: true })
  userIds: string[] | null;

  @Column({ name: 'begun_at', type: 'timestamptz' })
  begunAt: Date;
}
