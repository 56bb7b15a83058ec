import { Injectable } from '@nestjs/common';
import { Clock } from '@tumbler/clock';
import type { Actor } from '@tumbler/contract-rpc';
import { searchable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';
import { Outbox } from '@tumbler/events';
import type { Client } from './client-settings.js';
import { Clients, tellOf } from './clients.js';

const MOST = 100;

/** A name or an address and nothing else: what can be more in an address would lead elsewhere. */
export const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;

/** The machines that an application runs on, each by its host name, with when it was registered (seconds since 1970). */
@Injectable()
export class ClientNodes {
  constructor(
    private readonly outbox: Outbox,
    private readonly clients: Clients,
    private readonly clock: Clock,
  ) {}

  /** Registered again, it is there from now on. Throws `invalid_request` where there are too many. */
  async add(client: Client, by: Actor, host: string): Promise<void> {
    const now = this.clock.seconds();
    const done = await this.change(
      client,
      by,
      host,
      `update client set settings = settings || jsonb_build_object('registeredNodes',
              coalesce(settings->'registeredNodes', '{}') || jsonb_build_object($3::text, $4::bigint))
        where id = $1 and realm_id = $2
          and (select count(*) from jsonb_object_keys(
                 coalesce(settings->'registeredNodes', '{}') - $3::text)) < ${MOST}`,
      [now],
    );
    if (!done) throw invalid(`A client has ${MOST} nodes at most`);
  }

  /** Answers whether it was there. */
  remove(client: Client, by: Actor, host: string): Promise<boolean> {
    return this.change(
      client,
      by,
      searchable(host),
      `update client set settings = settings #- array['registeredNodes', $3::text]
        where id = $1 and realm_id = $2 and settings->'registeredNodes' ? $3::text`,
      [],
    );
  }

  private async change(
    client: Client,
    by: Actor,
    host: string,
    sql: string,
    more: number[],
  ): Promise<boolean> {
    const done = await this.outbox.transaction(async (tx, tell) => {
      const values = [client.id, client.realmId, host, ...more];
      const [, count]: [unknown, number] = await tx.query(sql, values);
      if (count > 0) await tellOf(tell, 'UPDATE', by, client, `/nodes/${host}`);
      return count > 0;
    });
    this.clients.forget();
    return done;
  }
}
