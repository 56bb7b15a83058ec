import { expect, it } from 'vitest';
import { exchanged } from './exchange.js';

const list = (...priorities: number[]) =>
  priorities.map((priority, i) => ({ providerId: 'abcdef'[i]!, priority }));

it.each([
  ['swaps with the one before', list(10, 20, 30), 1, -1, { b: 10, a: 20 }],
  ['swaps with the one after', list(10, 20, 30), 1, 1, { b: 30, c: 20 }],
  ['does nothing at the top', list(10, 20), 0, -1, {}],
  ['does nothing at the bottom', list(10, 20), 1, 1, {}],
  [
    'numbers the list anew where two share a place (keycloak#35765)',
    list(0, 0, 0),
    2,
    -1,
    { a: 10, c: 20, b: 30 },
  ],
] as const)('%s', (_, actions, index, by, written) => {
  const result = exchanged(actions, index, by).map(({ providerId, priority }) => [providerId, priority]);
  expect(Object.fromEntries(result)).toEqual(written);
});
