import { explaining } from '../db/broken-constraint.js';
import type { EntityManager } from 'typeorm';
import { roleNotFound } from './role-not-found.js';

/** All of the parts, or `not_found`. Each look names the realm: a role never brings one of another realm along. */
export async function addParts(
  tx: EntityManager,
  realmId: string,
  roleId: string,
  parts: string[],
): Promise<void> {
  const asked = [...new Set(parts)];
  const found = await tx.query<unknown[]>('select from role where realm_id = $1 and id = any($2::uuid[])', [
    realmId,
    asked,
  ]);
  if (found.length < asked.length) throw roleNotFound();
  await tx
    .query(
      'insert into role_composite (role_id, part_id) select $1, unnest($2::uuid[]) on conflict do nothing',
      [roleId, asked],
    )
    .catch(explaining({ role_composite_role: roleNotFound, role_composite_part: roleNotFound }));
}
