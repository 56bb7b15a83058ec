import { createHash, createHmac, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { FinishedLogin } from '@tumbler/contract-flows';
import { PASSING, prepared } from '@tumbler/database';
import { Keyring } from '@tumbler/sealing';
import { DataSource, type EntityManager } from 'typeorm';
import { offlineEnd, type LastingClient } from './client-lifespans.js';
import { allowedBy, lifetimes, type Session, type SessionRealm } from './session.js';

/** `last_seen_at` is written this often at most, in seconds: reading a session is then mostly only reading. */
const SEEN_STEP = 60;

/** The same where a token is given out: it says how long it is good for, and its session may not be over before. */
const USED_STEP = 5;

export const COLUMNS = `id, realm_id as "realmId", user_id as "userId", client, client_id as "clientId", auth_time as "authTime", amr, levels,
  remember_me as "rememberMe", address, user_agent as "userAgent", created_at as "createdAt",
  last_seen_at as "lastSeenAt", expires_at as "expiresAt", offline_of as "offlineOf"`;

/**
 * $1 now, $2 seconds of idleness that a session may have, $3 the same for remembered ones, $4 the realm. An offline session
 * says by its end how long it may idle: that moves whenever the session is used.
 */
export const ALIVE = `realm_id = $4 and ended_at is null and expires_at > $1
  and (offline_of is not null or last_seen_at > $1::timestamptz - make_interval(secs => case when remember_me then $3 else $2 end::int))`;

const INSERT = `
  insert into session (id, realm_id, user_id, token_hash, client_id, auth_time, amr, remember_me, address, user_agent,
                       created_at, last_seen_at, expires_at, levels, client)
  values ($1, $2, $3, $4, $5, to_timestamp($6), $7, $8, $9, $10, $11, $11, $12, $13,
          (select client.id from client where client.realm_id = $2 and client.client_id = $5))
  on conflict do nothing returning ${COLUMNS}`;

/** The same for a browser, whose user can sign in again. */
const OPEN = `${INSERT}, ${PASSING}`;

/** $14 the session that it takes the place of, which stays ended whatever happens. */
const OPEN_IN_PLACE = `
  with opened as (${INSERT}), replaced as (
    update session set ended_at = $11
     where id = $14 and realm_id = $2 and ended_at is null and exists (select from opened)
  )
  select * from opened`;

/** $1 now, $2 the realm, $3 a user or null, $4 the id of an application or null. */
const OFFLINE = `realm_id = $2 and offline_of is not null and ended_at is null and expires_at > $1
  and ($3::uuid is null or user_id = $3) and ($4::uuid is null or client = $4)`;

export interface OfflineOf {
  userId?: string;
  /** Its id. */
  client?: string;
  first?: number;
  max?: number;
}

const offlineOf = ({ id }: SessionRealm, { userId, client }: OfflineOf, now: Date) => [
  ...[now, id, userId ?? null, client ?? null],
];

/** What is absent does not narrow; one of the first two or `within` is there. */
export interface EndedOffline {
  id?: string;
  userId?: string;
  /** The id of an application. */
  client?: string;
  /** The session that it began in. */
  within?: string;
}

/** A session never becomes what it was before: what an older login has to say comes too late. */
const RAISE = `
  update session set token_hash = $5, auth_time = to_timestamp($6), amr = $7, levels = levels || $8, last_seen_at = $1
   where id = $9 and user_id = $10 and auth_time <= to_timestamp($6) and ${ALIVE}
  returning id`;

export interface Opened {
  /** What the cookie holds. A secret. */
  token: string;
}

interface Opening {
  /** The id of the login, which the session takes. */
  loginId: string;
  realm: SessionRealm;
  finished: FinishedLogin;
  address?: string;
  userAgent?: string;
}

/** Who is signed in. Sessions end on the server: a cookie or a token that names an ended one is worth nothing. */
@Injectable()
export class Sessions {
  private readonly key: Buffer;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    keys: Keyring,
  ) {
    this.key = keys.derive('session tokens');
  }

  /**
   * Opens the session of a finished login in the browser that finished it, and ends the one that it takes the place of
   * (ASVS 7.2.4). Asked again (a lost reply, a double click, the back button) it answers the same token and changes
   * nothing; undefined when the session has ended meanwhile, since an ended one is never opened again.
   */
  async open(opening: Opening & { browserSecret: string; replaces?: string }): Promise<Opened | undefined> {
    const { realm, replaces } = opening;
    const token = this.tokenOf(opening);
    const isNew = await this.insert(opening, hashOf(token), replaces);
    return isNew || (await this.byToken(realm, token)) ? { token } : undefined;
  }

  /**
   * Lets a session go on with what was proven on top of it, under another token (ASVS 7.2.4). What was given out for it
   * stays good. Asked again it answers the same; undefined when the session has ended meanwhile.
   */
  async raise(opening: Opening & { browserSecret: string; id: string }): Promise<Opened | undefined> {
    const { realm, finished, id } = opening;
    const { idle, idleRemembered } = lifetimes(realm);
    const token = this.tokenOf(opening);
    const raised = await prepared(this.db, RAISE, [
      ...[this.clock.now(), idle, idleRemembered, realm.id],
      ...[hashOf(token), finished.authTime, finished.amr, JSON.stringify(finished.levels ?? {})],
      ...[id, finished.userId],
    ]);
    return raised.length > 0 ? { token } : undefined;
  }

  /** Opens a session that no browser holds, such as that of a password grant. */
  async openDirect({ id, ...opening }: Omit<Opening, 'loginId'> & { id: string }): Promise<Session> {
    const session = await this.insert({ ...opening, loginId: id }, null);
    if (!session) throw new Error('a login without a browser was finished twice');
    return session;
  }

  /** The session that is alive by this cookie. */
  byToken(realm: SessionRealm, token: string): Promise<Session | undefined> {
    return this.alive(realm, 'token_hash = $5', [hashOf(token)]);
  }

  byId(realm: SessionRealm, id: string): Promise<Session | undefined> {
    return this.alive(realm, 'id = $5', [id]);
  }

  /** The same, for whom a token is given out that is good for as long as the session may idle. */
  use(realm: SessionRealm, id: string): Promise<Session | undefined> {
    return this.alive(realm, 'id = $5', [id], USED_STEP);
  }

  /** The session, as long as an application still has something of it: what was revoked and what has expired does not count. */
  heldBy(realm: SessionRealm, id: string, { id: client }: { id: string }): Promise<Session | undefined> {
    return this.alive(realm, HELD, [id, client]);
  }

  /**
   * Begins a session of one application that outlives the one it began in (OpenID Connect Core §11). Undefined where the
   * application was removed meanwhile.
   */
  async openOffline(
    realm: SessionRealm,
    within: Session,
    client: LastingClient & { id: string },
  ): Promise<Session | undefined> {
    const now = this.clock.now();
    const [session]: Session[] = await this.db.query(
      `insert into session (id, realm_id, user_id, client, client_id, auth_time, amr, remember_me, address, user_agent,
                            created_at, last_seen_at, expires_at, levels, offline_of)
       select $1, s.realm_id, s.user_id, c.id, c.client_id, s.auth_time, s.amr, false, s.address, s.user_agent,
              $4, $4, $5, s.levels, s.id
         from session s join client c on c.id = $3 where s.id = $2
       returning ${COLUMNS}`,
      [randomUUID(), within.id, client.id, now, offlineEnd(realm, client, now, now)],
    );
    return session;
  }

  /** An offline session that is used may idle for its whole time again. Inside a transaction of the caller. */
  async prolong(
    tx: EntityManager,
    realm: SessionRealm,
    client: LastingClient,
    { id, createdAt, offlineOf }: Session,
  ): Promise<void> {
    if (!offlineOf) return;
    const now = this.clock.now();
    await tx.query(
      'update session set expires_at = $2, last_seen_at = $3 where id = $1 and ended_at is null',
      [...[id, offlineEnd(realm, client, createdAt, now), now]],
    );
  }

  /** The offline sessions that are alive of a user, of an application, or of both, newest first. */
  async listOffline(realm: SessionRealm, of: OfflineOf): Promise<Session[]> {
    const now = this.clock.now();
    const sessions: Session[] = await this.db.query(
      `select ${COLUMNS} from session where ${OFFLINE} order by created_at desc, id limit $5 offset $6`,
      [...offlineOf(realm, of, now), of.max ?? null, of.first ?? 0],
    );
    return sessions.filter((session) => allowedBy(realm, session, now));
  }

  async countOffline(realm: SessionRealm, of: OfflineOf): Promise<number> {
    const [{ n }]: [{ n: number }] = await this.db.query(
      `select count(*)::int as n from session where ${OFFLINE}`,
      offlineOf(realm, of, this.clock.now()),
    );
    return n;
  }

  /** Ends an offline session, a user's with one application, or those that began in one session. Answers how many. */
  async endOffline(
    realmId: string,
    { id, userId, client, within }: EndedOffline,
    tx: EntityManager = this.db.manager,
  ): Promise<number> {
    const [, count]: [unknown, number] = await tx.query(
      `update session set ended_at = $1 where realm_id = $2 and offline_of is not null and ended_at is null
          and ($3::uuid is null or id = $3) and ($4::uuid is null or user_id = $4)
          and ($5::uuid is null or client = $5) and ($6::uuid is null or offline_of = $6)`,
      [this.clock.now(), realmId, id ?? null, userId ?? null, client ?? null, within ?? null],
    );
    return count;
  }

  /** The user stays signed in, and not for this application any more. Inside a transaction of the caller. */
  async leave(tx: EntityManager, realmId: string, userId: string, client: string): Promise<void> {
    await tx.query(
      `update session set client = null where realm_id = $1 and user_id = $2 and client = $3
          and offline_of is null and ended_at is null`,
      [realmId, userId, client],
    );
  }

  /** The sessions of a user that are alive, newest first; not the offline ones. */
  async list(realm: SessionRealm, userId: string): Promise<Session[]> {
    const { idle, idleRemembered } = lifetimes(realm);
    const now = this.clock.now();
    const sessions: Session[] = await this.db.query(
      `select ${COLUMNS} from session where ${ALIVE} and user_id = $5 and offline_of is null order by created_at desc, id`,
      [now, idle, idleRemembered, realm.id, userId],
    );
    return sessions.filter((session) => allowedBy(realm, session, now));
  }

  /** Answers whether there was one to end. */
  end(realmId: string, id: string): Promise<boolean> {
    return this.endIn(this.db.manager, realmId, id);
  }

  /** The same, inside a transaction of the caller. */
  async endIn(tx: EntityManager, realmId: string, id: string): Promise<boolean> {
    const [, count]: [unknown, number] = await tx.query(
      'update session set ended_at = $1 where id = $2 and realm_id = $3 and ended_at is null',
      [this.clock.now(), id, realmId],
    );
    return count > 0;
  }

  /** Ends every session of a user, or every other one; the offline ones, too. */
  async endOfUser(realmId: string, userId: string, exceptId?: string): Promise<void> {
    await this.db.query(
      `update session set ended_at = $1
        where realm_id = $2 and user_id = $3 and id is distinct from $4 and ended_at is null`,
      [this.clock.now(), realmId, userId, exceptId ?? null],
    );
  }

  /** Ends every session of a realm but the offline ones, inside a transaction of the caller. Answers how many there were. */
  async endOfRealm(tx: EntityManager, realmId: string): Promise<number> {
    const [, count]: [unknown, number] = await tx.query(
      'update session set ended_at = $1 where realm_id = $2 and offline_of is null and ended_at is null',
      [this.clock.now(), realmId],
    );
    return count;
  }

  /** Forgets a realm that is no more. */
  async forgetRealm(realmId: string): Promise<void> {
    await this.db.query('delete from session where realm_id = $1', [realmId]);
  }

  private tokenOf({ loginId, browserSecret }: { loginId: string; browserSecret: string }): string {
    return createHmac('sha256', this.key).update(`session|${loginId}|${browserSecret}`).digest('base64url');
  }

  /** Undefined where it is not new; only a new one takes the place of another. */
  private async insert(
    opening: Opening,
    tokenHash: Buffer | null,
    replaces?: string,
  ): Promise<Session | undefined> {
    const { loginId, realm, finished, address, userAgent } = opening;
    const now = this.clock.now();
    const expires = new Date(now.getTime() + lifetimes(realm).max(finished.rememberMe) * 1000);
    const values = [
      loginId,
      realm.id,
      finished.userId,
      tokenHash,
      finished.clientId,
      finished.authTime,
      finished.amr,
      finished.rememberMe,
      address ?? null,
      userAgent ?? null,
      now,
      expires,
      JSON.stringify(finished.levels ?? {}),
    ];
    const [opened] = replaces
      ? await prepared<Session>(this.db, OPEN_IN_PLACE, [...values, replaces])
      : await prepared<Session>(this.db, tokenHash ? OPEN : INSERT, values);
    return opened;
  }

  /** Finds the session, holds it against its lifetimes, and now and then notes that it was seen. */
  private async alive(
    realm: SessionRealm,
    where: string,
    values: (string | Buffer)[],
    seen = SEEN_STEP,
  ): Promise<Session | undefined> {
    const { idle, idleRemembered } = lifetimes(realm);
    const now = this.clock.now();
    const asked = [now, idle, idleRemembered, realm.id, ...values];
    const [session] = await prepared<Session>(
      this.db,
      `select ${COLUMNS} from session where ${ALIVE} and ${where}`,
      asked,
    );
    if (!session || !allowedBy(realm, session, now)) return undefined;
    const step = Math.min(seen, Math.floor((session.rememberMe ? idleRemembered : idle) / 4));
    const due = session.lastSeenAt.getTime() + step * 1000 <= now.getTime();
    // By the same conditions: what has ended meanwhile was not seen.
    if (due) {
      await prepared(this.db, `update session set last_seen_at = $1 where ${ALIVE} and ${where}`, asked);
    }
    return session;
  }
}

const HELD = `id = $5 and exists (
  select from refresh_token where session_id = session.id and client = $6 and refresh_token.expires_at > $1)`;

/** Whoever reads the table learns no cookie from it. */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
