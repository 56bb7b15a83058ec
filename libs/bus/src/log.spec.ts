import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Log } from './index.js';

const BUILT = new URL('../dist/log.js', import.meta.url).href;
const { isTTY } = process.stdout;
let written: string;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:00.250Z') });
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  process.stdout.isTTY = isTTY;
});

it('writes when in UTC, how grave, where from, and what, without colours where it is a file', () => {
  // Only a terminal has this property at all.
  Reflect.deleteProperty(process.stdout, 'isTTY');
  new Log().log('GET /health 200 1.5 ms', 'http');
  expect(written).toBe(
    `[Nest] ${process.pid}  - 2026-03-01T12:00:00.250Z     LOG [http] GET /health 200 1.5 ms\n`,
  );
});

it('has colours where somebody watches, who has not said NO_COLOR', () => {
  vi.stubEnv('NO_COLOR', '');
  process.stdout.isTTY = true;
  new Log().log('GET /health 200 1.5 ms', 'http');
  expect(written).toContain('\u001b[');
});

describe('lines of one moment', () => {
  beforeEach(() => vi.useRealTimers());

  /** What a program that logs says until it is over, both streams into one pipe as a container has it. */
  async function said(program: string): Promise<string[]> {
    const script = `import { Log } from '${BUILT}'; const log = new Log(); ${program}`;
    const child = spawn('/bin/sh', [
      '-c',
      'exec "$0" --input-type=module -e "$1" 2>&1',
      process.execPath,
      script,
    ]);
    const [all] = await Promise.all([text(child.stdout), once(child, 'close')]);
    return all.split('\n').flatMap((line) => /\] (\w+)$/.exec(line)?.[1] ?? []);
  }

  it('are written together', async () => {
    const script = `
      let writes = 0;
      const { _handle: handle } = process.stdout;
      for (const name of ['writev', 'writeUtf8String', 'writeLatin1String', 'writeBuffer']) {
        const real = handle[name];
        handle[name] = (...given) => (writes++, real.apply(handle, given));
      }
      for (let n = 0; n < 100; n++) log.log('line' + n, 'x');
      setTimeout(() => log.log('writes' + writes, 'x'), 200);`;
    const lines = await said(script);
    expect(lines).toHaveLength(101);
    expect(lines.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => `line${n}`));
    expect(lines.at(-1)).toBe('writes1');
  });

  it.each([
    ['that comes to its end', ''],
    ['that leaves', 'process.exit(1);'],
    ['that fails', `setTimeout(() => { throw new Error('nobody catches it'); }, 1);`],
  ])('are all there from a program %s', async (_name, end) => {
    expect(await said(`log.log('first', 'x'); log.log('last', 'x'); ${end}`)).toEqual(['first', 'last']);
  });

  it('come before the warning or the error that follows them', async () => {
    const program = `log.log('one', 'x'); log.warn('two', 'x'); log.log('three', 'x'); log.error('four', 'x'); log.log('five', 'x');`;
    expect(await said(program)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });
});
