import { pairsOf, type CountUsers, type SearchUsers } from '@tumbler/contract-users';
import { searchable } from '@tumbler/database';
import { isUUID } from 'class-validator';
import type { Condition } from '../search.js';
import { PAGE, USER_COLUMNS } from './user.view.js';

/** Farther than anybody turns pages, and within what Postgres counts. */
const LAST = 1_000_000_000;

/** The built-in fields that can be searched, each in the form and the order that its index has. */
const TEXTS = {
  username: { sql: 'u.username', order: 'u.username' },
  email: { sql: 'u.email', order: 'u.email, u.username' },
  firstName: { sql: 'lower(u.first_name)', order: 'lower(u.first_name) using ~<~, u.username' },
  lastName: { sql: 'lower(u.last_name)', order: 'lower(u.last_name) using ~<~, u.username' },
} as const;
type Field = keyof typeof TEXTS;
const FIELDS = Object.keys(TEXTS) as Field[];

/** Stands for a value in a statement. */
type Placeholder = (value: unknown) => string;

/** A condition on users `u`, case-insensitive throughout. */
export function usersWhere(filter: CountUsers): Condition {
  const params: unknown[] = [];
  const $: Placeholder = (value) => `$${params.push(value)}`;
  return { sql: conditionsOf(filter, termsOf(filter.search), $), params };
}

/**
 * The whole query for a page of users. They come by username; those who match a word come by the field that matches, the
 * username first: each field has an index that gives its matches in order, so that a page costs as much as it is long,
 * however many users match (docs/decisions/0011).
 */
export function usersPage({ first = 0, max = PAGE, ...filter }: SearchUsers): Condition {
  const params: unknown[] = [];
  const $: Placeholder = (value) => `$${params.push(value)}`;
  const offset = Math.min(first, LAST);
  const page = `limit ${$(max)} offset ${$(offset)}`;
  const terms = termsOf(filter.search);
  const leading = terms.find(hasBeginning);
  if (leading === undefined) {
    const conditions = conditionsOf(filter, terms, $);
    const sql = `select ${USER_COLUMNS} from realm_user u where ${conditions} order by u.username ${page}`;
    return { sql, params };
  }
  const others = conditionsOf(filter, without(terms, leading), $);
  const matches = matchesOf(leading, $);
  // As many of each field as the page may need: what an earlier field has found already cannot leave it short.
  const most = $(offset + max);
  const byField = FIELDS.map(
    (field, place) => `(
      select u.id, ${place} as place, ${TEXTS[field].sql} collate "C" as key from realm_user u
       where ${others} and ${matches(field)} order by ${TEXTS[field].order} limit ${most}
    )`,
  );
  const sql = `
    select ${USER_COLUMNS} from (
      select distinct on (id) id, place, key from (${byField.join(' union all ')}) every order by id, place
    ) hit join realm_user u using (id)
    order by hit.place, hit.key, u.username ${page}`;
  return { sql, params };
}

function conditionsOf(filter: CountUsers, terms: string[], $: Placeholder): string {
  const conditions = [`u.realm_id = ${$(filter.realmId)}`];
  const ids = idsOf(filter.search);
  if (ids) conditions.push(`u.id = any(${$(ids)}::uuid[])`);
  for (const term of terms) conditions.push(`(${FIELDS.map(matchesOf(term, $)).join(' or ')})`);
  for (const field of FIELDS) {
    const value = filter[field];
    if (!value) continue;
    const { sql } = TEXTS[field];
    const pattern = filter.exact ? lower(value) : `%${escaped(lower(value))}%`;
    conditions.push(`${sql} ${filter.exact ? '=' : 'like'} lower(${$(pattern)})`);
  }
  if (filter.enabled !== undefined) conditions.push(`u.enabled = ${$(filter.enabled)}`);
  if (filter.emailVerified !== undefined) conditions.push(`u.email_verified = ${$(filter.emailVerified)}`);
  for (const [key, value] of pairsOf(filter.q ?? '')) {
    const builtIn = FIELDS.find((field) => field === key);
    if (builtIn) conditions.push(`${TEXTS[builtIn].sql} = lower(${$(lower(value))})`);
    else {
      const attribute = JSON.stringify({ [lower(key)]: [lower(value)] });
      conditions.push(`lower(u.attributes::text)::jsonb @> lower(${$(attribute)})::jsonb`);
    }
  }
  return conditions.join(' and ');
}

/** How a field matches a word: `ann` is a beginning, `*ann` and `a*n` fit and go on in any way, `"ann"` is all of it. */
function matchesOf(term: string, $: Placeholder): (field: Field) => string {
  const quoted = QUOTED.exec(term)?.[1];
  const value = quoted === undefined ? $(`${escaped(lower(term)).replaceAll('*', '%')}%`) : $(lower(quoted));
  return (field) => `${TEXTS[field].sql} ${quoted === undefined ? 'like' : '='} lower(${value})`;
}

const lower = (text: string): string => searchable(text).toLowerCase();
const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

const QUOTED = /^"(.*)"$/s;
const IDS = /^\s*id:(.*)$/s;

/** Words, each of which must be found; words in quotes belong together. */
const termsOf = (search = ''): string[] => (IDS.test(search) ? [] : (search.match(/"[^"]*"|\S+/g) ?? []));

/** What begins with anything is in no order that an index has. */
const hasBeginning = (term: string): boolean => !term.startsWith('*');

const without = (terms: string[], term: string): string[] => terms.toSpliced(terms.indexOf(term), 1);

/** `id:<id> <id>` asks for users by their ids. */
const idsOf = (search = ''): string[] | undefined =>
  IDS.exec(search)?.[1]
    ?.split(/\s+/)
    .filter((id) => isUUID(id));
