import type { Realm } from '@tumbler/contract-users';
import { conflict } from '@tumbler/errors';
import type { EntityManager } from 'typeorm';

export const usernameTaken = () => conflict('User exists with same username', 'username');
export const emailTaken = () => conflict('User exists with same email', 'email');

interface Names {
  username?: string;
  email?: string;
}

/**
 * Where people may sign in with their e-mail address, nobody may be called as another's address reads, nor have an
 * address that reads as another is called: one of the two could no longer sign in with it. The unique indexes cannot
 * see this, since the names are in two columns, so those who want the same name wait for each other.
 */
export async function refuseNamesakes(
  tx: EntityManager,
  realm: Realm,
  userId: string,
  { username, email }: Names,
): Promise<void> {
  if (!realm.loginWithEmailAllowed) return;
  const names = [username, email].filter((name) => name?.includes('@')).sort();
  if (names.length === 0) return;
  await tx.query(
    'select pg_advisory_xact_lock(hashtextextended($1 || name, 0)) from unnest($2::text[]) name',
    [realm.id, names],
  );
  const [namesake] = await tx.query<{ called_as_address: boolean }[]>(
    `select coalesce(u.email = $3, false) as called_as_address from realm_user u
      where u.realm_id = $1 and u.id <> $2 and ((u.email = $3 and u.emails_unique) or u.username = $4)
      limit 1`,
    [realm.id, userId, username ?? null, email || null],
  );
  if (namesake) throw namesake.called_as_address ? usernameTaken() : emailTaken();
}
