import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { users, type Realm } from '@tumbler/contract-users';
import { DataSource } from 'typeorm';
import { Clients } from './clients/clients.js';
import { AccessTokens } from './tokens/access-tokens.js';

const LOOK_MS = 1_000;
const BATCH = 100;
const DEADLINE_MS = 5_000;
/** An application that does not answer is told again after these times, and then no more: its tokens are void anyway. */
const AGAIN_MS = [1_000, 10_000];

interface Ended {
  sessionId: string;
  realmId: string;
  userId: string;
  clientId: string;
}

/**
 * Tells applications that a session of theirs has ended, however it ended (OpenID Connect Back-Channel Logout 1.0).
 * Nobody who signs out waits for that. What ended lies in the database; of many instances one tells.
 */
@Injectable()
export class BackchannelLogouts implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('backchannel logout');
  private readonly stopping = new AbortController();
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly db: DataSource,
    private readonly bus: Bus,
    private readonly clients: Clients,
    private readonly tokens: AccessTokens,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  /** Tells of what has ended since the last look. */
  async look(): Promise<void> {
    try {
      const ended = await this.claim();
      if (ended.length === 0) return;
      const realms = new Map((await this.bus.call(users.listRealms, {})).map((realm) => [realm.id, realm]));
      await Promise.all(
        ended.map(async (each) => {
          const realm = realms.get(each.realmId);
          if (realm) await this.tell(realm, each);
        }),
      );
    } catch (error) {
      this.log.warn(`could not look: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private claim(): Promise<Ended[]> {
    return this.db.transaction(async (tx) => {
      const [sessions]: [{ id: string }[], number] = await tx.query(
        `update session set end_told = true where id in (
           select id from session where ended_at is not null and not end_told limit ${BATCH} for update skip locked)
         returning id`,
      );
      if (sessions.length === 0) return [];
      return tx.query(
        `select distinct s.id as "sessionId", s.realm_id as "realmId", s.user_id as "userId", t.client_id as "clientId"
           from session s join refresh_token t on t.session_id = s.id where s.id = any($1)`,
        [sessions.map(({ id }) => id)],
      );
    });
  }

  private async tell(realm: Realm, ended: Ended): Promise<void> {
    const client = await this.clients.byClientId(realm, ended.clientId);
    const url = client?.attributes['backchannel.logout.url'];
    if (!client?.enabled || !url || !URL.canParse(url)) return;
    for (const pause of [0, ...AGAIN_MS]) {
      if (pause > 0) await wait(pause, undefined, { signal: this.stopping.signal });
      const body = new URLSearchParams({ logout_token: await this.tokens.signLogoutToken(realm, ended) });
      const status = await post(url, body);
      if (status === 200 || status === 204) return;
      this.log.warn(`client ${ended.clientId} answered ${status}`);
    }
  }
}

/** Follows no redirect: an application is told where it said, and nowhere else. */
async function post(url: string, body: URLSearchParams): Promise<number | string> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual' },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 'nothing';
  }
}
