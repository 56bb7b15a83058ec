import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Log } from './index.js';

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
