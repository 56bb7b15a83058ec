// npm start: from a fresh clone, or from where it was left, to a Tumbler that answers.
import { appendFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, checkNode, endChildren, install, isInstalled, ROOT } from './install.mjs';
import { fail, Problem } from './problem.mjs';
import { notice, step } from './progress.mjs';
import { checkHost, portIsFree, startSystem } from './system.mjs';

const SAME_CTRL_C_MS = 1_500;
const LOG_BYTES = 16 * 1024 * 1024;
let system;
let stopSystem;
let stoppedAt = 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
process.on('exit', endChildren);

try {
  checkNode();
  const settings = settingsFrom(process.env);
  // Before the minutes that installing takes.
  await portIsFree(settings.port, settings.host);
  if (!isInstalled()) await step('Installing packages (a minute or two, the first time)', install);
  await step('Building', build);
  const logs = logTo(join(settings.folder, 'logs'));
  system = await startSystem({
    ...settings,
    log: logs.log,
    announce: (text) => stoppedAt || notice(`! ${text}; see ${logs.folder}`),
    step,
    onStarting: (stop) => (stopSystem = stop),
  });
  greet(settings.folder);
} catch (error) {
  if (!stoppedAt) {
    fail(error);
    process.exit();
  }
}

function settingsFrom({ PORT, HOST, DATABASE_URL, NATS_URL, ...env }) {
  const settings = {
    folder: resolve(ROOT, env.TUMBLER_DATA || '.tumbler'),
    port: portOf(PORT),
    host: HOST || '127.0.0.1',
    databaseUrl: DATABASE_URL || undefined,
    natsUrl: NATS_URL || undefined,
    natsPasswords: NATS_URL ? natsPasswords() : undefined,
    adminName: env.TUMBLER_ADMIN || 'admin',
    adminPassword: env.TUMBLER_ADMIN_PASSWORD || undefined,
  };
  checkHost(settings);
  return settings;
}

function portOf(text = '8080') {
  const port = Number(text || '8080');
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Problem('PORT must be a number from 1 to 65535.');
}

/** A NATS that runs already has users of its own: deploy/nats.conf says which. */
function natsPasswords() {
  const users = ['gateway', 'flows', 'users', 'credentials', 'subscriber'];
  const variable = (user) => `NATS_PASSWORD_${user.toUpperCase()}`;
  const missing = users.filter((user) => user !== 'subscriber' && !process.env[variable(user)]).map(variable);
  if (missing.length > 0) throw new Problem(`With NATS_URL set, these must be too: ${missing.join(', ')}.`);
  return Object.fromEntries(users.map((user) => [user, process.env[variable(user)]]));
}

function greet(folder) {
  const { url, admin, madeAdminPassword } = system;
  const address = url.replace('127.0.0.1', 'localhost');
  const lines = [
    '',
    'Tumbler is ready.',
    '',
    `  Sign in       ${address}/realms/master/account`,
    `  Admin API     ${address}/admin/realms`,
    `  Administrator ${admin.name}`,
    ...(madeAdminPassword
      ? [`  Password      ${admin.password}   (made just now and not shown again)`]
      : process.env.TUMBLER_ADMIN_PASSWORD
        ? ['  Password      the one in TUMBLER_ADMIN_PASSWORD, if this is the first start']
        : ['  Password      the one that the first start showed']),
    `  Data          ${folder}`,
    `  Events        ${system.natsUrl}, user subscriber (docs/guides/listen-to-events.md)`,
    '',
    'Ctrl-C stops everything.',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** One file for each part; a file that has grown large is put aside at the next start. */
function logTo(folder) {
  const seen = new Set();
  return {
    folder,
    log(name, text) {
      const file = join(folder, `${name}.log`);
      if (!seen.has(name)) {
        seen.add(name);
        if (existsSync(file) && statSync(file).size > LOG_BYTES) {
          rmSync(`${file}.old`, { force: true });
          renameSync(file, `${file}.old`);
        }
      }
      appendFileSync(file, text, { mode: 0o600 });
    },
  };
}

/**
 * Services first, then what they stand on. At a second Ctrl-C leaving is enough: what was started
 * ends with us. npm passes a Ctrl-C on that we have got already, so one that comes at once is the same one.
 */
async function stop() {
  if (!stopSystem) process.exit(130);
  if (stoppedAt) {
    if (Date.now() - stoppedAt > SAME_CTRL_C_MS) process.exit(130);
    return;
  }
  stoppedAt = Date.now();
  await step('Stopping', stopSystem);
  process.exit(system ? 0 : 130);
}
