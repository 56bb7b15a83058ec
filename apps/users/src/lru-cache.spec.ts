import { expect, it } from 'vitest';
import { LruCache } from './lru-cache.js';

it('keeps what was asked for last, within its room', () => {
  const cache = new LruCache<number[]>(30);
  cache.set('a', [1, 2, 3, 4]);
  cache.set('b', [1, 2, 3, 4]);
  cache.set('c', [1, 2, 3, 4]);
  expect(cache.get('a')).toEqual([1, 2, 3, 4]);
  cache.set('d', [1]);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key)?.length)).toEqual([4, undefined, 4, 1]);
});

it('makes no room twice for what is replaced', () => {
  const cache = new LruCache<string>(20);
  cache.set('b', 'other');
  for (let n = 0; n < 100; n++) cache.set('a', 'again');
  expect([cache.get('a'), cache.get('b')]).toEqual(['again', 'other']);
});

it('does not keep what is larger than all of its room', () => {
  const cache = new LruCache<string>(20);
  cache.set('a', 'x'.repeat(100));
  expect(cache.get('a')).toBeUndefined();
});
