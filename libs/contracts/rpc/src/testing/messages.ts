import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { AppError } from '@tumbler/errors';
import fc from 'fast-check';
import type { Payload } from '../service.js';
import { examined } from '../validate.js';

type Message = Record<string, unknown>;
type Change = (message: Message) => Message;

interface Messages {
  right: fc.Arbitrary<Message>;
  /** Right ones with up to three changes: a field less, another value, a field more. */
  changed: fc.Arbitrary<Message>;
}

const UUID = 'a2f5c1de-9b1f-4c3e-8b44-0f6f6a3e6f10';

/** Something of each kind; beside what its marks name, the values that a field is given. */
const KINDS: readonly unknown[] = [
  ...['', 'x', '5', 'true', UUID, UUID.toUpperCase(), `${UUID}0`, 'näme 1', '.'],
  ...[0, 1, -1, 1.5, 1e21, true, false, null],
  ...[{}, { x: 'x' }, { x: ['x'] }, { x: { y: null } }, { length: 1, 0: 'x' }],
  ...[[], ['x'], [1], [null], [UUID], [UUID, 'x'], [[]], [{}], [[UUID]]],
];

/** Messages of a class, made by asking class-validator which values are right where. */
export async function messagesOf(Class: Payload): Promise<Messages> {
  const names = [...new Set(marksOf(Class).map(({ propertyName }) => propertyName))];
  const missing = await wrongFields(Class, {});
  const right: Record<string, fc.Arbitrary<unknown>> = {};
  const changes: fc.Arbitrary<Change>[] = [
    fc
      .tuple(fc.constantFrom('stranger', 'realm_id'), fc.constantFrom(...KINDS))
      .map(([name, value]) => set(name, value)),
  ];
  for (const name of names) {
    const values = await valuesOf(Class, name);
    right[name] = values.right;
    changes.push(
      fc.constant(without(name)),
      values.any.map((value) => set(name, value)),
    );
  }
  const messages = fc.record(right, {
    requiredKeys: names.filter((name) => missing.has(name)),
    noNullPrototype: true,
  });
  const changed = fc
    .tuple(messages, fc.array(fc.oneof(...changes), { maxLength: 3 }))
    .map(([message, some]) => some.reduce((before, change) => change(before), message));
  return { right: messages, changed };
}

const set =
  (name: string, value: unknown): Change =>
  (message) => ({ ...message, [name]: value });

const without =
  (name: string): Change =>
  (message) =>
    Object.fromEntries(Object.entries(message).filter(([field]) => field !== name));

async function valuesOf(
  Class: Payload,
  name: string,
): Promise<{ right: fc.Arbitrary<unknown>; any: fc.Arbitrary<unknown> }> {
  const candidates = [...KINDS, ...namedValues(Class, name)];
  const right: fc.Arbitrary<unknown>[] = [];
  const any = [fc.constantFrom(...candidates)];
  const Part = partOf(Class, name);
  if (Part) {
    const parts = await messagesOf(Part);
    const lists = fc.array(parts.right, { maxLength: 3 });
    for (const values of [parts.right, lists] as fc.Arbitrary<unknown>[]) {
      const [example] = fc.sample(values, { numRuns: 1, seed: 1 });
      if (!(await wrongFields(Class, { [name]: example })).has(name)) right.push(values);
    }
    any.push(parts.changed, fc.array(parts.changed, { maxLength: 3 }), parts.right, lists);
  }
  const wrong = await Promise.all(candidates.map((value) => wrongFields(Class, { [name]: value })));
  const rest = candidates.filter((_, at) => !wrong[at]?.has(name));
  if (rest.length > 0) right.push(fc.constantFrom(...rest));
  if (right.length === 0)
    throw new Error(`No value here is right for ${Class.name}.${name}: add one to KINDS`);
  return { right: fc.oneof(...right), any: fc.oneof(...any) };
}

/** What the marks of a field list, and what is as long, large and many as they say, and one more and less. */
function namedValues(Class: Payload, name: string): unknown[] {
  const marks = marksOf(Class).filter(({ propertyName }) => propertyName === name);
  const named = marks.flatMap(({ constraints }) => (constraints ?? []).flat() as unknown[]);
  const listed = named.filter((value) => ['string', 'number', 'boolean'].includes(typeof value));
  const around = named
    .filter((value) => typeof value === 'number')
    .flatMap((limit) => [limit - 1, limit, limit + 1])
    .flatMap((size) => [size, ...ofSize(size)]);
  return [...listed, ...listed.map((value) => [value]), listed, ...around];
}

const ofSize = (size: number): unknown[] =>
  size < 0 || size > 5_000
    ? []
    : ['x'.repeat(size), Array<string>(size).fill('x'), Array<string>(size).fill(UUID)];

const marksOf = (Class: Payload) =>
  getMetadataStorage().getTargetValidationMetadatas(Class, '', false, false);

/** The class that class-transformer makes of an object there. */
function partOf(Class: Payload, name: string): Payload | undefined {
  const { [name]: part } = plainToInstance(Class, { [name]: {} }) as Record<string, object>;
  return part && part.constructor !== Object ? (part.constructor as Payload) : undefined;
}

/** The fields of a message itself in which, or in the parts of which, something is wrong. */
async function wrongFields(Class: Payload, message: Message): Promise<Set<string>> {
  try {
    await examined(Class, message, 'refuse');
    return new Set();
  } catch (error) {
    const fields = error instanceof AppError ? (error.details?.fields as { field: string }[]) : [];
    return new Set(fields.map(({ field }) => field.split('.')[0] ?? field));
  }
}
