// The Postgres and the NATS that tests run against.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { natsPasswords, startNats } from './nats.mjs';
import { startPostgres } from './postgres.mjs';

/** Starts both in `folder`; `env` is what tests find them by. */
export async function startTestServers(folder) {
  mkdirSync(folder, { recursive: true });
  const passwords = natsPasswords();
  const [postgres, nats] = await Promise.all([
    startPostgres({
      port: await freePort(),
      folder: join(folder, 'postgres'),
      password: 'test',
      // Tests lose nothing in a crash that they could not make again.
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    }),
    startNats({
      port: await freePort(),
      store: join(folder, 'nats'),
      passwords,
    }),
  ]);
  return {
    env: {
      TEST_DATABASE_URL: postgres.url,
      TEST_NATS_URL: nats.url,
      TEST_NATS_PASSWORDS: JSON.stringify(passwords),
    },
    async stop() {
      await nats.stop();
      await postgres.stop();
    },
  };
}
