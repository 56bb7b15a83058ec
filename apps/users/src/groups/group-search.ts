import { pairsOf, type CountGroups } from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import type { DataSource } from 'typeorm';
import type { Condition } from '../search.js';

/**
 * A condition on groups `g`. A search looks at every depth.
 *
 * @param unasked which groups there are where nothing is searched for: those at the top, or all
 */
export function groupsWhere(
  { realmId, search, exact, q, parentId }: CountGroups,
  unasked: 'top' | 'all' = 'top',
): Condition {
  const params: unknown[] = [realmId];
  const $ = (value: unknown) => `$${params.push(value)}`;
  const conditions = ['g.realm_id = $1'];
  if (search) {
    const text = $(searchable(search));
    conditions.push(exact ? `g.name = ${text}` : `position(lower(${text}) in lower(g.name)) > 0`);
  }
  for (const [key, value] of pairsOf(q ?? '')) {
    conditions.push(
      `g.attributes @> ${$(JSON.stringify({ [searchable(key)]: [searchable(value)] }))}::jsonb`,
    );
  }
  if (parentId) conditions.push(`g.parent_id = ${$(parentId)}`);
  else if (!search && !q && unasked === 'top') conditions.push('g.parent_id is null');
  return { sql: conditions.join(' and '), params };
}

/** A name may hold a slash: each step takes the whole of a name that the rest of the path begins with. */
export async function idOfPath(db: DataSource, realmId: string, path: string): Promise<string | undefined> {
  const [found] = await db.query<{ id: string }[]>(
    `with recursive walk (id, rest) as (
       select g.id, substr($2, length(g.name) + 1) from user_group g
        where g.realm_id = $1 and g.parent_id is null and starts_with($2, g.name)
       union all
       select g.id, substr(walk.rest, length(g.name) + 2) from walk join user_group g on g.parent_id = walk.id
        where starts_with(walk.rest, '/' || g.name)
     )
     select id from walk where rest = '' limit 1`,
    [realmId, searchable(path).replace(/^\/+|\/+$/g, '')],
  );
  return found?.id;
}
