/** Postgres holds no NUL in a text, and no half of a surrogate pair in a jsonb. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** True when every text inside `value`, keys included, can be stored. */
export function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.search(UNSTORABLE) < 0;
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value === 'object' && value !== null) return Object.entries(value).every(isStorable);
  return true;
}

/** For a text that is only looked for: what could not be stored is replaced, so that it is not found and breaks nothing. */
export const searchable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');
