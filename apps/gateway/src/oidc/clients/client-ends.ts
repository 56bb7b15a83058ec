import type { EntityManager } from 'typeorm';
import type { Client } from './client-settings.js';

/** Ends everything that a client holds, inside the transaction that removes it. */
export async function endAllOf(tx: EntityManager, { id, realmId, clientId }: Held, now: Date): Promise<void> {
  await tx.query('delete from consent where client = $1', [id]);
  await tx.query(
    'update session set ended_at = $2 where client = $1 and offline_of is not null and ended_at is null',
    [id, now],
  );
  await tx.query('delete from refresh_token where client = $1', [id]);
  await forgetRequests(tx, realmId, clientId);
}

/** What a client has goes by its id; in this transaction of the caller it gets another name. */
export async function rename(
  tx: EntityManager,
  { id, realmId, clientId }: Held,
  name: string,
): Promise<void> {
  await tx.query('update session set client_id = $2 where client = $1 and ended_at is null', [id, name]);
  await forgetRequests(tx, realmId, clientId);
}

type Held = Pick<Client, 'id' | 'realmId' | 'clientId'>;

/** Codes and requests that wait say who asked by a name: another client may have it next, for which they were not made. */
async function forgetRequests(tx: EntityManager, realmId: string, clientId: string): Promise<void> {
  await tx.query(
    `delete from oidc_artifact where realm_id = $1 and $2 in (payload->>'clientId', payload->'params'->>'client_id')`,
    [realmId, clientId],
  );
}
