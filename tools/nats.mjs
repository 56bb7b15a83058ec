// Runs a nats-server with JetStream and the users of deploy/nats.conf.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

export const NATS_USERS = ['gateway', 'flows', 'users', 'credentials', 'subscriber'];
const CONFIG = fileURLToPath(new URL('../deploy/nats.conf', import.meta.url));

/**
 * A password for each user of the bus. They begin with a letter and hold hexadecimal digits only, since nats-server reads
 * the value of a variable as it reads its own configuration: `1e5…` would be a number to it.
 */
export const natsPasswords = () =>
  Object.fromEntries(NATS_USERS.map((user) => [user, `p${randomBytes(24).toString('hex')}`]));

/**
 * Starts the server on loopback and answers when it accepts connections. `stop` ends it, and waits until it has ended.
 * @param {{ binary?: string, port: number, store: string, passwords: Record<string, string>, log?: (text: string) => void }} options
 */
export async function startNats({ binary = 'nats-server', port, store, passwords, log = () => {} }) {
  const env = { ...process.env, NATS_STORE: store };
  for (const [user, password] of Object.entries(passwords))
    env[`NATS_PASSWORD_${user.toUpperCase()}`] = password;
  const server = spawn(binary, ['--config', CONFIG, '--addr', '127.0.0.1', '--port', String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C reaches a whole process group; the server must outlive those who still talk to it.
    detached: true,
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-4000);
      log(String(chunk));
    });
  }
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const failed = new Promise((_, reject) => {
    server.once('error', (error) => reject(new Error(`nats-server does not start: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`nats-server ended at once (${code}):\n${output}`)));
  });
  failed.catch(() => {});
  await Promise.race([listening(port), failed]);
  return {
    url: `nats://127.0.0.1:${port}`,
    process: server,
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        server.kill('SIGTERM');
        await ended;
      }
    },
  };
}

async function listening(port, deadline = Date.now() + 10_000) {
  for (;;) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    if (Date.now() > deadline) throw new Error(`nats-server does not listen on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
