import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LinkData, LinkKind } from './link.js';

/** A link that is sent by mail and does one thing, once. */
@Entity('action_link')
@Index('action_link_of_user', ['realmId', 'userId', 'kind', 'createdAt'])
export class LinkRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  realmId: string;

  @Column({ name: 'user_id', type: 'uuid' })
  userId: string;

  @Column({ type: 'text' })
  kind: LinkKind;

  /** SHA-256 of its key, which is made when it is sent and is in the mail only (C-07). */
  @Column({ type: 'text', nullable: true })
  @Index('action_link_hash', { unique: true, where: 'hash is not null' })
  hash: string | null;

  @Column({ type: 'jsonb' })
  data: LinkData;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  @Index('action_link_expiry')
  expiresAt: Date;

  @Column({ name: 'used_at', type: 'timestamptz', nullable: true })
  usedAt: Date | null;
}
