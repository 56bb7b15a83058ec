// Programs that npm does not have, from Debian's packages.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../node_modules/.cache/tumbler/debian', import.meta.url));

const runs = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path of a program, if PATH has it. Debian keeps servers in sbin, which is not on the PATH of everybody. */
export function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, program))
    .find(runs);
}

/** Fetches a package into a cache, without installing it, and answers where its program lies; undefined where that cannot be. */
export async function debianProgram(name, program, say = () => {}) {
  const folder = join(CACHE, name);
  const path = join(folder, program);
  if (runs(path)) return path;
  if (!onPath('apt-get') || !onPath('dpkg')) return undefined;
  say(`fetching Debian's package ${name}`);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const fetch = ['apt-get', '-qq', '-o', 'APT::Sandbox::User=root', 'download', name];
    if (!(await run(fetch, work)) && !((await updateLists()) && (await run(fetch, work)))) return undefined;
    const file = readdirSync(work).find((entry) => entry.endsWith('.deb'));
    if (!file || !(await run(['dpkg', '-x', file, 'root'], work))) return undefined;
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(work, 'root'), folder);
    return runs(path) ? path : undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs packages, as root on a Debian only; answers whether that worked. */
export async function installDebian(packages, say = () => {}) {
  if (userInfo().uid !== 0 || !onPath('apt-get')) return false;
  say(`installing ${packages.join(', ')}`);
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages];
  return (await run(install)) || ((await updateLists()) && (await run(install)));
}

/** A new machine has no lists of packages yet. Only root may fetch them. */
async function updateLists() {
  return userInfo().uid === 0 && (await run(['apt-get', 'update', '-qq']));
}

function run([command, ...args], cwd = dirname(CACHE)) {
  mkdirSync(cwd, { recursive: true });
  return new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(command, args, { cwd, env, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (status) => resolve(status === 0));
  });
}
