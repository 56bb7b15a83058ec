import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import type { Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { Keyring } from '@tumbler/sealing';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../clients/client-settings.js';
import { isOffline } from './offline.js';

/**
 * A token that comes again within these seconds of its first use gets the same successor as the first time: a reply was
 * lost, or a program sent two requests at once, as Keycloak's admin client does. A thief gains nothing by being quick:
 * he holds the same successor as its owner, and the second use of that one gives both away.
 */
const LEEWAY = 5;

const INTO =
  'insert into refresh_token (hash, realm_id, session_id, client, scope, created_at, expires_at, acr, begun_at)';

/**
 * Of a session that has not ended, and that does not end before this is there to be told of: who ends a session tells those
 * who have tokens of it.
 */
const GIVE = `
  ${INTO}
  select $1::bytea, $2::uuid, session.id, $4::uuid, $5::text, $6::timestamptz, $7::timestamptz, $8::text, $9::timestamptz
    from session where session.id = $3 and session.ended_at is null for share`;

const INSERT = `
  ${INTO}
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (hash) do update set created_at = excluded.created_at, expires_at = excluded.expires_at`;

/** What has expired of the session goes with it. */
const REPLACE = `
  with forgotten as (
    delete from refresh_token where session_id = $3 and expires_at <= $6
  )
  ${INSERT}`;

/** $1 now, $2 the hash, $3 seconds of leeway, $4 the hash of the successor, $5 how often it may come again. */
const RECENT = 't.used_at > $1::timestamptz - make_interval(secs => $3)';
const SUCCESSOR_UNUSED =
  'not exists (select from refresh_token n where n.hash = t.successor and n.used_at is not null)';
const USE = `
  update refresh_token t
     set uses = t.uses + case when ${RECENT} then 0 else 1 end,
         used_at = case when ${RECENT} then t.used_at else $1 end,
         successor = coalesce(t.successor, $4)
   where t.hash = $2 and (t.used_at is null or ${RECENT} or (t.uses <= $5 and ${SUCCESSOR_UNUSED}))`;

/**
 * RFC 9700 §2.2.2: a public client proves nothing of itself, so its tokens are rotated whatever the realm says. Of any other
 * one, nobody else can use them.
 */
export const rotates = (
  { revokeRefreshToken }: Pick<Realm, 'revokeRefreshToken'>,
  { publicClient }: Pick<Client, 'publicClient'>,
): boolean => revokeRefreshToken || publicClient;

export interface KnownRefreshToken {
  sessionId: string;
  /** The id of the application that it was given. */
  client: string;
  scope: string;
  acr: string | null;
  /** When the first of those was given out that this one took the place of. */
  begunAt: Date;
  createdAt: Date;
  expiresAt: Date;
  /** Whether it is good for nothing but to give away who uses it. */
  spent: boolean;
}

type About = Pick<KnownRefreshToken, 'sessionId' | 'scope' | 'acr'> & { client: TokenHolder; begunAt?: Date };

/** The application that has a token. */
type TokenHolder = Pick<Client, 'id' | 'clientId'>;

/**
 * RFC 9700 §4.14.2: rotation, and a replay ends what the token belonged to. Each is good once, or as often as its realm says;
 * where it is not rotated at all, for as long as it is used.
 */
@Injectable()
export class RefreshTokens {
  private readonly key: Buffer;

  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    keys: Keyring,
  ) {
    this.key = keys.derive('refresh tokens');
  }

  /**
   * The first token of a session, undefined where that has ended; what is told happens with it, or neither does.
   * @param seconds for which it is good.
   */
  async give(
    realm: Pick<Realm, 'id'>,
    about: About,
    seconds: number,
    ...told: Told[]
  ): Promise<string | undefined> {
    const token = this.write(randomBytes(32).toString('base64url'), about);
    const given = await this.outbox.change(GIVE, this.row(realm, token, about, seconds), told);
    return given > 0 ? token : undefined;
  }

  /** What is known of a token of this realm, used or not; undefined for one that has expired or was never given out. */
  async find(realm: Realm, token: string): Promise<KnownRefreshToken | undefined> {
    const [known]: KnownRefreshToken[] = await this.db.query(
      `select session_id as "sessionId", client, scope, acr, created_at as "createdAt",
              expires_at as "expiresAt", begun_at as "begunAt",
              used_at is not null and not (uses <= $4 and ${SUCCESSOR_UNUSED}) as spent
         from refresh_token t where hash = $1 and realm_id = $2 and expires_at > $3`,
      [hashOf(token), realm.id, this.clock.now(), realm.refreshTokenMaxReuse],
    );
    return known;
  }

  /** Puts the successor in the place of a token. Answers undefined when the token was spent: somebody replays it. */
  async rotate(
    tx: EntityManager,
    realm: Realm,
    token: string,
    known: About,
    seconds: number,
  ): Promise<string | undefined> {
    const successor = this.write(this.hmac(`after ${token}`), known);
    const [, good]: [unknown, number] = await tx.query(USE, [
      ...[this.clock.now(), hashOf(token), LEEWAY],
      ...[hashOf(successor), realm.refreshTokenMaxReuse],
    ]);
    if (good === 0) return undefined;
    await tx.query(REPLACE, this.row(realm, successor, known, seconds));
    return successor;
  }

  /** Gives the same token out again, for a client whose tokens are not rotated. Answers false when it was spent before that. */
  async prolong(tx: EntityManager, token: string, seconds: number): Promise<boolean> {
    const now = this.clock.now();
    const [, good]: [unknown, number] = await tx.query(
      `update refresh_token t set created_at = $1, expires_at = $4
        where t.hash = $2 and (t.used_at is null or ${RECENT})`,
      [now, hashOf(token), LEEWAY, new Date(now.getTime() + seconds * 1000)],
    );
    return good > 0;
  }

  /** Takes back what a client has of a session; its access tokens are worth nothing from then on, too. */
  async revoke(sessionId: string, client: Pick<Client, 'id'>): Promise<void> {
    await this.db.query('delete from refresh_token where session_id = $1 and client = $2', [
      sessionId,
      client.id,
    ]);
  }

  /**
   * Takes back what a client has of all sessions of a user, inside a transaction of the caller. It is told, as at the end
   * of each session; of an offline one by the session of the browser, which is the one that it knows.
   */
  async revokeOfUser(
    tx: EntityManager,
    realm: Pick<Realm, 'id'>,
    userId: string,
    client: Pick<Client, 'id'>,
  ): Promise<void> {
    await tx.query(
      `with gone as (
         delete from refresh_token t using session s
          where s.id = t.session_id and s.realm_id = $1 and s.user_id = $2 and t.client = $3
         returning coalesce(s.offline_of, s.id) as session_id, not s.end_told and s.expires_at > $4 as is_news
       )
       insert into logout_notice (session_id, client, realm_id, user_id, attempts, due_at)
       select distinct session_id, $3::uuid, $1::uuid, $2::uuid, 0, $4::timestamptz from gone where is_news
       on conflict do nothing`,
      [realm.id, userId, client.id, this.clock.now()],
    );
  }

  /** Keycloak's adapter takes a refresh token apart as a JWT, so it is one; what is believed is the row with its hash. */
  private write(jti: string, { sessionId: sid, client, scope }: About): string {
    const signed = [
      { alg: 'HS256', typ: 'JWT' },
      { typ: isOffline(scope) ? 'Offline' : 'Refresh', jti, sid, azp: client.clientId },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${this.hmac(signed)}`;
  }

  private hmac(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }

  private row(
    realm: Pick<Realm, 'id'>,
    token: string,
    { sessionId, client, scope, acr, begunAt }: About,
    seconds: number,
  ): unknown[] {
    const now = this.clock.now();
    const expires = new Date(now.getTime() + seconds * 1000);
    return [hashOf(token), realm.id, sessionId, client.id, scope, now, expires, acr, begunAt ?? now];
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
