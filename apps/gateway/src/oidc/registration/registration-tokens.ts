import { Injectable } from '@nestjs/common';
import type { Actor } from '@tumbler/contract-rpc';
import type { Realm } from '@tumbler/contract-users';
import { Outbox } from '@tumbler/events';
import { DataSource, type EntityManager } from 'typeorm';
import type { Client } from '../clients/client-settings.js';
import { Clients, tellOf } from '../clients/clients.js';
import { hashOf, newBearerSecret } from './bearer-secret.js';

/** By which an application looks after its own registration (RFC 7592). A client has one at most. */
@Injectable()
export class RegistrationTokens {
  constructor(
    private readonly db: DataSource,
    private readonly outbox: Outbox,
    private readonly clients: Clients,
  ) {}

  /** The old one is worth nothing from now on. */
  async renew(client: Client, by: Actor): Promise<string> {
    return this.outbox.transaction(async (tx, tell) => {
      await tellOf(tell, 'ACTION', by, client, '/registration-access-token');
      return this.give(tx, client.id);
    });
  }

  async give(tx: EntityManager, id: string): Promise<string> {
    const token = newBearerSecret();
    await tx.query('update client set registration_token = $1 where id = $2', [hashOf(token), id]);
    return token;
  }

  /** The client of this name, for whoever holds its token; undefined where it is switched off. */
  async holder(realm: Realm, clientId: string, token: string): Promise<Client | undefined> {
    const [row]: { id: string }[] = await this.db.query(
      'select id from client where realm_id = $1 and client_id = $2 and registration_token = $3',
      [realm.id, clientId, hashOf(token)],
    );
    const client = row && (await this.clients.find(realm, row.id));
    return client?.enabled ? client : undefined;
  }
}
