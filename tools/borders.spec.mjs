// A rule about borders that is not run says nothing. This breaks each border and expects to be told.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './install.mjs';

const CROSSINGS = [
  [
    'users asks credentials',
    'apps/users',
    "export { credentials } from '@tumbler/contract-credentials';",
    /service:users.* can only depend on/,
  ],
  [
    'credentials asks users',
    'apps/credentials',
    "export { users } from '@tumbler/contract-users';",
    /service:credentials.* can only depend on/,
  ],
  [
    'flows imports an app',
    'apps/flows',
    "export * from '../../users/src/config.js';",
    /enforce-module-boundaries/,
  ],
  [
    'a contract reaches for the database',
    'libs/contracts/users',
    "export { openDatabase } from '@tumbler/database';",
    /contract:users.* can only depend on/,
  ],
  [
    'a platform library knows a service',
    'libs/bus',
    "export { users } from '@tumbler/contract-users';",
    /platform.* can only depend on/,
  ],
  [
    'otplib outside credentials',
    'apps/flows',
    "export { generateSecret } from 'otplib';",
    /Only apps\/credentials\/ may use it/,
  ],
  [
    'qrcode outside the gateway',
    'apps/credentials',
    "export { toString } from 'qrcode';",
    /Only apps\/gateway\/ may use it/,
  ],
  [
    'NATS outside bus and events',
    'apps/users',
    "export { connect } from '@nats-io/transport-node';",
    /Only libs\/bus\/.* may use it/,
  ],
  [
    'typeorm in a contract',
    'libs/contracts/flows',
    "export { DataSource } from 'typeorm';",
    /Only apps\/.* may use it/,
  ],
  [
    'what is shipped reaches for test-bed',
    'apps/users',
    "export { freshDatabase } from '@tumbler/test-bed';",
    /service:users.* can only depend on/,
  ],
].map(([what, folder, source, message]) => {
  const name = `crossing-${what.replaceAll(' ', '-')}.ts`;
  return { what, folder, source, message, name, file: join(ROOT, folder, 'src', name) };
});

let output;

beforeAll(() => {
  for (const { file, source } of CROSSINGS) writeFileSync(file, `${source}\n`);
  const projects = [...new Set(CROSSINGS.map(({ folder }) => folder))].map(nameOf);
  const nx = join(ROOT, 'node_modules/nx/dist/bin/nx.js');
  const run = ['run-many', '-t', 'lint', '-p', projects.join(), '--skip-nx-cache', '--output-style=static'];
  // The target as it is, spared the rest of each project.
  const only = ['--', '--ignore-pattern=**/*.ts', '--ignore-pattern=!**/crossing-*.ts'];
  const { stdout, stderr } = spawnSync(process.execPath, [nx, ...run, ...only], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', FORCE_COLOR: '0' },
  });
  output = stdout + stderr;
});
afterAll(() => {
  for (const { file } of CROSSINGS) rmSync(file, { force: true });
});

const nameOf = (folder) => JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).name;

/** What lint says of one file: the lines below its name, up to the next name. */
function saidOf(name) {
  const [, after = ''] = output.split(name);
  return after.split(/^\//m)[0];
}

describe('lint, run through nx, reports that', () => {
  it.each(CROSSINGS)('$what', ({ name, message }) => {
    expect(saidOf(name)).toMatch(message);
  });
});
