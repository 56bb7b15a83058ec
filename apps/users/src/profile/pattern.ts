import { createContext, runInContext } from 'node:vm';
import { invalid } from '@tumbler/errors';

const LONGEST_MS = 50;
const context = createContext({ source: '', value: '' }) as { source: string; value: string };

/**
 * Whether the whole value fits a pattern that an administrator wrote. A pattern that goes back and forth over a value without
 * end would stop the service for all realms: it is given up and counts as not fitting.
 */
export function fits(source: string, value: string): boolean {
  Object.assign(context, { source, value });
  try {
    return runInContext('new RegExp(`^(?:${source})$`, "u").test(value)', context, {
      timeout: LONGEST_MS,
    }) as boolean;
  } catch {
    return false;
  }
}

/** Throws `invalid_request` for what is no pattern. */
export function checkPattern(source: unknown, field: string): void {
  try {
    if (typeof source !== 'string') throw new Error('not a text');
    new RegExp(`^(?:${source})$`, 'u');
  } catch {
    throw invalid(`the pattern of ${field} cannot be read`, field);
  }
}
