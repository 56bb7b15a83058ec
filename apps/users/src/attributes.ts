import { isStorable } from '@tumbler/database';

const MOST_ATTRIBUTES = 200;
const MOST_CHARACTERS = 64_000;

/** Lists of texts by name, as users, groups and roles have them. */
export function areAttributes(attributes: Record<string, unknown>): boolean {
  const entries = Object.entries(attributes);
  return (
    entries.length <= MOST_ATTRIBUTES &&
    isStorable(attributes) &&
    JSON.stringify(attributes).length <= MOST_CHARACTERS &&
    entries.every(
      ([name, values]) =>
        name !== '' &&
        name.length <= 255 &&
        Array.isArray(values) &&
        values.every((value) => typeof value === 'string'),
    )
  );
}
