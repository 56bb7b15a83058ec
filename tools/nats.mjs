// Runs a nats-server with JetStream and the users of deploy/nats.conf, on loopback.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { natsServer } from './nats-server.mjs';
import { Part } from './part.mjs';

export const NATS_USERS = ['gateway', 'flows', 'users', 'credentials', 'subscriber'];
const CONFIG = fileURLToPath(new URL('../deploy/nats.conf', import.meta.url));

/**
 * A password for each user of the bus. They begin with a letter: nats-server reads a variable as it reads its
 * configuration, where `1e5` is a number.
 */
export const natsPasswords = () =>
  Object.fromEntries(NATS_USERS.map((user) => [user, `n${randomBytes(20).toString('hex')}`]));

/**
 * Starts the server and answers when it accepts connections.
 * @param {{ binary?: string, port: number, store: string, passwords: Record<string, string>, log?: (name: string, text: string) => void }} options
 */
export async function startNats({ binary, port, store, passwords, log }) {
  mkdirSync(store, { recursive: true });
  // Its few messages need no second core: threads that look for work on it cost more than the work.
  const env = { PATH: process.env.PATH, NATS_STORE: store, GOMAXPROCS: '1' };
  for (const [user, password] of Object.entries(passwords))
    env[`NATS_PASSWORD_${user.toUpperCase()}`] = password;
  const part = new Part({
    name: 'nats',
    command: [
      binary ?? (await natsServer()),
      '--config',
      CONFIG,
      '--addr',
      '127.0.0.1',
      '--port',
      String(port),
    ],
    env,
    log,
  });
  const start = () => part.start('Server is ready');
  await start();
  return { url: `nats://127.0.0.1:${port}`, part, start, stop: () => part.stop() };
}
