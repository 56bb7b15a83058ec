import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus } from '@tumbler/bus';
import { Clock } from '@tumbler/clock';
import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { users } from '@tumbler/contract-users';
import { DataSource, type EntityManager } from 'typeorm';
import { ClientArrivals } from '../../oidc/clients/client-arrivals.js';
import type { ImportUnderWayRow } from './import-under-way.entity.js';

const ABANDON_MS = 120_000;
const AT_ONCE = 5_000;

/**
 * Notes each import before the first thing is carried, so that what a server that stops leaves behind is found and taken
 * away: nobody could ask for it, and it would lie there for ever.
 */
@Injectable()
export class Leftovers implements OnApplicationBootstrap {
  private readonly log = new Logger('import');

  constructor(
    private readonly db: DataSource,
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly clients: ClientArrivals,
  ) {}

  onApplicationBootstrap(): void {
    void this.clearUp();
  }

  /** Held until the transaction ends, or its server does. Two imports into one realm would take each other's things away. */
  async lock(tx: EntityManager, realmId: string): Promise<boolean> {
    const [{ locked }] = await tx.query<[{ locked: boolean }]>(
      'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as locked',
      [`import/${realmId}`],
    );
    return locked;
  }

  /** Within the lock. Answers the id under which things are to be laid down. */
  async note(realmId: string, userIds?: string[]): Promise<string> {
    const arrivalId = randomUUID();
    await this.db.query(
      'insert into import_under_way (arrival_id, realm_id, user_ids, begun_at) values ($1, $2, $3, $4)',
      [arrivalId, realmId, userIds ?? null, this.clock.now()],
    );
    return arrivalId;
  }

  /** It has arrived. */
  async forget(arrivalId: string): Promise<void> {
    await this.db.query('delete from import_under_way where arrival_id = $1', [arrivalId]);
  }

  /** Takes away what did not arrive. Where somebody does not answer, the note stays for the next time. */
  async takeAway({ arrivalId, realmId, userIds }: Omit<ImportUnderWayRow, 'begunAt'>): Promise<void> {
    try {
      // Whoever is about to arrive is waited for, and nobody arrives any more afterwards.
      await this.bus.call(users.abandonArrival, { arrivalId }, { deadline: ABANDON_MS });
      const missing = await this.missing(userIds ?? [realmId]);
      if (userIds) {
        for (let from = 0; from < missing.length; from += AT_ONCE) {
          await this.bus.call(credentials.disown, { realmId, userIds: missing.slice(from, from + AT_ONCE) });
        }
      } else if (missing.length > 0) {
        await this.bus.call(credentials.disown, { realmId });
        await this.bus.call(flows.disownFlows, { realmId });
        await this.clients.disown(realmId);
      }
      await this.forget(arrivalId);
    } catch (error) {
      this.log.warn(`could not clear up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Of imports whose server is gone: with it went its lock. */
  async clearUp(): Promise<void> {
    try {
      const notes: ImportUnderWayRow[] = await this.db.query(
        `select arrival_id as "arrivalId", realm_id as "realmId", user_ids as "userIds" from import_under_way`,
      );
      for (const note of notes) {
        await this.db.transaction(async (tx) => {
          if (await this.lock(tx, note.realmId)) await this.takeAway(note);
        });
      }
    } catch (error) {
      this.log.warn(`could not clear up: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private async missing(ids: string[]): Promise<string[]> {
    const there = new Set<string>();
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const taken = await this.bus.call(users.taken, { ids: ids.slice(from, from + AT_ONCE) });
      for (const id of taken.ids) there.add(id);
    }
    return ids.filter((id) => !there.has(id));
  }
}
