import type { Text } from '@tumbler/contract-flows';
import { de } from './de.js';
import { en, type Texts } from './en.js';

/** Turns a text of a form into words. */
export interface Translate {
  (text: Text): string;
  /** A language tag (RFC 5646). */
  readonly language: string;
}

/** One catalogue for each language. */
const CATALOGUES = new Map<string, Texts>([
  ['en', en],
  ['de', de],
]);
const FIRST = 'en';

export const primary = (tag: string): string => tag.toLowerCase().split('-')[0] ?? '';

export const LANGUAGES: readonly string[] = [...CATALOGUES.keys()];

/** Whether there are words of it. */
export const isSpoken = (tag: string): boolean => CATALOGUES.has(primary(tag));

/** The words of a language; of the first one where there are none. A key without words is shown as it is. */
export function translate(tag: string = FIRST): Translate {
  const language = isSpoken(tag) ? tag : FIRST;
  const catalogue: Readonly<Record<string, string>> = CATALOGUES.get(primary(language)) ?? en;
  return Object.assign((text: Text) => words(catalogue, text), { language });
}

function words(catalogue: Readonly<Record<string, string>>, text: Text): string {
  if ('literal' in text) return text.literal;
  const found = Object.hasOwn(catalogue, text.key) ? catalogue[text.key] : undefined;
  const args = text.args ?? [];
  // A function, since a value may hold what `replace` takes for a pattern.
  return (found ?? text.key).replace(/\{(\d+)\}/g, (hole, index) => String(args[Number(index)] ?? hole));
}
