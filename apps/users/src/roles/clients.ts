import type { ClientRef } from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { AppError, conflict } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';
import { explaining } from '../db/broken-constraint.js';

export const clientTaken = (name: string) => () => conflict(`Client ${name} already exists`, 'client');

/** A client is known here from its first role on. */
export async function introduce(tx: EntityManager, realmId: string, { id, name }: ClientRef): Promise<void> {
  const introduced = await tx
    .query<unknown[]>(
      `insert into client (id, realm_id, name) values ($1, $2, $3)
         on conflict (id) do update set name = excluded.name where client.realm_id = excluded.realm_id
       returning id`,
      [id, realmId, searchable(name)],
    )
    .catch(
      explaining({
        client_name: clientTaken(name),
        client_realm: () => new AppError('realm_not_found', { message: 'Realm not found.' }),
      }),
    );
  if (introduced.length === 0) throw clientTaken(name)();
}
