import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestServers } from '../../../tools/test-servers.mjs';

/** Vitest's global setup. `npm test` has started the servers already and says so in the environment. */
export default async function setup(): Promise<(() => Promise<void>) | void> {
  if (process.env.TEST_DATABASE_URL && process.env.TEST_NATS_URL) return;
  const folder = await mkdtemp(join(tmpdir(), 'tumbler-test-'));
  // As root, Postgres runs as a user of its own and has to get through to its folder.
  await chmod(folder, 0o711);
  const servers = await startTestServers(folder);
  Object.assign(process.env, servers.env);
  return async () => {
    await servers.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
