// What `npm start` keeps between runs: the database, the stream, and the passwords and keys that belong to them.
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { natsPasswords } from './nats.mjs';
import { Problem } from './problem.mjs';

const OURS = ['secrets.json', 'running', 'logs', 'nats', 'postgres', 'postgres.new'];
const CHOOSE = 'or choose another place: TUMBLER_DATA=<folder> npm start';

export class DataFolder {
  constructor(path) {
    this.path = path;
  }

  get logs() {
    return join(this.path, 'logs');
  }

  /** Makes or checks the folder, takes it for this process alone, and reads or makes the secrets. */
  open() {
    this.#check();
    this.#take();
    process.once('exit', this.release);
    mkdirSync(this.logs, { recursive: true, mode: 0o700 });
    this.secrets = this.#readSecrets() ?? this.#makeSecrets();
  }

  release = () => {
    process.removeListener('exit', this.release);
    rmSync(join(this.path, 'running'), { force: true });
  };

  /** Written beside and moved into place, so that a full disk or a crash never costs the keys. */
  save(secrets) {
    this.secrets = secrets;
    const file = join(this.path, 'secrets.json');
    writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  #check() {
    try {
      // Root's Postgres runs as somebody else, who must get through.
      mkdirSync(this.path, { recursive: true, mode: userInfo().uid === 0 ? 0o711 : 0o700 });
      if (!statSync(this.path).isDirectory()) throw new Error('it is not a folder');
      accessSync(this.path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      const why =
        {
          EACCES: 'this user may not write there',
          EROFS: 'it cannot be written',
          EEXIST: 'it is not a folder',
          ENOTDIR: 'it is not a folder',
          ENOSPC: 'the disk is full',
        }[error.code] ?? error.message;
      throw new Problem(`The data folder ${this.path} cannot be used: ${why}.\nPut that right, ${CHOOSE}`);
    }
    const entries = readdirSync(this.path);
    if (entries.length > 0 && !entries.some((entry) => OURS.includes(entry))) {
      throw new Problem(
        `The data folder ${this.path} holds other things, and none of Tumbler's.\nName an empty one, ${CHOOSE}`,
      );
    }
    if (entries.includes('postgres') && !entries.includes('secrets.json')) {
      throw new Problem(
        `The data folder ${this.path} has a database and no secrets.json, which holds its passwords and keys.\n` +
          `Put that file back, or move the folder away to begin anew, ${CHOOSE}`,
      );
    }
  }

  /** The file names the process and when it began: a number alone may have gone to another program since. */
  #take() {
    const file = join(this.path, 'running');
    for (;;) {
      try {
        const handle = openSync(file, 'wx', 0o600);
        writeSync(handle, `${process.pid} ${bornAt(process.pid)}\n`);
        closeSync(handle);
        return;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const [pid, born] = readFileSync(file, 'utf8').trim().split(' ');
      if (isAlive(Number(pid)) && bornAt(Number(pid)) === born) {
        throw new Problem(
          `Tumbler runs already on ${this.path} (process ${pid}).\nStop it first (Ctrl-C there, or kill ${pid}), ${CHOOSE}`,
        );
      }
      rmSync(file, { force: true });
    }
  }

  #readSecrets() {
    const file = join(this.path, 'secrets.json');
    if (!existsSync(file)) return undefined;
    const secrets = parse(readFileSync(file, 'utf8'));
    const complete =
      secrets?.version === 1 &&
      secrets.postgres &&
      secrets.roles &&
      secrets.nats &&
      secrets.keys?.credentials &&
      secrets.keys?.gateway;
    if (!complete) {
      throw new Problem(
        `The file ${file} does not read as Tumbler wrote it.\n` +
          `Put it back from a copy, or move ${this.path} away to begin anew, ${CHOOSE}`,
      );
    }
    chmodSync(file, 0o600);
    // Written before the users service had keys.
    if (!secrets.keys.users) this.save({ ...secrets, keys: { ...secrets.keys, users: newKey() } });
    return this.secrets ?? secrets;
  }

  #makeSecrets() {
    const password = () => randomBytes(24).toString('base64url');
    const secrets = {
      version: 1,
      postgres: password(),
      roles: Object.fromEntries(
        ['gateway', 'flows', 'users', 'credentials'].map((service) => [service, password()]),
      ),
      nats: natsPasswords(),
      keys: { gateway: newKey(), credentials: newKey(), users: newKey() },
      // Kept only until a start has succeeded and shown it.
      firstPassword: randomBytes(12).toString('base64url'),
    };
    this.save(secrets);
    return secrets;
  }
}

const newKey = () => `k1:${randomBytes(32).toString('base64')}`;

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** When a process began, in ticks since the system did; `-` where the system does not say. */
function bornAt(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
  } catch {
    return '-';
  }
}
