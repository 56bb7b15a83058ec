import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * Another one after each change of what is remembered of a realm (docs/decisions/0029): of its profile and its required
 * actions, and of which roles its roles and groups bring along. Written by triggers.
 */
@Entity('realm_version')
export class RealmVersionRow {
  @PrimaryColumn({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ type: 'uuid' })
  version: string;
}
