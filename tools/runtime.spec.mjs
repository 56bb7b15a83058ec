import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeForServices } from './runtime.mjs';

let folder;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tumbler-runtime-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const old = { execPath: '/old/node', versions: { node: '20.20.2' } };

function program(name, script) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the Node that services run on', () => {
  it("is the machine's own where that is maintained", () => {
    const own = { execPath: '/own/node', versions: { node: '24.1.0' } };
    expect(nodeForServices({ own, packaged: program('newer', 'echo v26.0.0') })).toBe('/own/node');
  });

  it('is the one that npm installed where the own one is old', () => {
    const packaged = program('maintained', 'echo v24.22.3');
    expect(nodeForServices({ own: old, packaged })).toBe(packaged);
  });

  it.each([
    ['was not installed', () => null],
    ['does not run on this machine', () => program('foreign', 'exit 127')],
    ['is not there', () => join(folder, 'nowhere')],
    ['is old as well', () => program('aged', 'echo v20.0.0')],
  ])("is the machine's own where the other %s", (_why, packaged) => {
    expect(nodeForServices({ own: old, packaged: packaged() })).toBe('/old/node');
  });
});
