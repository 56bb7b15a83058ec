import type ts from 'typescript';
import type { Schema } from './document.js';
import { givenTo, marksOf, type Mark } from './marks.js';
import type { Source } from './source.js';

type Rule = (value: unknown, schema: Schema) => Schema;
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** What the marks of class-validator say of a value, in JSON Schema. */
const RULES: Record<string, Rule> = {
  IsInt: () => ({ type: 'integer' }),
  IsUUID: () => ({ format: 'uuid' }),
  IsEmail: () => ({ format: 'email' }),
  IsUrl: () => ({ format: 'uri' }),
  IsISO8601: () => ({ format: 'date-time' }),
  IsNotEmpty: (_, { type }) => (type === 'string' ? { minLength: 1 } : {}),
  Min: (value) => ({ minimum: number(value) }),
  Max: (value) => ({ maximum: number(value) }),
  MinLength: (value) => ({ minLength: number(value) }),
  MaxLength: (value) => ({ maxLength: number(value) }),
  ArrayMinSize: (value) => ({ minItems: number(value) }),
  ArrayMaxSize: (value) => ({ maxItems: number(value) }),
  ArrayNotEmpty: () => ({ minItems: 1 }),
  // JSON Schema knows no flags: what means something else without them is left out.
  Matches: (value) => (value instanceof RegExp && value.flags === '' ? { pattern: value.source } : {}),
};

/** About the list itself, and never about what is in it. */
const OF_LISTS = /^Array/;

/** Adds what the marks of a property say to what its type says. */
export function constrained(source: Source, property: ts.Declaration, schema: Schema): Schema {
  return marksOf(source, property).reduce((so, mark) => applied(source, mark, so), schema);
}

function applied(source: Source, mark: Mark, schema: Schema): Schema {
  const rule = Object.hasOwn(RULES, mark.name) ? RULES[mark.name] : undefined;
  if (!rule || schema.$ref) return schema;
  const value = givenTo(source, mark);
  if (schema.type === 'array' && schema.items && !OF_LISTS.test(mark.name)) {
    return { ...schema, items: merged(schema.items, rule(value, schema.items)) };
  }
  return merged(schema, rule(value, schema));
}

/** A type says more than `integer` where it names the numbers. */
function merged(schema: Schema, more: Schema): Schema {
  if (schema.$ref || ((schema.enum ?? schema.const) !== undefined && more.type)) return schema;
  if (more.type && Array.isArray(schema.type)) {
    return { ...schema, type: schema.type.map((each) => (each === 'number' ? String(more.type) : each)) };
  }
  return { ...schema, ...more };
}
