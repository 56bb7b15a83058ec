import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a user lets an application know and do. By the id of the client: a name may be taken by another one later. */
@Entity('consent')
export class ConsentRow {
  @PrimaryColumn({ name: 'user_id', type: 'uuid' })
  userId: string;

  @PrimaryColumn({ type: 'uuid' })
  @Index('consent_to_client')
  client: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @Index('consent_of_realm')
  realmId: string;

  @Column({ type: 'text', array: true })
  scopes: string[];

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'updated_at', type: 'timestamptz' })
  updatedAt: Date;
}
