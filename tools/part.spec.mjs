import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Part } from './part.mjs';

const node = (script) => [process.execPath, '-e', script];
const TALKS = `console.log('pid', process.pid); setInterval(() => {}, 1000);`;
const pidIn = (text) => Number(/pid (\d+)/.exec(text)?.[1]);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a part of the system', () => {
  it('has started when it says so, and is gone when it was stopped', async () => {
    const part = new Part({ name: 'talker', command: node(TALKS) });
    await part.start('pid');
    const pid = pidIn(part.tail);
    expect(isAlive(pid)).toBe(true);
    await part.stop();
    expect(part.running).toBe(false);
    expect(isAlive(pid)).toBe(false);
  });

  it('that ends before it is ready is an error with its last words', async () => {
    const part = new Part({ name: 'broken', command: node(`console.error('no such key'); process.exit(3)`) });
    await expect(part.start('ready')).rejects.toThrow(/broken ended at once:\s+no such key/);
  });

  it('that is no program is an error too', async () => {
    const part = new Part({ name: 'missing', command: ['/nowhere/at-all'] });
    await expect(part.start('ready')).rejects.toThrow(/missing ended at once/);
  });

  it('passes its exit status on', async () => {
    const part = new Part({ name: 'seven', command: node('process.exit(7)') });
    await part.start();
    expect(await part.ended()).toBe(7);
  });

  it('may be started again', async () => {
    const part = new Part({ name: 'talker', command: node(TALKS) });
    await part.start('pid');
    await part.stop();
    await part.start('pid');
    expect(part.running).toBe(true);
    await part.stop();
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'])('ends when its starter is ended by %s', async (signal) => {
    const starter = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { Part } from ${JSON.stringify(new URL('part.mjs', import.meta.url).href)};
       const part = new Part({ name: 'talker', command: ${JSON.stringify(node(TALKS))} });
       await part.start('pid');
       console.log(part.tail);
       setInterval(() => {}, 1000);`,
    ]);
    const [text] = await once(starter.stdout, 'data');
    const pid = pidIn(text);
    expect(isAlive(pid)).toBe(true);
    starter.kill(signal);
    await once(starter, 'exit');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });
});
