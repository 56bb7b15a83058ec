// From a fresh clone to something that can be started. Needs nothing but Node and npm.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

/** The oldest Node that package.json allows. */
export function checkNode(version = process.versions.node) {
  const needed = read('package.json').engines.node.replace('>=', '');
  const [haveMajor, haveMinor] = version.split('.').map(Number);
  const [needMajor, needMinor] = needed.split('.').map(Number);
  if (haveMajor > needMajor || (haveMajor === needMajor && haveMinor >= needMinor)) return;
  throw new Problem(
    `Tumbler needs Node ${needed} or newer, and this is Node ${version}.\n` +
      'Install a newer one (https://nodejs.org, or `nvm install 22`) and try again.',
  );
}

/** True when each package of package-lock.json is there in the version that it names. */
export function isInstalled() {
  const record = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const have = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(read('package-lock.json').packages).every(
    ([path, { version, link, optional, peer }]) =>
      !path.includes('node_modules/') ||
      (have[path] ? link || have[path].version === version : optional || peer),
  );
}

/** Installs exactly what package-lock.json names. */
export async function install() {
  const { status, output } = await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0)
    throw new Problem(`npm ci failed. It needs the npm registry. It said:\n${lastLines(output)}`);
}

/** Compiles what changed since the last time, and writes the API's document down. */
export async function build() {
  for (const args of [['node_modules/typescript/bin/tsc', '-b'], ['tools/openapi.mjs']]) {
    const { status, output } = await run(process.execPath, args);
    if (status !== 0) throw new Problem(`The build failed:\n${lastLines(output)}`);
  }
}

const lastLines = (output) => output.trim().split('\n').slice(-30).join('\n');

const children = new Set();

/** Ends what is being installed or built. */
export function endChildren() {
  for (const child of children) child.kill();
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', (error) =>
      reject(
        error.code === 'ENOENT' ? new Problem(`The program ${command} is needed and is not on PATH.`) : error,
      ),
    );
    child.once('close', (status) => {
      children.delete(child);
      resolve({ status, output });
    });
  });
}
