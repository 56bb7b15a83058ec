import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Actor } from '@tumbler/contract-rpc';
import type { Tell } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import { endAllOf } from './client-ends.js';
import type { ClientScope } from './built-in-scopes.js';
import type { ClientSettings } from './client-settings.js';
import { Clients, tellOf, type ClientRealm } from './clients.js';

export interface ArrivingClient {
  id: string;
  clientId: string;
  settings: ClientSettings;
  secret?: string;
  serviceAccountId?: string;
}

type Described = Partial<Pick<ClientScope, 'description' | 'attributes' | 'protocolMappers'>>;
export type ArrivingScope = Described & Pick<ClientScope, 'name' | 'assigned'>;

/** Clients that move in, with a realm that is not there yet or into one that is. */
@Injectable()
export class ClientArrivals {
  constructor(
    private readonly db: DataSource,
    private readonly clients: Clients,
    private readonly clock: Clock,
  ) {}

  async takenIds(ids: string[]): Promise<string[]> {
    const rows: { id: string }[] = await this.db.query('select id from client where id = any($1::uuid[])', [
      ids,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Nobody asks for clients of a realm that is not there yet. What was left of an earlier attempt is replaced. */
  async before(realm: ClientRealm, clients: ArrivingClient[], scopes: ArrivingScope[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await forgetAll(tx, realm.id);
      for (const { name, assigned, description, attributes = {}, protocolMappers = [] } of scopes) {
        const settings: Omit<ClientScope, 'id' | 'name'> = {
          ...{ description, protocol: 'openid-connect', attributes, protocolMappers, roles: [], assigned },
        };
        await tx.query(
          'insert into client_scope (id, realm_id, name, settings, created_at) values ($1, $2, $3, $4, $5)',
          [randomUUID(), realm.id, name, settings, this.clock.now()],
        );
      }
      for (const client of clients)
        await this.clients.insert(tx, { ...client, realmId: realm.id }, client.secret);
    });
  }

  /** The realm did not come after all. */
  async disown(realmId: string): Promise<void> {
    await this.db.transaction((tx) => forgetAll(tx, realmId));
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
    for (const each of gone) {
      const client = { ...each, realmId: realm.id };
      await endAllOf(tx, client, this.clock.now());
      await tellOf(tell, 'DELETE', by, client);
    }
    for (const client of clients) {
      const row = { ...client, realmId: realm.id };
      await this.clients.mustInsert(tx, row, client.secret);
      await tellOf(tell, 'CREATE', by, row);
    }
  }
}

async function forgetAll(tx: EntityManager, realmId: string): Promise<void> {
  for (const table of ['client', 'client_scope'])
    await tx.query(`delete from ${table} where realm_id = $1`, [realmId]);
}
