import { invalid } from '@tumbler/errors';

const MOST_FIELDS = 50;
const LONGEST = 4096;

/** What a form or a JSON body holds: text fields, bounded in number and size. Throws `invalid_request` naming the field. */
export function sentFields(body: unknown = {}): Record<string, string> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('A form or a JSON object was expected');
  }
  const entries = Object.entries(body);
  if (entries.length > MOST_FIELDS) throw invalid(`There may be ${MOST_FIELDS} fields at most`);
  for (const [name, value] of entries) {
    if (typeof value !== 'string') throw invalid('This field must be one text', name.slice(0, 64));
    if (name.length > 255 || Buffer.byteLength(value) > LONGEST) {
      throw invalid(`This field may hold ${LONGEST} bytes at most`, name.slice(0, 64));
    }
  }
  return Object.fromEntries(entries);
}
