// npm test: everything that must hold before a change is taken in, in the order in which it is cheapest to fail.
// While working, some of it by name: npm test -- types stories
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDebian, onPath } from './debian.mjs';
import { checkNode, endChildren, install, isInstalled, ROOT } from './install.mjs';
import { fail, Problem } from './problem.mjs';
import { step } from './progress.mjs';

/** What the stories need besides Node: a browser, an authenticator that is not ours, and what the guides use. By program, Debian's package. */
const PROGRAMS = {
  chromium: 'chromium',
  oathtool: 'oathtool',
  zbarimg: 'zbar-tools',
  curl: 'curl',
  jq: 'jq',
};
const tests = { passed: 0, failed: 0, skipped: 0 };
const stages = [];
const chosen = process.argv.slice(2);
let child;
let servers;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
process.on('exit', () => {
  endChildren();
  child?.kill();
});

try {
  checkNode();
  await stage('set-up', setUp);
  await stage('lint and borders', () => nx('run-many', '-t', 'lint'));
  await stage('format', () =>
    node('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  );
  await stage('types', async () => {
    await node('node_modules/typescript/bin/tsc', '-b');
    await node('tools/openapi.mjs');
  });
  await stage('unit and integration', async () => {
    servers = await startServers();
    await nx('run-many', '-t', 'test', '--exclude', '@tumbler/e2e');
  });
  await stage('stories in a browser', () => nx('run', '@tumbler/e2e:test'));
  if (tests.passed === 0 && chosen.length === 0) throw new Problem('No test was run.');
} catch (error) {
  fail(error);
} finally {
  await servers?.stop();
}
summary();
process.exit();

/** Installs what is missing, so that a fresh clone on a fresh machine can run the rest. */
async function setUp() {
  if (!isInstalled()) await step('Installing packages', install);
  const { natsServer } = await import('./nats-server.mjs');
  await natsServer();
  const missing = Object.entries(PROGRAMS).filter(([program]) => !onPath(program));
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  await step(`Installing ${packages.join(', ')}`, (say) => installDebian(packages, say));
  const still = missing.filter(([program]) => !onPath(program));
  if (still.length > 0) {
    throw new Problem(
      `The tests need ${still.map(([program]) => program).join(', ')} on PATH.\n` +
        `Debian, Ubuntu: sudo apt-get install ${still.map(([, name]) => name).join(' ')}`,
    );
  }
}

/** One Postgres and one NATS for all projects; each test file makes a database of its own. */
async function startServers() {
  const { startTestServers } = await import('./test-servers.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-test-'));
  const { env, stop } = await startTestServers(folder);
  Object.assign(process.env, env);
  return {
    async stop() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function stage(name, work) {
  if (chosen.length > 0 && name !== 'set-up' && !chosen.some((word) => name.includes(word))) return;
  const started = Date.now();
  process.stdout.write(`\n=== ${name}\n`);
  const entry = { name, ok: false };
  stages.push(entry);
  try {
    await work();
    entry.ok = true;
  } finally {
    entry.seconds = (Date.now() - started) / 1000;
  }
}

function nx(...args) {
  // The daemon would outlive the run, and the picture it draws is of no use in a log.
  return node('node_modules/nx/dist/bin/nx.js', ...args, '--output-style=static');
}

function node(program, ...args) {
  const env = {
    ...process.env,
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
  };
  return new Promise((resolve, reject) => {
    child = spawn(process.execPath, [join(ROOT, program), ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let rest = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        process.stdout.write(text);
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(count);
      });
    }
    child.once('error', reject);
    child.once('close', (status) => {
      child = undefined;
      status === 0 ? resolve() : reject(new Problem(`${stages.at(-1).name}: failed, see above.`));
    });
  });
}

/** Adds up the lines with which vitest closes each run: `Tests  1 failed | 12 passed (13)`. */
function count(line) {
  const plain = line.replace(/\x1b\[[0-9;]*m/g, '');
  if (!/^\s*Tests\s+\d+ (passed|failed|skipped)/.test(plain)) return;
  for (const kind of Object.keys(tests))
    tests[kind] += Number(new RegExp(`(\\d+) ${kind}`).exec(plain)?.[1] ?? 0);
}

function summary() {
  const rows = stages.map(
    ({ name, ok, seconds }) => `  ${ok ? '✔' : '✖'} ${name.padEnd(24)} ${seconds.toFixed(1)} s`,
  );
  const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : '';
  process.stdout.write(`\n${rows.join('\n')}\n\n${tests.passed} passed, ${tests.failed} failed${skipped}\n`);
}
