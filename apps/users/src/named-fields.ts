import { isStorable } from '@tumbler/database';
import { invalid } from '@tumbler/errors';
import { areAttributes } from './attributes.js';
import { isLine } from './text.js';

interface Named {
  name?: string | null;
  description?: string | null;
  attributes?: Record<string, string[]> | null;
}

/** Absent keeps what is there, in all of them. */
export interface NamedFields {
  name?: string;
  description?: string;
  attributes?: Record<string, string[]>;
}

/**
 * What is said of a role or a group, as it can be stored. A field that is null counts as not sent.
 * Throws `invalid_request` with the field.
 */
export function namedFields({ name, description, attributes }: Named): NamedFields {
  const fields = {
    ...(typeof name === 'string' ? { name: name.trim() } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(attributes ? { attributes } : {}),
  };
  if (fields.name !== undefined && !isLine(fields.name)) {
    throw invalid('name must be one line of text, 255 characters at most', 'name');
  }
  if (!isStorable(fields.description)) throw invalid('description must be text', 'description');
  if (attributes && !areAttributes(attributes)) throw invalid('error-invalid-value', 'attributes');
  return fields;
}
