import { text } from '@tumbler/contract-flows';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { de } from './de.js';
import { en } from './en.js';
import { translate } from './texts.js';

describe('texts', () => {
  const t = translate('en');

  it('speaks a language that it has', () => {
    expect(translate('de-AT').language).toBe('de-AT');
    expect(translate('de')(text('doCancel'))).toBe('Abbrechen');
    for (const none of [undefined, '', 'xx', 'constructor']) expect(translate(none).language).toBe('en');
  });

  it('has the same keys, and the same values in them, in every language', () => {
    const holes = (catalogue: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(catalogue).map(([key, words]) => [key, (words.match(/\{\d\}/g) ?? []).sort()]),
      );
    expect(holes(de)).toEqual(holes(en));
  });

  it('puts values into their places, whatever they hold', () => {
    expect(t(text('invalidPasswordMinLengthMessage', 12))).toBe('Invalid password: minimum length 12.');
    expect(t(text('auth-recovery-code-prompt', '$& {0}'))).toBe('Recovery code #$& {0}');
  });

  it('shows what users wrote themselves as it is, and an unknown key by its name', () => {
    expect(t({ literal: 'doLogIn {0}' })).toBe('doLogIn {0}');
    expect(t(text('constructor'))).toBe('constructor');
  });

  it('has words for every key that is named anywhere', async () => {
    const sources = ['../../../flows/src', '../../../credentials/src', '..'];
    const used = (await Promise.all(sources.map(keysIn))).flat();
    expect([...new Set(used)].filter((key) => !Object.hasOwn(en, key))).toEqual([]);
  });
});

/** Keys in `text('…')` and `key: '…'` of the sources below a folder. */
async function keysIn(folder: string): Promise<string[]> {
  const root = new URL(`${folder}/`, import.meta.url);
  const files = await readdir(root, { recursive: true }).catch(() => []);
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !/\.spec\.|testing\//.test(file));
  const contents = await Promise.all(sources.map((file) => readFile(new URL(file, root), 'utf8')));
  return contents.flatMap((content) =>
    [...content.matchAll(/\b(?:text\(|key: )'([^']+)'/g)].map(([, key]) => key!),
  );
}
