import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
import { DataSource } from 'typeorm';
import { EventStore } from './audit/event-store.js';
import { forgetFlows } from './definitions/forget-realm.js';
import { Links } from './links/links.js';
import { LoginStore } from './logins/login-store.js';

/** Rows that are deleted in one statement: small enough that nobody waits for it. */
const BATCH = 1_000;

/** What the service does besides answering: it keeps the audit log, forgets realms that are gone, and throws away what is over. */
@Injectable()
export class Housekeeping {
  private readonly log = new Logger('housekeeping');

  constructor(
    private readonly events: EventStore,
    private readonly logins: LoginStore,
    private readonly links: Links,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Keeps what is to be kept; with a realm goes everything that was told of it before. Safe to hear twice. */
  async hear(events: CloudEvent[]): Promise<void> {
    const end = events.findIndex(({ type }) => type === 'realm.removed') + 1 || events.length;
    await this.events.keep(events.slice(0, end));
    const last = events[end - 1];
    if (last?.type === 'realm.removed') await this.forgetRealm(last.realmid);
    if (end < events.length) await this.hear(events.slice(end));
  }

  private async forgetRealm(realmId: string): Promise<void> {
    await this.logins.removeRealm(realmId);
    await forgetFlows(this.db, realmId);
    await this.events.removeRealm(realmId);
  }

  /** In batches until nothing is left. Every instance may do it at the same time. */
  async tidy(): Promise<void> {
    try {
      while ((await this.logins.prune(BATCH)) === BATCH);
      while ((await this.links.prune(BATCH)) === BATCH);
      while ((await this.events.prune(this.clock.now(), BATCH)) === BATCH);
    } catch (error) {
      this.log.warn(`could not tidy: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
