import type { RoleView } from '@tumbler/contract-users';
import type { DataSource, EntityManager } from 'typeorm';
import { roleNotFound } from './role-not-found.js';
import { readRoles } from './role.view.js';

export async function findRole(
  db: DataSource | EntityManager,
  realmId: string,
  roleId: string,
): Promise<RoleView | null> {
  const [role] = await readRoles(db, 'where r.realm_id = $1 and r.id = $2', [realmId, roleId]);
  return role ?? null;
}

/** Throws `not_found`. */
export async function theRole(
  db: DataSource | EntityManager,
  realmId: string,
  roleId: string,
): Promise<RoleView> {
  const role = await findRole(db, realmId, roleId);
  if (!role) throw roleNotFound();
  return role;
}
