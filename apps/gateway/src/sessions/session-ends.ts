import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
import { Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';
import { Sessions } from './sessions.js';

const PRUNE_MS = 10 * 60_000;
const PRUNE_BATCH = 1_000;
/** An ended session is remembered longer than the login it came from, which could otherwise open it once more. */
const REMEMBERED_MS = 24 * 3600_000;

/** Ends the sessions of users who may not be signed in any more (ASVS 7.4.2) and clears away what nobody needs. */
@Injectable()
export class SessionEnds implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sessions: Sessions,
    private readonly subscriptions: Subscriptions,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('gateway-users', 'user.*', (events) => this.usersWent(events));
    this.subscriptions.on('gateway-realms', 'realm.*', (events) => this.realmsWent(events));
    this.timer = setInterval(() => void this.prune(), PRUNE_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  async usersWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid, data } of events) {
      const gone = type === 'user.removed' || type === 'user.disabled';
      if (gone && 'userId' in data && data.userId) await this.sessions.endOfUser(realmid, data.userId);
    }
  }

  async realmsWent(events: CloudEvent[]): Promise<void> {
    for (const { type, realmid } of events) {
      if (type === 'realm.removed') await this.sessions.forgetRealm(realmid);
    }
  }

  /** In bounded steps, so that no lock is held for long. */
  async prune(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - REMEMBERED_MS);
    try {
      for (let removed = PRUNE_BATCH; removed === PRUNE_BATCH;) {
        const answer: [unknown, number] = await this.db.query(
          `delete from session where id in (select id from session where expires_at < $1 limit ${PRUNE_BATCH})`,
          [before],
        );
        removed = answer[1];
      }
    } catch (error) {
      new Logger('sessions').warn(
        `could not be cleared: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
}
