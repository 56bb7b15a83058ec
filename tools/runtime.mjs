// The Node that the services run on: a maintained one, whichever this machine has.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

/** The line of Node that gets fixes for longest, and whose V8 does the same work with a quarter less time. */
const MAINTAINED = 24;

/**
 * What it is told besides. A request is a long way through code of which each part is short: compiled at once, however
 * roughly, it is not interpreted a thousand times first.
 */
export const OPTIONS_OF_SERVICES = ['--enable-source-maps', '--always-sparkplug'];

/**
 * The program to start services with: this process's own where it is new enough, else the one that npm has installed for
 * this kind of machine, and this process's own where that does not run here (another libc, or left out by
 * `--omit=optional`).
 */
export function nodeForServices({ own = process, packaged = packagedNode() } = {}) {
  if (majorOf(own.versions.node) >= MAINTAINED || !packaged) return own.execPath;
  const { status, stdout } = spawnSync(packaged, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && majorOf(stdout.slice(1)) >= MAINTAINED ? packaged : own.execPath;
}

const majorOf = (version) => Number(version.split('.')[0]);

function packagedNode() {
  try {
    const require = createRequire(import.meta.url);
    return require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}
