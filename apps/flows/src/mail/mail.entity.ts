import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { LetterValues } from './letters.js';
import type { LinkKind } from '../links/link.js';
import type { NoticeKind } from './notice.js';

/**
 * A mail that is still to be sent: written together with what it is about, so that none is sent for what was rolled back.
 * It holds no key of a link; that is made when the mail goes out.
 */
@Entity('mail')
export class MailRow {
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ name: 'realm_id', type: 'uuid' })
  @Index('mail_realm')
  realmId: string;

  /** Null for one to nobody. */
  @Column({ type: 'text', nullable: true })
  recipient: string | null;

  @Column({ type: 'text' })
  letter: LinkKind | NoticeKind;

  @Column({ type: 'jsonb' })
  values: LetterValues;

  /** Null for one that only tells of something. */
  @Column({ name: 'link_id', type: 'uuid', nullable: true })
  linkId: string | null;

  @Column({ type: 'integer' })
  attempts: number;

  @Column({ name: 'due_at', type: 'timestamptz' })
  @Index('mail_due')
  dueAt: Date;
}
