import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { DataSource } from 'typeorm';
import { lifetimes, type Session, type SessionRealm } from './session.js';
import { ALIVE, COLUMNS, OFFLINE } from './sessions.js';

/** $5 the realm's not-before; $6 seconds of the longest life of a session, $7 the same for remembered ones. Else as `ALIVE`. */
const ONLINE = `${ALIVE} and offline_of is null and created_at >= to_timestamp($5)
  and created_at > $1::timestamptz - make_interval(secs => case when remember_me then $7 else $6 end::int)`;

/** $8 an application: the user signed in for it, or it has something of the session that is still good. */
const TAKES_PART = `(session.client_id = $8 or exists (
  select from refresh_token where session_id = session.id and client_id = $8 and refresh_token.expires_at > $1))`;

export interface ClientSessionCount {
  clientId: string;
  online: number;
  offline: number;
}

/** Which applications take part in the sessions of a realm. */
@Injectable()
export class ClientSessions {
  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The sessions that an application takes part in, newest first; not the offline ones. */
  list(realm: SessionRealm, clientId: string, { first, max }: { first: number; max: number }) {
    return this.db.query<Session[]>(
      `select ${COLUMNS} from session where ${ONLINE} and ${TAKES_PART} order by created_at desc, id limit $9 offset $10`,
      [...this.online(realm), clientId, max, first],
    );
  }

  async count(realm: SessionRealm, clientId: string): Promise<number> {
    const [{ n }] = await this.db.query<[{ n: number }]>(
      `select count(*)::int as n from session where ${ONLINE} and ${TAKES_PART}`,
      [...this.online(realm), clientId],
    );
    return n;
  }

  /** Of each application that takes part in one at least, by the name of the application. */
  async counts(realm: SessionRealm): Promise<ClientSessionCount[]> {
    const offline = [this.clock.now(), realm.id, null, null];
    const [on, off] = await Promise.all([
      this.db.query<{ clientId: string; n: number }[]>(
        `with online as (select id, client_id from session where ${ONLINE}),
              part as (
                select id, client_id from online
                union select online.id, token.client_id
                        from online join refresh_token token on token.session_id = online.id and token.expires_at > $1
              )
         select client_id as "clientId", count(*)::int as n from part group by client_id`,
        this.online(realm),
      ),
      this.db.query<{ clientId: string; n: number }[]>(
        `select client_id as "clientId", count(*)::int as n from session where ${OFFLINE} group by client_id`,
        offline,
      ),
    ]);
    const online = new Map(on.map(({ clientId, n }) => [clientId, n]));
    const gone = new Map(off.map(({ clientId, n }) => [clientId, n]));
    return [...new Set([...online.keys(), ...gone.keys()])].sort().map((clientId) => ({
      clientId,
      online: online.get(clientId) ?? 0,
      offline: gone.get(clientId) ?? 0,
    }));
  }

  private online(realm: SessionRealm): unknown[] {
    const { idle, idleRemembered, max } = lifetimes(realm);
    return [this.clock.now(), idle, idleRemembered, realm.id, realm.notBefore, max(false), max(true)];
  }
}
