// Holds a message against the marks of its class, which are read once for each class; class-validator finds and sorts them anew
// for each message. Only "right" is said here: what is not plainly that is left to class-validator, and so are the errors.
import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as transformer } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { Payload } from './service.js';

type Fields = Record<string, unknown>;
type Mark = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Rule = (message: Fields, value: unknown) => boolean;

/** In place of a value: class-validator has to look at the message. */
const UNSURE = Symbol('unsure');

/** Levels of a message. Deeper ones end where the stack of class-transformer does, or pass there. */
const DEEPEST = 50;

const { CUSTOM_VALIDATION, IS_DEFINED, NESTED_VALIDATION, CONDITIONAL_VALIDATION, WHITELIST } =
  ValidationTypes;
const KNOWN = [CUSTOM_VALIDATION, IS_DEFINED, NESTED_VALIDATION, CONDITIONAL_VALIDATION, WHITELIST];

/** Answers a value as an instance gets it, or `UNSURE`. */
type Take = (value: unknown, depth: number) => unknown;

interface Property {
  name: string;
  take: Take;
  holds: Rule;
}

interface CompiledClass {
  Class: Payload;
  properties: Map<string, Property>;
  unknown: string[];
}

const compiledClasses = new WeakMap<Payload, CompiledClass>();

/** Answers an instance of `Class` where the message is plainly right, else nothing. */
export function instanceIfRight<Q extends object>(
  Class: Payload<Q>,
  message: object,
  unknownFields: 'refuse' | 'drop',
): Q | undefined {
  const instance = instanceOf(compiled(Class), message, 0, unknownFields);
  return instance === UNSURE ? undefined : (instance as Q);
}

/** The marks of a class, and of the classes within it, that send every message to class-validator: `Bicycle.bell: Transform`. */
export const unknownMarks = (Class: Payload): readonly string[] => compiled(Class).unknown;

function instanceOf(
  { Class, properties, unknown }: CompiledClass,
  message: unknown,
  depth: number,
  unknownFields: 'refuse' | 'drop' = 'refuse',
): object | typeof UNSURE {
  if (unknown.length > 0 || depth > DEEPEST || !isPlain(message)) return UNSURE;
  const instance = new Class() as Fields;
  for (const key of Object.keys(message)) {
    const property = properties.get(key);
    // An object is looked at even where it would be dropped: it may be one that class-transformer cannot read.
    if (!property && unknownFields === 'drop' && isPrimitive(message[key])) continue;
    const value = property ? property.take(message[key], depth + 1) : UNSURE;
    if (value === UNSURE) return UNSURE;
    instance[key] = value;
  }
  for (const { name, holds } of properties.values()) if (!holds(instance, instance[name])) return UNSURE;
  return instance;
}

/** As deep a copy as class-transformer makes of what no class describes. */
function copied(value: unknown, depth: number): unknown {
  if (isPrimitive(value)) return value;
  if (Array.isArray(value)) return listOf(value, copied, depth);
  if (depth > DEEPEST || !isPlain(value)) return UNSURE;
  const copy: Fields = {};
  for (const key of Object.keys(value)) {
    // `__proto__`, `constructor`, `toString`: class-transformer drops some of them, and stumbles over others.
    const item = key in Object.prototype ? UNSURE : copied(value[key], depth + 1);
    if (item === UNSURE) return UNSURE;
    copy[key] = item;
  }
  return copy;
}

function listOf(values: unknown[], take: Take, depth: number): unknown[] | typeof UNSURE {
  if (depth > DEEPEST) return UNSURE;
  const list: unknown[] = [];
  for (const value of values) {
    const item = value === undefined ? UNSURE : take(value, depth + 1);
    if (item === UNSURE) return UNSURE;
    list.push(item);
  }
  return list;
}

/** An instance, or a list of them whatever was marked: `ValidateNested` takes either. */
function nested(part: CompiledClass): Take {
  const take: Take = (value, depth) =>
    Array.isArray(value) ? listOf(value, take, depth) : instanceOf(part, value, depth);
  return (value, depth) => (value === undefined || value === null ? value : take(value, depth));
}

const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function');

function compiled(Class: Payload): CompiledClass {
  const known = compiledClasses.get(Class);
  if (known) return known;
  const made: CompiledClass = { Class, properties: new Map(), unknown: unknownOfClass(Class) };
  // Before its properties: a class may hold itself.
  compiledClasses.set(Class, made);
  for (const [name, marks] of Object.entries(marksOf(Class))) {
    const Part = partOf(Class, name);
    const part = Part && compiled(Part);
    made.unknown.push(...unknownOfProperty(Class, name, marks), ...(part?.unknown ?? []));
    made.properties.set(name, { name, take: part ? nested(part) : copied, holds: holdingAll(Class, marks) });
  }
  return made;
}

function marksOf(Class: Payload): Record<string, Mark[]> {
  const storage = getMetadataStorage();
  return storage.groupByPropertyName(storage.getTargetValidationMetadatas(Class, '', false, false));
}

const constraintsOf = ({ constraintCls }: Mark) =>
  getMetadataStorage().getTargetValidatorConstraints(constraintCls);

/** The class that `@Type` names, where it names one with marks in the plain way. */
function partOf(Class: Payload, name: string): Payload | undefined {
  const type = transformer.findTypeMetadata(Class, name);
  if (!type?.typeFunction || type.typeFunction.length > 0 || type.options.discriminator) return undefined;
  const Part = type.typeFunction() as Payload;
  const taken: unknown[] = [Part, Array, Object, undefined];
  return taken.includes(type.reflectedType) && Object.keys(marksOf(Part)).length > 0 ? Part : undefined;
}

function unknownOfClass(Class: Payload): string[] {
  const renamed = [...transformer.getExposedMetadatas(Class), ...transformer.getExcludedMetadatas(Class)];
  const found = [
    ...(renamed.length > 0 || transformer.getStrategy(Class) !== 'none' ? ['Expose or Exclude'] : []),
    ...(Object.keys(new Class()).length > 0 ? ['a value that is there from the start'] : []),
  ];
  return found.map((mark) => `${Class.name}: ${mark}`);
}

function unknownOfProperty(Class: Payload, name: string, marks: Mark[]): string[] {
  const isNested = marks.some(({ type }) => type === NESTED_VALIDATION);
  const isTyped = transformer.findTypeMetadata(Class, name) !== undefined;
  const transforms = transformer.findTransformMetadatas(Class, name, TransformationType.PLAIN_TO_CLASS);
  const found = [
    ...marks.filter(({ type }) => !KNOWN.includes(type)).map(({ type }) => type),
    ...marks.filter(({ validateIf }) => validateIf).map(() => 'the option validateIf'),
    ...marks.flatMap(constraintsOf).flatMap((constraint) => (constraint.async ? [constraint.name] : [])),
    ...((isNested || isTyped) && !(isNested && partOf(Class, name)) ? ['ValidateNested with Type'] : []),
    ...(transforms.length > 0 ? ['Transform'] : []),
    ...(name in (Class.prototype as object) ? ['a method of that name'] : []),
  ];
  return found.map((mark) => `${Class.name}.${name}: ${mark}`);
}

/** Whether a value is what the marks ask, or they ask nothing in such a message (`IsOptional`, `ValidateIf`). */
function holdingAll(Class: Payload, marks: Mark[]): Rule {
  const conditions = marks.filter(({ type }) => type === CONDITIONAL_VALIDATION).map(conditionOf);
  const rules = marks.flatMap((mark) => rulesOf(Class, mark));
  return (message, value) =>
    !conditions.every((condition) => condition(message, value)) ||
    rules.every((rule) => rule(message, value));
}

const conditionOf = ({ constraints }: Mark) => constraints[0] as Rule;

function rulesOf(Class: Payload, mark: Mark): Rule[] {
  // What is inside was asked when the value was taken.
  if (mark.type === NESTED_VALIDATION) return [(_, value) => value !== null];
  const { each, constraints, propertyName: property } = mark;
  return constraintsOf(mark).map(({ instance }): Rule => (object, value) => {
    const args = { targetName: Class.name, property, object, value, constraints };
    const holds = (item: unknown): boolean => instance.validate(item, args) === true;
    return each && Array.isArray(value) ? value.every(holds) : holds(value);
  });
}
