import { expect, it } from 'vitest';
import { hashed, isCode, newCodes, normalised } from './codes.js';

it('are twelve of twelve characters that cannot be taken for one another (keycloak.md §3.7)', () => {
  const codes = newCodes();
  expect(codes).toHaveLength(12);
  for (const code of codes) expect(code).toMatch(/^[A-NP-Z1-9]{12}$/);
  expect(new Set([...codes, ...newCodes()]).size).toBe(24);
});

it.each([
  ['as shown', 'ABCD-EFGH-1234'],
  ['in small letters', 'abcdefgh1234'],
  ['in groups', ' abcd efgh 1234 '],
])('are understood %s', (_, typed) => {
  expect(normalised(typed)).toBe('ABCDEFGH1234');
});

it('N-10: are kept hashed, each with a salt of its own', async () => {
  const [code] = newCodes() as [string];
  const hashes = await hashed([code, code]);
  expect(hashes.toString('latin1')).not.toContain(code);
  expect(hashes.subarray(0, 48)).not.toEqual(hashes.subarray(48));
  expect(hashes).toHaveLength(96);
});

it('are right at their own number only', async () => {
  const codes = newCodes();
  const hashes = await hashed(codes);
  const right = (typed: string) =>
    Promise.all([0, 1, 2, 12, 13, Infinity].map((number) => isCode(typed, hashes, number)));
  expect(await right(codes[1]!)).toEqual([false, false, true, false, false, false]);
  expect(await right(codes[11]!)).toEqual([false, false, false, true, false, false]);
  expect(await right('')).not.toContain(true);
});
