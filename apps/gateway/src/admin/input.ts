// What comes in: bodies and queries, held against classes before anything else is done with them.
import type { PipeTransform } from '@nestjs/common';
import { validated, type Payload } from '@tumbler/contract-rpc';
import { isStorable } from '@tumbler/database';
import { AppError, invalid, notFound } from '@tumbler/errors';
import { getMetadataStorage, isUUID } from 'class-validator';
import { UNREADABLE } from '../http/unreadable.js';

type Json = Record<string, unknown>;

export interface Representation {
  /** Keycloak's name of it, for its error text. */
  name: string;
  /** Fields that Keycloak sends and reads back, and that say nothing here. */
  passOver?: readonly string[];
}

/** Takes a JSON body as an instance of `Class`; an unknown or a wrong field is refused by name. */
export const body = <Q extends object>(
  Class: Payload<Q>,
  of: Representation,
): PipeTransform<unknown, Promise<Q>> => ({
  transform: (input) => represented(Class, input, of),
});

export async function represented<Q extends object>(
  Class: Payload<Q>,
  input: unknown,
  { name, passOver = [] }: Representation,
): Promise<Q> {
  const json = asObject(input);
  // Keycloak takes null for "not said"; left in, it would pass for a value further on.
  const said = Object.entries(json).filter(([field, value]) => value !== null && !passOver.includes(field));
  const known = new Set(fieldsOf(Class));
  const stranger = said.map(([field]) => field).find((field) => !known.has(field));
  if (stranger !== undefined) throw unrecognized(name, stranger, json);
  return validated(Class, Object.fromEntries(said));
}

export function unrecognized(representation: string, field: string, json: Json): AppError {
  const column = JSON.stringify(json).indexOf(JSON.stringify(field)) + 1;
  return invalid(
    `Invalid json representation for ${representation}. Unrecognized field "${field}" at line 1 column ${column}.`,
  );
}

export function asObject(input: unknown): Json {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Json;
  throw new AppError('invalid_request', { message: UNREADABLE });
}

/** Throws `invalid_request` for a field with a text that no database takes. */
export function mustBeStorable(fields: object): void {
  const wrong = Object.entries(fields).find(([, value]) => !isStorable(value));
  if (wrong) throw invalid(`${wrong[0]} holds a character that is not text`, wrong[0]);
}

/** The fields that a class with class-validator marks has. */
export function fieldsOf(Class: Payload): string[] {
  const marks = getMetadataStorage().getTargetValidationMetadatas(Class, '', false, false);
  return [...new Set(marks.map(({ propertyName }) => propertyName))];
}

/**
 * Makes a question out of a query: each field takes the parameter of its name, as the type that the class declares for
 * it; parameters that are not known are passed over, as everywhere on the web.
 */
export function fromQuery<Q extends object>(Class: Payload<Q>, query: Json, fixed: Partial<Q>): Promise<Q> {
  const asked = fieldsOf(Class)
    .filter((field) => query[field] !== undefined && query[field] !== '')
    .map((field) => [field, typed(Class, field, query[field])]);
  return validated(Class, { ...Object.fromEntries(asked), ...fixed });
}

/** What is no number stays the text that it is, and is refused as such. */
function typed(Class: Payload, field: string, value: unknown): unknown {
  const type: unknown = Reflect.getMetadata('design:type', Class.prototype as object, field);
  if (type === Array) return [value].flat();
  if (type === Number && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (type === Boolean && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** The id of a noun in an address: what cannot be one is not found, like one that nobody has. */
export const idOf = (missing: string): PipeTransform<string, string> => ({
  transform(value) {
    if (!isUUID(value)) throw notFound(missing);
    return value;
  },
});

/** A JSON array of texts. */
export const texts: PipeTransform<unknown, string[]> = {
  transform(value) {
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw invalid('An array of strings was expected');
  },
};

/** A switch in an address that is on unless it says otherwise. */
export const unlessFalse = (name: string): PipeTransform<string | undefined, boolean> => ({
  transform(value) {
    if (value !== undefined && value !== 'true' && value !== 'false') {
      throw invalid(`${name} must be true or false`, name);
    }
    return value !== 'false';
  },
});
