import { Injectable } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Tell } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import type { ClientSettings } from './client-settings.js';
import { Clients, tellOf, type ClientRealm } from './clients.js';

export interface ArrivingClient {
  id: string;
  clientId: string;
  settings: ClientSettings;
  secret?: string;
  serviceAccountId?: string;
}

/** Clients that move in, with a realm that is not there yet or into one that is. */
@Injectable()
export class ClientArrivals {
  constructor(
    private readonly db: DataSource,
    private readonly clients: Clients,
  ) {}

  async takenIds(ids: string[]): Promise<string[]> {
    const rows: { id: string }[] = await this.db.query('select id from client where id = any($1::uuid[])', [
      ids,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Nobody asks for clients of a realm that is not there yet. What was left of an earlier attempt is replaced. */
  async before(realm: ClientRealm, clients: ArrivingClient[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query('delete from client where realm_id = $1', [realm.id]);
      for (const client of clients)
        await this.clients.insert(tx, { ...client, realmId: realm.id }, client.secret);
    });
  }

  /** The realm did not come after all. */
  async disown(realmId: string): Promise<void> {
    await this.db.query('delete from client where realm_id = $1', [realmId]);
  }

  /** In the transaction that everything else of the import hangs on. Throws `conflict` for a name that is taken. */
  async into(
    tx: EntityManager,
    tell: Tell,
    {
      realm,
      by,
      clients,
      removed,
    }: { realm: ClientRealm; by: Actor; clients: ArrivingClient[]; removed: string[] },
  ): Promise<void> {
    const gone: { id: string; clientId: string }[] = await tx.query(
      'select id, client_id as "clientId" from client where realm_id = $1 and id = any($2::uuid[]) and manages is null',
      [realm.id, removed],
    );
    await tx.query('delete from client where realm_id = $1 and id = any($2::uuid[]) and manages is null', [
      realm.id,
      removed,
    ]);
    for (const client of gone) await tellOf(tell, 'DELETE', by, { ...client, realmId: realm.id });
    for (const client of clients) {
      const row = { ...client, realmId: realm.id };
      await this.clients.mustInsert(tx, row, client.secret);
      await tellOf(tell, 'CREATE', by, row);
    }
  }
}
