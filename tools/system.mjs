// The whole of Tumbler on this machine: Postgres, NATS and the four services. `npm start`, the stories and the
// benchmarks all start it here.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DataFolder } from './data-folder.mjs';
import { makeDatabases } from './databases.mjs';
import { freePort } from './free-port.mjs';
import { startNats } from './nats.mjs';
import { natsServer } from './nats-server.mjs';
import { startPostgres } from './postgres.mjs';
import { Problem } from './problem.mjs';
import { RunningService, SERVICES } from './services.mjs';

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];
const READY_MS = 60_000;
const MOST_FAILURES = 3;

/**
 * Starts everything that is not there yet and answers when the gateway says that all of it is ready.
 * Throws a `Problem` that says what to do, and leaves nothing running behind it.
 *
 * @param {import('./system.d.mts').SystemOptions} options
 * @returns {Promise<import('./system.d.mts').System>}
 */
export async function startSystem({
  folder,
  port,
  host = '127.0.0.1',
  databaseUrl,
  natsUrl,
  natsPasswords,
  adminName = 'admin',
  adminPassword,
  env = {},
  instances = {},
  log = () => {},
  announce = () => {},
  step = (_title, work) => work(() => {}),
  onStarting = () => {},
}) {
  checkHost({ host, adminPassword });
  await portIsFree(port, host);
  const data = new DataFolder(folder);
  data.open();
  const stops = [() => data.release()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  onStarting(stop);

  try {
    const { secrets } = data;
    const passwords = natsUrl ? natsPasswords : secrets.nats;

    const postgres = databaseUrl
      ? undefined
      : await step('Starting Postgres', async () =>
          startPostgres({
            port: await freePort(),
            folder: join(folder, 'postgres'),
            password: secrets.postgres,
            log,
          }),
        );
    if (postgres) stops.push(postgres.stop);

    const nats = natsUrl
      ? undefined
      : await step('Starting NATS', async (say) =>
          startNats({
            binary: await natsServer(say),
            port: await freePort(),
            store: join(folder, 'nats'),
            passwords,
            log,
          }),
        );
    if (nats) stops.push(nats.stop);

    const databases = await makeDatabases(databaseUrl ?? postgres.url, secrets.roles);
    const firstPassword = adminPassword ?? secrets.firstPassword;
    const own = {
      users: { TUMBLER_KEYS: secrets.keys.users },
      credentials: { TUMBLER_KEYS: secrets.keys.credentials },
      gateway: {
        TUMBLER_KEYS: secrets.keys.gateway,
        HOST: host,
        TUMBLER_ADMIN: adminName,
        ...(firstPassword ? { TUMBLER_ADMIN_PASSWORD: firstPassword } : {}),
      },
    };
    const ports = [port];
    while (ports.length < (instances.gateway ?? 1)) ports.push(await freePort());
    const services = new Map(
      SERVICES.map((name) => {
        const envs = Array.from({ length: instances[name] ?? 1 }, (_, index) => ({
          NODE_ENV: 'production',
          ...env,
          DATABASE_URL: databases[name],
          NATS_URL: natsUrl ?? nats.url,
          NATS_USER: name,
          NATS_PASSWORD: passwords[name],
          ...own[name],
          ...(name === 'gateway' ? { PORT: String(ports[index]) } : {}),
        }));
        return [name, new RunningService({ name, envs, log, announce })];
      }),
    );
    stops.push(async () => {
      // Those who ask end before those who answer.
      for (const name of [...SERVICES].reverse()) await services.get(name)?.stop();
    });

    const urls = ports.map((each) => `http://${host.includes(':') ? `[${host}]` : host}:${each}`);
    await step('Starting the services', async (say) => {
      await Promise.all([...services.values()].map((service) => service.start()));
      await Promise.all(urls.map((url) => ready(url, services, say)));
    });
    if (secrets.firstPassword) data.save({ ...secrets, firstPassword: undefined });

    const parts = { postgres, nats };
    return {
      url: urls[0],
      urls,
      natsUrl: natsUrl ?? nats.url,
      databaseUrls: databases,
      passwords,
      admin: { name: adminName, password: firstPassword },
      madeAdminPassword: !adminPassword && Boolean(firstPassword),
      service(name) {
        const service = services.get(name) ?? parts[name];
        if (!service) throw new Error(`no service named ${name}`);
        return service;
      },
      ready: () => Promise.all(urls.map((url) => ready(url, services))).then(() => {}),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whoever is first to reach a new Tumbler must not be a stranger with a printed password. */
export function checkHost({ host, adminPassword }) {
  if (adminPassword || LOOPBACK.includes(host)) return;
  throw new Problem(
    `HOST=${host} opens Tumbler to the network, and the administrator has no password of your choice yet.\n` +
      'Set TUMBLER_ADMIN_PASSWORD too.',
  );
}

export function portIsFree(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const why =
        { EADDRINUSE: 'is taken by another program', EACCES: 'may not be used by this user' }[error.code] ??
        `cannot be used (${error.code})`;
      reject(
        new Problem(
          `Port ${port} on ${host} ${why}.\nFree it, or choose another: PORT=${Number(port) + 1} npm start`,
        ),
      );
    });
    server.listen({ port, host }, () => server.close(() => resolve()));
  });
}

/** Waits until the gateway says that every service, Postgres and NATS answer. */
async function ready(url, services, say = () => {}) {
  const failuresBefore = new Map([...services.values()].map((service) => [service, service.failures]));
  for (const deadline = Date.now() + READY_MS; ;) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    if (answer?.ok) return;
    for (const [service, before] of failuresBefore) {
      if (service.failures - before >= MOST_FAILURES) {
        throw new Problem(`The service ${service.name} does not start. It says:\n${service.lastWords}`);
      }
    }
    const said = answer ? await answer.text() : 'the gateway does not answer';
    say(said);
    if (answer?.headers.get('content-type')?.includes('json')) {
      const { problem } = JSON.parse(said);
      if (problem) throw new Problem(`${problem}.`);
    }
    if (Date.now() > deadline) throw new Problem(`Tumbler is not ready after ${READY_MS / 1000} s: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
