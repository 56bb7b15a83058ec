import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { unknownMarks } from '../compiled-class.js';
import type { Payload, Rpc } from '../service.js';
import { agreement } from './agreement.js';
import { hostileJson } from './hostile-json.js';
import { messagesOf } from './messages.js';

/** What every contract promises of the messages of its questions. */
export function contractSuite(contract: Record<string, Rpc<object, unknown>>): void {
  const classes = new Set(Object.values(contract).map(({ payload }) => payload));
  for (const Class of classes) messageSuite(Class);
}

/** What is promised of the messages of one class. */
export function messageSuite(Class: Payload): void {
  describe(Class.name, () => {
    let messages: Awaited<ReturnType<typeof messagesOf>>;
    beforeAll(async () => {
      messages = await messagesOf(Class);
    });

    it('has no mark that sends its messages to class-validator', () => {
      expect(unknownMarks(Class)).toEqual([]);
    });

    it('is found right at once', async () => {
      await fc.assert(
        fc.asyncProperty(messages.right, async (message) => {
          expect(await agreement(Class, message)).toEqual({ atOnce: true, right: true });
        }),
        { numRuns: 50 },
      );
    });

    it('is right at once where class-validator says so, and only there', async () => {
      await fc.assert(
        fc.asyncProperty(messages.changed, async (message) => {
          const { atOnce, right } = await agreement(Class, message);
          expect(atOnce).toBe(right);
          await agreement(Class, message, 'drop');
        }),
        { numRuns: 200 },
      );
    });

    it('is what class-validator makes of it, or left to it, where JSON is meant to do harm', async () => {
      await fc.assert(
        fc.asyncProperty(messages.right.chain(hostileJson), async (json) => {
          const message = JSON.parse(json) as object;
          await agreement(Class, message);
          await agreement(Class, message, 'drop');
        }),
        { numRuns: 100 },
      );
    });
  });
}
