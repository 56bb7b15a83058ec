import type { UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { DEFAULT_PROFILE } from './default-profile.js';

/** Throws `realm_not_found`. */
export async function profileOf(db: DataSource | EntityManager, realmId: string): Promise<UserProfile> {
  const [row] = await db.query<{ profile: UserProfile | null }[]>('select profile from realm where id = $1', [
    realmId,
  ]);
  if (!row) throw new AppError('realm_not_found', { message: 'Realm not found.' });
  return row.profile ?? DEFAULT_PROFILE;
}
