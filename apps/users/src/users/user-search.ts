import type { CountUsers } from '@tumbler/contract-users';
import { isUUID } from 'class-validator';
import { pairsOf, type Condition } from '../search.js';
import { searchable } from '../text.js';

/** The built-in fields that can be searched, each in the form its index has. */
const TEXTS = {
  username: 'u.username',
  email: 'u.email',
  firstName: 'lower(u.first_name)',
  lastName: 'lower(u.last_name)',
} as const;
const FIELDS = Object.keys(TEXTS) as (keyof typeof TEXTS)[];

/** A condition on users `u`, case-insensitive throughout. */
export function usersWhere(filter: CountUsers): Condition {
  const params: unknown[] = [];
  const $ = (value: unknown) => `$${params.push(value)}`;
  const equals = (text: string, value: string) => `${text} = lower(${$(lower(value))})`;
  const like = (text: string, pattern: string) => `${text} like lower(${$(lower(pattern))})`;

  const conditions = [`u.realm_id = ${$(filter.realmId)}`];
  if (filter.search) {
    const ids = idsOf(filter.search);
    if (ids) conditions.push(`u.id = any(${$(ids)}::uuid[])`);
    else
      for (const term of termsOf(filter.search)) {
        const quoted = /^"(.*)"$/s.exec(term)?.[1];
        const matches = FIELDS.map((field) =>
          quoted === undefined ? like(TEXTS[field], beginning(term)) : equals(TEXTS[field], quoted),
        );
        conditions.push(`(${matches.join(' or ')})`);
      }
  }
  for (const field of FIELDS) {
    const value = filter[field];
    if (!value) continue;
    conditions.push(filter.exact ? equals(TEXTS[field], value) : like(TEXTS[field], `%${escaped(value)}%`));
  }
  if (filter.enabled !== undefined) conditions.push(`u.enabled = ${$(filter.enabled)}`);
  if (filter.emailVerified !== undefined) conditions.push(`u.email_verified = ${$(filter.emailVerified)}`);
  for (const [key, value] of pairsOf(filter.q ?? '')) {
    const builtIn = FIELDS.find((field) => field === key);
    if (builtIn) conditions.push(equals(TEXTS[builtIn], value));
    else {
      const attribute = JSON.stringify({ [lower(key)]: [lower(value)] });
      conditions.push(`lower(u.attributes::text)::jsonb @> lower(${$(attribute)})::jsonb`);
    }
  }
  return { sql: conditions.join(' and '), params };
}

const lower = (text: string): string => searchable(text).toLowerCase();
const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** `ann` finds what begins with it, `*ann` and `a*n` what fits and goes on in any way. */
const beginning = (term: string): string => `${escaped(term).replaceAll('*', '%')}%`;

/** Words, each of which must be found; words in quotes belong together. */
const termsOf = (search: string): string[] => search.match(/"[^"]*"|\S+/g) ?? [];

/** `id:<id> <id>` asks for users by their ids. */
function idsOf(search: string): string[] | undefined {
  const [, list] = /^id:(.*)$/s.exec(search.trim()) ?? [];
  return list?.split(/\s+/).filter((id) => isUUID(id));
}
