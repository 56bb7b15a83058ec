import type { Finding } from '@tumbler/contract-rpc';
import { validated, type Payload } from '@tumbler/contract-rpc';
import { AppError } from '@tumbler/errors';
import { fieldsOf } from '../input.js';

export type Json = Record<string, unknown>;

/** More than these are not listed one by one: whoever puts a file right does not need them all at once. */
const MOST_TOLD = 200;

/** What is the matter with a file, gathered while it is read, so that all of it is told at once. */
export class Findings {
  private readonly all: Finding[] = [];
  private readonly leftOutAt = new Set<string>();

  add(findings: Finding[]): void {
    for (const finding of findings) {
      this.all.push(finding);
      if (finding.kind === 'left_out') this.leftOutAt.add(finding.place);
    }
  }

  wrong(place: string, message: string): void {
    this.add([{ kind: 'wrong', place, message }]);
  }

  leftOut(place: string, message: string): void {
    this.add([{ kind: 'left_out', place, message }]);
  }

  /** Throws `invalid_request` with each place that is wrong, if one is. */
  mustBeRight(): void {
    const wrong = this.all.filter(({ kind }) => kind === 'wrong');
    const [first] = wrong;
    if (!first) return;
    const fields = wrong.slice(0, MOST_TOLD).map(({ place, message }) => ({ field: place, message }));
    throw new AppError('invalid_request', { message: first.message, field: first.place, fields });
  }

  /** Whether what stands there goes without. */
  isLeftOut(place: string): boolean {
    return this.leftOutAt.has(place);
  }

  get notCarriedOver(): Finding[] {
    return this.all.filter(({ kind }) => kind !== 'wrong');
  }
}

export interface Taking {
  /** Empty for the file itself. */
  place: string;
  findings: Findings;
  /** Fields that follow from other things, or say nothing here. */
  passOver?: readonly string[];
  /** Fields that are left out, and not wrong, where this server does not take what they hold. */
  droppable?: readonly string[];
}

/**
 * An object of a file as an instance of `Class`: what the class does not know is left out, and what is of another type is
 * wrong; both are told with their place. Undefined where nothing can be made of it.
 */
export async function take<Q extends object>(
  Class: Payload<Q>,
  input: unknown,
  { place, findings, passOver = [], droppable = [] }: Taking,
): Promise<Q | undefined> {
  const json = objectAt(input, place, findings);
  if (!json) return undefined;
  const known = new Set(fieldsOf(Class));
  const said: Json = {};
  for (const [field, value] of Object.entries(json)) {
    if (value === null) continue;
    if (known.has(field)) said[field] = value;
    else if (!passOver.includes(field) && !isEmpty(value)) {
      findings.leftOut(within(place, field), 'this is not known here');
    }
  }
  for (;;) {
    try {
      return await validated(Class, said);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { field, message = '', fields = [{ field: field ?? '', message }] } = error.details;
      const dropped = fields.filter((wrong) => droppable.includes(wrong.field));
      if (dropped.length === 0) {
        for (const wrong of new Map(fields.map((each) => [each.field, each])).values()) {
          findings.wrong(within(place, wrong.field), wrong.message);
        }
        return undefined;
      }
      for (const wrong of dropped) {
        findings.leftOut(within(place, wrong.field), wrong.message);
        delete said[wrong.field];
      }
    }
  }
}

const within = (place: string, field: string): string => [place, field].filter(Boolean).join('.');

export function objectAt(value: unknown, place: string, findings: Findings): Json | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  findings.wrong(place, 'an object was expected');
  return undefined;
}

/** What a list holds, with the place of each; nothing where there is none. */
export function listAt(
  value: unknown,
  place: string,
  findings: Findings,
): { place: string; item: unknown }[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value))
    return value.map((item: unknown, index) => ({ place: `${place}[${index}]`, item }));
  findings.wrong(place, 'a list was expected');
  return [];
}

/** Texts by place: names of things that stand elsewhere. */
export function namesAt(
  value: unknown,
  place: string,
  findings: Findings,
): { place: string; name: string }[] {
  return listAt(value, place, findings).flatMap(({ place: at, item }) => {
    if (typeof item === 'string') return [{ place: at, name: item }];
    findings.wrong(at, 'a name was expected');
    return [];
  });
}

/** What a map holds, each of its values with its place. */
export function entriesAt(value: unknown, place: string, findings: Findings) {
  if (value === undefined || value === null) return [];
  const json = objectAt(value, place, findings) ?? {};
  return Object.entries(json).map(([key, item]) => ({ key, item, place: `${place}.${key}` }));
}

export const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.values(value).every(isEmpty));
