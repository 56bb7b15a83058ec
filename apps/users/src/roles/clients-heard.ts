import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { CloudEvent } from '@tumbler/contract-events';
import { searchable } from '@tumbler/database';
import { Subscriptions } from '@tumbler/service';
import { DataSource } from 'typeorm';

/** Follows the clients that have roles, which the gateway keeps. */
@Injectable()
export class ClientsHeard implements OnApplicationBootstrap {
  constructor(
    private readonly db: DataSource,
    private readonly subscriptions: Subscriptions,
  ) {}

  onApplicationBootstrap(): void {
    this.subscriptions.on('users-clients', 'client.*', (events) => followClients(this.db, events));
  }
}

/**
 * A new name is told with the roles, and what is gone takes its roles along. In the order in which it happened: a name may
 * have gone from one client to another. Safe to repeat.
 */
export async function followClients(db: DataSource, events: CloudEvent[]): Promise<void> {
  for (const { type, realmid, data } of events) {
    if (!('id' in data && 'clientId' in data)) continue;
    const { id, clientId } = data;
    if (type === 'client.removed') {
      await db.query('delete from client where realm_id = $1 and id = $2 and manages is null', [realmid, id]);
    } else if (type === 'client.changed') {
      const name = searchable(clientId);
      await db.query('update client set name = $3 where realm_id = $1 and id = $2 and manages is null', [
        realmid,
        id,
        name,
      ]);
    }
  }
}
