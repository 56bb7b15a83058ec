import type { Text } from '@tumbler/contract-flows';
import { en } from './en.js';

/** Turns a text of a form into words. */
export interface Translate {
  (text: Text): string;
  readonly language: string;
}

/** One catalogue per language; the first one is spoken where a visitor asks for none of them. */
const CATALOGUES = new Map<string, Record<string, string>>([['en', en]]);

/** The words of the language that the visitor likes best (RFC 9110 §12.5.4). A key without words is shown as it is. */
export function translate(acceptLanguage: string | undefined): Translate {
  const language = preferred(acceptLanguage ?? '');
  const catalogue = CATALOGUES.get(language) ?? en;
  return Object.assign((text: Text) => words(catalogue, text), { language });
}

function words(catalogue: Record<string, string>, text: Text): string {
  if ('literal' in text) return text.literal;
  const found = Object.hasOwn(catalogue, text.key) ? catalogue[text.key] : undefined;
  const args = text.args ?? [];
  // A function, since a value may hold what `replace` takes for a pattern.
  return (found ?? text.key).replace(/\{(\d+)\}/g, (hole, index) => String(args[Number(index)] ?? hole));
}

function preferred(accept: string): string {
  const wanted = accept
    .split(',')
    .map((part) => {
      const [tag = '', ...params] = part.trim().split(';');
      const q = params.find((param) => param.trim().startsWith('q='));
      return { language: tag.toLowerCase().split('-')[0] ?? '', q: q ? Number(q.trim().slice(2)) : 1 };
    })
    .filter(({ language, q }) => CATALOGUES.has(language) && q > 0)
    .sort((a, b) => b.q - a.q);
  return wanted[0]?.language ?? 'en';
}
