import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './canonical.js';

describe('the one form of a name', () => {
  it.each([
    [' Ann ', 'ann'],
    ['ÅSA', 'åsa'],
    ['A\u030asa', 'åsa'],
    ['ａｎｎ', 'ann'],
    ['Ann@Example.ORG', 'ann@example.org'],
  ])('of %j is %j', (typed, stored) => {
    expect(canonical(typed)).toBe(stored);
  });

  it('is its own one form, so that nobody is found under the name of another (as at Spotify in 2013)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => canonical(canonical(name)) === canonical(name)),
      { numRuns: 2_000 },
    );
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const name = canonical(String.fromCodePoint(code));
      if (canonical(name) !== name) throw new Error(`U+${code.toString(16)} has two forms`);
    }
  });
});
