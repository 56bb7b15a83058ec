import { expect } from 'vitest';
import { instanceIfRight } from '../compiled-class.js';
import type { Payload } from '../service.js';
import { examined } from '../validate.js';

/**
 * Holds a message against its class at once and by class-validator: what is right at once must be right there, and the same.
 * Answers what each of them found.
 */
export async function agreement(
  Class: Payload,
  message: object,
  unknownFields: 'refuse' | 'drop' = 'refuse',
): Promise<{ atOnce: boolean; right: boolean }> {
  const instance = instanceIfRight(Class, message, unknownFields);
  const byLibrary = await examined(Class, message, unknownFields).catch(() => undefined);
  if (instance) {
    expect(instance).toStrictEqual(byLibrary);
    // In the same order, too.
    expect(JSON.stringify(instance)).toBe(JSON.stringify(byLibrary));
  }
  return { atOnce: instance !== undefined, right: byLibrary !== undefined };
}
