import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { users, type Realm } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { Clients } from '../clients/clients.js';
import { LogoutCalls } from './logout-calls.js';

const LOOK_MS = 1_000;
const SESSIONS_AT_ONCE = 1_000;
const NOTICES_AT_ONCE = 100;
/**
 * Seconds after which an application that does not answer is told again: for about a day, and then no more, since its
 * tokens are void anyway.
 */
const AGAIN = [10, 60, 300, 1800, 7200, 21_600, 43_200];

interface Notice {
  sessionId: string;
  realmId: string;
  userId: string;
  /** The id of the application. */
  client: string;
  attempts: number;
}

/**
 * Tells applications that a session of theirs has ended, however it ended. Nobody who signs out waits for that. What is to
 * be told lies in the database until it was told: a gateway that stops loses nothing, and of many, one tells.
 */
@Injectable()
export class BackchannelLogouts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('backchannel logout');
  private timer?: NodeJS.Timeout;
  private looking?: Promise<void>;
  private stopping = false;

  constructor(
    private readonly db: DataSource,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly clients: Clients,
    private readonly calls: LogoutCalls,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping = true;
    await this.looking;
  }

  /** Tells of what has ended since the last look, and again of what could not be told. One look at a time. */
  look(): Promise<void> {
    this.looking ??= this.tellAll().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async tellAll(): Promise<void> {
    try {
      await this.queue();
      while (!this.stopping) {
        const notices = await this.claim();
        if (notices.length === 0) return;
        const realms = new Map((await this.bus.call(users.listRealms, {})).map((realm) => [realm.id, realm]));
        await Promise.all(notices.map((notice) => this.tell(realms.get(notice.realmId), notice)));
      }
    } catch (error) {
      this.log.warn(`could not look: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Sessions that have ended become notices for the applications that had something of them. */
  private async queue(): Promise<void> {
    const ended = `select id from session where ended_at is not null and not end_told limit ${SESSIONS_AT_ONCE} for update skip locked`;
    await this.db.query(
      `with ended as (update session set end_told = true where id in (${ended}) returning id, realm_id, user_id, offline_of)
       insert into logout_notice (session_id, client, realm_id, user_id, attempts, due_at)
       select distinct e.id, t.client, e.realm_id, e.user_id, 0, $1::timestamptz
         from ended e join refresh_token t on t.session_id = e.id and e.offline_of is null
       on conflict do nothing`,
      [this.clock.now()],
    );
  }

  /** Puts off what is due before it is tried: a try that nobody survives is made again. */
  private async claim(): Promise<Notice[]> {
    const [notices]: [Notice[], number] = await this.db.query(
      `update logout_notice set attempts = attempts + 1,
              due_at = $1::timestamptz + make_interval(secs => ($2::int[])[least(attempts, cardinality($2::int[]) - 1) + 1])
        where (session_id, client) in (
          select session_id, client from logout_notice where due_at <= $1 order by due_at limit ${NOTICES_AT_ONCE}
             for update skip locked)
       returning session_id as "sessionId", client, realm_id as "realmId", user_id as "userId", attempts`,
      [this.clock.now(), AGAIN],
    );
    return notices;
  }

  private async tell(realm: Realm | undefined, notice: Notice): Promise<void> {
    const client = realm && (await this.clients.find(realm, notice.client));
    if (!realm || !client?.enabled) return this.done(notice);
    const trouble = await this.calls.tell(realm, client, notice);
    if (trouble === undefined) return this.done(notice);
    const givenUp = notice.attempts > AGAIN.length;
    this.log.warn(`client ${client.clientId} ${trouble}${givenUp ? ', and is told no more' : ''}`);
    if (givenUp) await this.done(notice);
  }

  private async done({ sessionId, client }: Notice): Promise<void> {
    await this.db.query('delete from logout_notice where session_id = $1 and client = $2', [
      sessionId,
      client,
    ]);
  }
}
