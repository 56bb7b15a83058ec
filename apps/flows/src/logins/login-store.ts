import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Told } from '@tumbler/contract-events';
import type { FinishedLogin, LoginRealm } from '@tumbler/contract-flows';
import { PASSING, prepared } from '@tumbler/database';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { NO_PROGRESS, type Progress } from '../engine/progress.js';
import type { Run } from '../engine/run.js';
import type { Traced } from '../engine/trace.js';
import type { LinkLetter } from '../links/link.js';
import { Mailbox } from '../mail/mailbox.js';
import type { Notice } from '../mail/notice.js';
import type { LoginRow } from './login.entity.js';

/** Seconds for which the end of a login can be looked up, and how it went: what is told of it takes that with it. */
export const ENDED_KEPT = 1_800;

/** Who may see a login: whoever knows its id, in its realm, in the browser that it began in. */
export interface LoginKey {
  id: string;
  realmId: string;
  browser: string;
}

export type LoadedLogin = Omit<LoginRow, 'realmId' | 'browser'> & { flowsVersion: number };

/** What a move changes. */
export interface Move {
  execution: string;
  code: string;
  progress: Progress;
  trace: Traced[];
  expiresAt: Date;
  ended?: { finished: FinishedLogin | null };
}

/** What is sent with a move. */
export interface Post {
  realm: LoginRealm;
  letters: (LinkLetter | Notice)[];
}

export type NewLogin = Omit<LoginRow, 'version' | 'createdAt' | 'endedAt' | 'finished'> & Pick<Move, 'ended'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const LOAD = `
  select l.id, l.flow_id as "flowId", l.kind, l.client_id as "clientId", l.redirect_uri as "redirectUri",
          l.login_hint as "loginHint", l.execution, l.code, l.progress, l.trace, l.version,
          l.created_at as "createdAt", l.expires_at as "expiresAt", l.ended_at as "endedAt", l.finished,
          r.version as "flowsVersion"
     from login l join realm_flows r using (realm_id)
    where l.id = $1 and l.realm_id = $2 and l.browser = $3 and l.expires_at > $4`;

const ADD = `
  insert into login (id, realm_id, flow_id, kind, client_id, redirect_uri, login_hint, browser, execution, code,
                     progress, trace, expires_at, finished, version, created_at, ended_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $16)`;

const MOVE = `
  update login set execution = $3, code = $4, progress = $5, trace = $6, expires_at = $7, finished = $8, ended_at = $9,
                   version = version + 1
   where id = $1 and version = $2 and ended_at is null`;

/** Logins in progress, in the database. */
@Injectable()
export class LoginStore {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly mailbox: Mailbox,
    private readonly clock: Clock,
  ) {}

  /** An unknown login, one that is over its time, and one of another browser or realm are all nothing. */
  async load({ id, realmId, browser }: LoginKey): Promise<LoadedLogin | undefined> {
    if (!UUID.test(id)) return undefined;
    const [row] = await prepared<LoadedLogin>(this.db, LOAD, [id, realmId, browser, this.clock.now()]);
    return row;
  }

  /** `also` happens with it, or neither does. */
  async add(
    login: NewLogin,
    events: Told[],
    post: Post,
    also?: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    const now = this.clock.now();
    const { ended } = login;
    await this.write(
      ADD,
      [
        login.id,
        login.realmId,
        login.flowId,
        login.kind,
        login.clientId,
        login.redirectUri,
        login.loginHint,
        login.browser,
        login.execution,
        login.code,
        json(login.progress),
        json(login.trace),
        login.expiresAt,
        ended?.finished ? json(ended.finished) : null,
        now,
        ended ? now : null,
      ],
      events,
      post,
      also,
    );
  }

  /** Tells of a login that showed no page, and keeps how it went for as long as that of others. */
  async leave({ login, flow, trace }: Run, events: Told[]): Promise<void> {
    const { id, kind, realm, clientId } = login;
    const expiresAt = new Date(this.clock.now().getTime() + ENDED_KEPT * 1000);
    await this.add(
      {
        ...{ id, kind, clientId, trace, expiresAt, realmId: realm.id, flowId: flow.id },
        // No browser can load it, and it has no end that could be answered again.
        ...{ redirectUri: null, loginHint: null, browser: '', execution: '', code: '' },
        ...{ progress: NO_PROGRESS, ended: { finished: null } },
      },
      events,
      { realm, letters: [] },
    );
  }

  /**
   * Moves a login on from where it was loaded, and tells of it; both happen, or neither. Answers false when somebody else
   * has moved it meanwhile: of two that send the same form, one wins.
   */
  async move(
    { id, version }: Pick<LoadedLogin, 'id' | 'version'>,
    move: Move,
    events: Told[],
    post: Post,
  ): Promise<boolean> {
    const { ended } = move;
    const moved = await this.write(
      MOVE,
      [
        id,
        version,
        move.execution,
        move.code,
        json(move.progress),
        json(move.trace),
        move.expiresAt,
        ended?.finished ? json(ended.finished) : null,
        ended ? this.clock.now() : null,
      ],
      events,
      post,
    );
    return moved > 0;
  }

  async removeRealm(realmId: string): Promise<void> {
    await this.db.query('delete from login where realm_id = $1', [realmId]);
  }

  /** Answers how many logins were over their time and are gone, `most` at once. */
  async prune(most: number): Promise<number> {
    const [, gone] = await this.db.query<[unknown, number]>(
      `delete from login where id in (select id from login where expires_at < $1 order by expires_at limit $2)`,
      [this.clock.now(), most],
    );
    return gone;
  }

  /**
   * One statement where there is nothing to send, and one that waits for no disk where there is nothing to tell either: a
   * step of a login can be taken again. Answers how many rows it touched; where none, nothing is told or sent.
   */
  private async write(
    change: string,
    values: unknown[],
    events: Told[],
    { realm, letters }: Post,
    also?: (tx: EntityManager) => Promise<void>,
  ): Promise<number> {
    if (letters.length === 0 && !also) {
      if (events.length > 0) return this.outbox.change(change, values, events);
      return (await prepared(this.db, `${change} returning ${PASSING}`, values)).length;
    }
    const changed = await this.outbox.transaction(async (tx, tell) => {
      await also?.(tx);
      const [row] = await tx.query<{ n: number }[]>(
        `with changed as (${change} returning 1) select count(*)::int as n from changed`,
        values,
      );
      const n = row?.n ?? 0;
      if (n === 0) return n;
      await this.mailbox.post(tx, realm, letters);
      await tell(...events);
      return n;
    });
    if (changed > 0 && letters.length > 0) this.mailbox.posted();
    return changed;
  }
}

const json = (value: unknown): string => JSON.stringify(value);
