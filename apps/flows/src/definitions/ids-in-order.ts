import { randomUUID } from 'node:crypto';

/** New ids for steps: between those of one priority the ids decide, so that they stay in the order in which they are given. */
export const idsInOrder = (count: number): string[] =>
  Array.from({ length: count }, () => randomUUID()).sort();
