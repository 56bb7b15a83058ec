import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SessionRow } from '../../sessions/session.entity.js';
import { ClientRow } from '../clients/client.entity.js';

/** A session that an application keeps of a user by itself, and that is to end with theirs. */
@Entity('adapter_session')
@Index('adapter_session_by_name', ['client', 'hash'])
export class AdapterSessionRow {
  @PrimaryColumn({ name: 'session_id', type: 'uuid' })
  @ForeignKey(() => SessionRow, { name: 'adapter_session_session', onDelete: 'CASCADE' })
  sessionId: string;

  @PrimaryColumn({ type: 'uuid' })
  @ForeignKey(() => ClientRow, { name: 'adapter_session_client', onDelete: 'CASCADE' })
  client: string;

  /** SHA-256 of its name. */
  @PrimaryColumn({ type: 'bytea' })
  hash: Buffer;

  /** What the application calls it, sealed. */
  @Column({ type: 'bytea' })
  name: Buffer;

  @Column({ name: 'sealed_with', type: 'text' })
  sealedWith: string;
}
