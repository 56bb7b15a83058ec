import { expect, it } from 'vitest';
import { WorkQueue } from './work-queue.js';

/** Work that ends when it is told to. */
function worker(queue: WorkQueue) {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  return {
    started,
    add: (n: number) =>
      queue.run(() => {
        started.push(n);
        return new Promise<number>((resolve) => (ends[n] = () => resolve(n)));
      }),
    end: (n: number) => ends[n]!(),
  };
}

it('runs no more at once than it may, the others in the order they came', async () => {
  const { add, end, started } = worker(new WorkQueue(2, 10));
  const all = [0, 1, 2, 3].map(add);
  expect(started).toEqual([0, 1]);
  end(1);
  await all[1];
  expect(started).toEqual([0, 1, 2]);
  end(0);
  await all[0];
  end(2);
  end(3);
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
});

it('lets nobody in when it is full, before any of their work is done', async () => {
  const queue = new WorkQueue(1, 2);
  const { add, end, started } = worker(queue);
  const [first, second] = [queue.admit(() => add(0)), queue.admit(() => add(1))];
  await expect(queue.admit(() => add(2))).rejects.toMatchObject({ code: 'service_unavailable' });
  end(0);
  await first;
  end(1);
  await second;
  const later = queue.admit(() => add(3));
  end(3);
  expect(await later).toBe(3);
  expect(started).toEqual([0, 1, 3]);
});

it('goes on after work that failed', async () => {
  const queue = new WorkQueue(1, 1);
  await expect(queue.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.run(() => Promise.resolve('fine'))).toBe('fine');
});
