import type { ProfileAttribute, UserProfile } from '@tumbler/contract-users';
import { AppError } from '@tumbler/errors';
import type { CheckedFields } from '../users/user-fields.js';
import { isBuiltIn } from './default-profile.js';
import { VALIDATORS, type Fault } from './validators.js';

/** Who writes: an administrator, or the user through a page that a service shows. */
export type Writer = 'admin' | 'user';

export interface ShapedFields {
  fields: CheckedFields;
  /** Which attributes are replaced by those in `fields`; all where absent. Others stay as they are. */
  replaced?: string[];
}

/**
 * Holds what is written against the profile of the realm. Of what an administrator sends, attributes that the profile does not
 * let them write are left out; a service knows what it writes. Throws `invalid_request` naming each field that is wrong.
 *
 * @param made true for a new user: then what is not sent is missing
 */
export function shaped(
  profile: UserProfile,
  sent: CheckedFields,
  { writer, made, keepsAttributes }: { writer: Writer; made: boolean; keepsAttributes?: boolean },
): ShapedFields {
  const writable = profile.attributes.filter(({ name, permissions }) =>
    isBuiltIn(name) || writer === 'user' ? true : allows(permissions?.edit, writer),
  );
  const own = writable.map(({ name }) => name).filter((name) => !isBuiltIn(name));
  const all = writer === 'user' || ['ENABLED', 'ADMIN_EDIT'].includes(profile.unmanagedAttributePolicy ?? '');
  const closed = profile.attributes.map(({ name }) => name).filter((name) => !own.includes(name));

  const fields = { ...sent };
  const defaults = made ? defaultsOf(writable) : {};
  if (sent.attributes || Object.keys(defaults).length > 0) {
    const entries = Object.entries(sent.attributes ?? {}).filter(
      ([name]) => !isBuiltIn(name) && (own.includes(name) || (all && !closed.includes(name))),
    );
    fields.attributes = { ...defaults, ...Object.fromEntries(entries) };
  }

  const wrong = writable.flatMap((attribute) => {
    // What is missing is a fault of an administrator: a service may make a user who fills in the rest.
    const values = valuesOf(attribute.name, fields, writer) ?? (made && writer === 'admin' ? [] : undefined);
    const fault = values && faultOf(attribute, values, writer);
    return fault ? [{ field: attribute.name, ...fault }] : [];
  });
  const [first] = wrong;
  if (first) {
    const { field, message, params = [] } = first;
    const each = wrong.map(({ field, message, params }) => ({
      ...{ field, message },
      ...(params ? { params: [field, ...params] } : {}),
    }));
    throw new AppError('invalid_request', { field, message, params: [field, ...params], fields: each });
  }
  if (keepsAttributes) return kept(fields);
  // What the profile keeps from this writer stays as it is.
  const replaced = all && closed.every(isBuiltIn) ? undefined : own;
  return replaced ? { fields, replaced } : { fields };
}

/** Those that were sent take the place of what was there by their names; one that is empty goes. */
function kept(fields: CheckedFields): ShapedFields {
  const entries = Object.entries(fields.attributes ?? {});
  const filled = entries.filter(([, values]) => values.some((value) => value !== ''));
  return {
    fields: { ...fields, attributes: Object.fromEntries(filled) },
    replaced: entries.map(([name]) => name),
  };
}

/** Which of the attributes of a user an administrator is shown, and which of these the profile does not name. */
export function visible(profile: UserProfile, attributes: Record<string, string[]>) {
  const named = new Map(profile.attributes.map((attribute) => [attribute.name, attribute]));
  const isOpen = (profile.unmanagedAttributePolicy ?? 'DISABLED') !== 'DISABLED';
  const shown = Object.entries(attributes).filter(([name]) => {
    const attribute = named.get(name);
    return attribute ? allows(attribute.permissions?.view, 'admin') : isOpen;
  });
  const unmanaged = shown.filter(([name]) => !named.has(name));
  return {
    attributes: Object.fromEntries(shown),
    ...(unmanaged.length > 0 ? { unmanagedAttributes: Object.fromEntries(unmanaged) } : {}),
  };
}

/**
 * The values that are to be stored; undefined where nothing was said. An administrator's attributes are all there are; a
 * service sends along what it read.
 */
function valuesOf(name: string, fields: CheckedFields, writer: Writer): string[] | undefined {
  if (isBuiltIn(name)) return fields[name] === undefined ? undefined : [fields[name]];
  return fields.attributes?.[name] ?? (fields.attributes && writer === 'admin' ? [] : undefined);
}

export function faultOf(
  { required, validations = {}, multivalued }: ProfileAttribute,
  values: string[],
  writer: Writer,
): Fault | undefined {
  const filled = values.filter((value) => value.trim() !== '');
  if (filled.length === 0) {
    const asked = required && (!required.roles?.length || required.roles.includes(writer));
    return asked ? { message: 'error-user-attribute-required' } : undefined;
  }
  if (filled.length > 1 && multivalued === false) return { message: 'error-invalid-value' };
  const { multivalued: size, ...rules } = validations;
  const tooMany = size && sizeFault(filled.length, size);
  if (tooMany) return tooMany;
  for (const [rule, config] of Object.entries(rules)) {
    for (const value of filled) {
      const fault = VALIDATORS[rule]?.(value, config);
      if (fault) return fault;
    }
  }
  return undefined;
}

function sizeFault(count: number, { min = 0, max = Infinity }: Record<string, unknown>): Fault | undefined {
  return count < Number(min) || count > Number(max)
    ? { message: 'error-invalid-multivalued-size', params: [Number(min), Number(max)] }
    : undefined;
}

function defaultsOf(attributes: ProfileAttribute[]): Record<string, string[]> {
  const given = attributes.filter(({ name, defaultValue }) => defaultValue && !isBuiltIn(name));
  return Object.fromEntries(given.map(({ name, defaultValue }) => [name, [defaultValue!]]));
}

export const allows = (roles: string[] | undefined, writer: Writer): boolean =>
  roles?.includes(writer) ?? false;
