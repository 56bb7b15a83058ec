import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolder } from './data-folder.mjs';
import { Problem } from './problem.mjs';

let parent;
let folder;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tumbler-data-'));
  folder = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function problemOf(path) {
  try {
    new DataFolder(path).open();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error.message).toContain('TUMBLER_DATA=');
    return error.message;
  }
  throw new Error('it was opened');
}

describe('the data folder', () => {
  it('is made, with secrets that only its owner reads and that stay the same', () => {
    const first = new DataFolder(folder);
    first.open();
    first.release();
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    const second = new DataFolder(folder);
    second.open();
    second.release();
    expect(second.secrets).toEqual(first.secrets);
  });

  it('is refused while another process uses it', () => {
    new DataFolder(folder).open();
    expect(problemOf(folder)).toContain(`runs already on ${folder} (process ${process.pid})`);
  });

  it('is taken over from a process that ended without a word', () => {
    new DataFolder(folder).open();
    writeFileSync(join(folder, 'running'), '4194305 1\n');
    expect(() => new DataFolder(folder).open()).not.toThrow();
  });

  it('is taken over when the number of the process has gone to another program since', () => {
    new DataFolder(folder).open();
    writeFileSync(join(folder, 'running'), `${process.pid} 1\n`);
    expect(() => new DataFolder(folder).open()).not.toThrow();
  });

  it.each([
    ['a file', () => writeFileSync(folder, ''), /it is not a folder/],
    [
      'a folder with other things in it',
      () => {
        mkdirSync(folder);
        writeFileSync(join(folder, 'thesis.tex'), '');
      },
      /holds other things/,
    ],
    [
      'a database without its secrets',
      () => mkdirSync(join(folder, 'postgres'), { recursive: true }),
      /no secrets\.json/,
    ],
    [
      'secrets that were cut off',
      () => {
        mkdirSync(folder);
        writeFileSync(join(folder, 'secrets.json'), '{"version":1,"postg');
      },
      /does not read as Tumbler wrote it/,
    ],
  ])('is refused when it is %s', (_what, make, message) => {
    make();
    expect(problemOf(folder)).toMatch(message);
  });

  it('never shows a secret in a message', () => {
    const data = new DataFolder(folder);
    data.open();
    data.release();
    const text = readFileSync(join(folder, 'secrets.json'), 'utf8');
    writeFileSync(join(folder, 'secrets.json'), text.replace('"version": 1', '"version": 2'));
    const message = problemOf(folder);
    expect(message).not.toContain(data.secrets.postgres);
    expect(message).not.toContain(data.secrets.keys.gateway);
  });
});
