import type { UserView } from '@tumbler/contract-users';
import type { DataSource } from 'typeorm';
import { profileOf } from '../profile/profile-of.js';
import { userView, type ReadUser } from './user.view.js';

/** Users as administrators see them. `sql` reads `USER_COLUMNS` of users of one realm. Throws `realm_not_found`. */
export async function readUsers(
  db: DataSource,
  realmId: string,
  sql: string,
  params: unknown[],
): Promise<UserView[]> {
  const [rows, profile] = await Promise.all([db.query<ReadUser[]>(sql, params), profileOf(db, realmId)]);
  return rows.map((row) => userView(row, profile));
}
