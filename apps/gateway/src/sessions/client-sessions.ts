import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import { DataSource } from 'typeorm';
import { lifetimes, type Session, type SessionRealm } from './session.js';
import { ALIVE, COLUMNS } from './sessions.js';

/** $5 the realm's not-before; $6 seconds of the longest life of a session, $7 the same for remembered ones. Else as `ALIVE`. */
const ALLOWED = `created_at >= to_timestamp($5)
  and created_at > $1::timestamptz - make_interval(secs => case when remember_me then $7 else $6 end::int)`;

const ONLINE = `${ALIVE} and offline_of is null and ${ALLOWED}`;

/**
 * $8 the id of an application: the user signed in for it, or it has something of the session that is still good. Two
 * questions and not one with "or": each has an index. An array, so that the sessions are looked up by it: among 300 000, a
 * plan that guesses reads them all, and takes seven times as long.
 */
const TAKES_PART = `id = any(array(
  select id from session where client = $8 and ended_at is null
   union select session_id from refresh_token where client = $8 and refresh_token.expires_at > $1))`;

/** Sessions and tokens of a realm are found by its clients: the other realms on this server may have many more of them. */
const CLIENTS = 'array(select c.id from client c where c.realm_id = $4)';

/** An application takes part in a session once, however many tokens it has of it. */
const COUNTS = `
  with part as (
    select id, client, offline_of is not null as is_offline from session
     where client = any(${CLIENTS}) and ${ALIVE} and (offline_of is not null or ${ALLOWED})
     union
    select online.id, token.client, false
      from refresh_token token join (select id from session where ${ONLINE}) online on online.id = token.session_id
     where token.client = any(${CLIENTS}) and token.expires_at > $1),
  counted as (
    select client, count(*) filter (where not is_offline)::int as online, count(*) filter (where is_offline)::int as offline
      from part group by client)
  select client.id, client.client_id as "clientId", online, offline
    from counted join client on client.id = counted.client order by client.client_id`;

export interface ClientSessionCount {
  id: string;
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

  /** The sessions that an application takes part in, newest first; not the offline ones. @param client its id */
  list(realm: SessionRealm, client: string, { first, max }: { first: number; max: number }) {
    return this.db.query<Session[]>(
      `select ${COLUMNS} from session where ${ONLINE} and ${TAKES_PART} order by created_at desc, id limit $9 offset $10`,
      [...this.online(realm), client, max, first],
    );
  }

  async count(realm: SessionRealm, client: string): Promise<number> {
    const [{ n }] = await this.db.query<[{ n: number }]>(
      `select count(*)::int as n from session where ${ONLINE} and ${TAKES_PART}`,
      [...this.online(realm), client],
    );
    return n;
  }

  /** Of each application that takes part in one at least, by the name of the application. */
  counts(realm: SessionRealm): Promise<ClientSessionCount[]> {
    return this.db.query<ClientSessionCount[]>(COUNTS, this.online(realm));
  }

  private online(realm: SessionRealm): unknown[] {
    const { idle, idleRemembered, max } = lifetimes(realm);
    return [this.clock.now(), idle, idleRemembered, realm.id, realm.notBefore, max(false), max(true)];
  }
}
