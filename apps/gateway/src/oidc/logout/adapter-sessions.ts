import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '@tumbler/sealing';
import { DataSource } from 'typeorm';
import type { Session } from '../../sessions/session.js';
import type { Client } from '../clients/client-settings.js';

interface Row {
  name: Buffer;
  sealedWith: string;
}

/**
 * The sessions that an application keeps of its users by itself. Keycloak's adapters name theirs when they ask for tokens
 * (`client_session_state`), and are told the names again when it is time to end them. A name can be the cookie of a user at
 * the application, so it is sealed.
 */
@Injectable()
export class AdapterSessions {
  constructor(
    private readonly db: DataSource,
    private readonly keyring: Keyring,
  ) {}

  /**
   * To be kept before there are tokens: a session that ends right after them is told of with all its names. One that goes on
   * offline counts as the session of the browser that it began in, which is the one whose end is told.
   */
  async keep(
    { id, offlineOf }: Pick<Session, 'id' | 'offlineOf'>,
    client: Pick<Client, 'id'>,
    name: string | undefined,
  ): Promise<void> {
    if (!name) return;
    const sessionId = offlineOf ?? id;
    const { data, keyId } = this.keyring.seal(Buffer.from(name), placeOf(sessionId, client.id));
    await this.db.query(
      `insert into adapter_session (session_id, client, hash, name, sealed_with)
       select s.id, c.id, $3, $4, $5 from session s join client c on c.id = $2 where s.id = $1
       on conflict do nothing`,
      [sessionId, client.id, createHash('sha256').update(name).digest(), data, keyId],
    );
  }

  /**
   * What the application calls those that are to end with this session of ours. Not those that the user has signed in for
   * anew: an application may keep its session, and its name, when a user leaves.
   */
  async toEnd(sessionId: string, client: Pick<Client, 'id'>): Promise<string[]> {
    const rows: Row[] = await this.db.query(
      `select a.name, a.sealed_with as "sealedWith"
         from adapter_session a join session ended on ended.id = a.session_id
        where a.session_id = $1 and a.client = $2 and not exists (
          select from adapter_session other join session s on s.id = other.session_id
           where other.client = a.client and other.hash = a.hash and other.session_id <> a.session_id
             and s.user_id = ended.user_id and s.ended_at is null)`,
      [sessionId, client.id],
    );
    return rows.map(({ name: data, sealedWith: keyId }) =>
      this.keyring.open({ keyId, data }, placeOf(sessionId, client.id)).toString(),
    );
  }
}

const placeOf = (sessionId: string, client: string): string => `adapter session/${sessionId}/${client}`;
