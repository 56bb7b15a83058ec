// npm run bench:users: what administrators and logins ask of the users service, with a thousand users and with a million.
// The users are written into its database directly, as its own migrations made it; the questions go over NATS. A ratio
// of 1 means that a million costs no more than a thousand.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { freePort } from '../free-port.mjs';
import { makeDatabases } from '../databases.mjs';
import { build } from '../install.mjs';
import { natsPasswords, startNats } from '../nats.mjs';
import { startPostgres } from '../postgres.mjs';
import { fail } from '../problem.mjs';
import { step } from '../progress.mjs';
import { RunningService } from '../services.mjs';
import { percentile } from './percentiles.mjs';

const FEW = 1_000;
const MANY = Number(process.env.BENCH_USERS ?? 1_000_000);
const ROUNDS = 300;
const BY = { realmId: 'bench', clientId: 'bench', userId: 'bench' };

const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-'));
let system, bus, database;
try {
  await step('Building', build);
  system = await step('Starting Postgres, NATS and the users service', start);
  database = new pg.Client(system.databaseUrl);
  await database.connect();
  const [{ NatsBus }, { users }] = await Promise.all([
    import('../../libs/bus/dist/index.js'),
    import('../../libs/contracts/users/dist/index.js'),
  ]);
  // The bus reports its connection through Nest.
  Logger.overrideLogger(false);
  bus = new NatsBus('gateway', {
    NATS_URL: system.natsUrl,
    NATS_USER: 'gateway',
    NATS_PASSWORD: system.passwords.gateway,
  });
  await answers(() => bus.call(users.health, {}));
  const { id: realmId } = await bus.call(users.createRealm, { by: BY, name: 'bench', settings: {} });
  const questions = {
    'login-lookup': (n) => bus.call(users.identify, { realmId, name: `user-${n}` }),
    'exact-search': (n) => bus.call(users.search, { realmId, username: `user-${n}`, exact: true }),
    'prefix-search': (n) => bus.call(users.search, { realmId, search: `user-${(n % 9) + 1}` }),
    'first-page': () => bus.call(users.search, { realmId }),
  };

  await step(`Writing ${FEW} users`, () => fill(realmId, 1, FEW));
  const few = await step('Asking', () => ask(questions));
  await step(`Writing ${MANY} users`, () => fill(realmId, FEW + 1, MANY));
  const many = await step('Asking', () => ask(questions));
  report(few, many);
} catch (error) {
  fail(error);
} finally {
  await database?.end();
  await bus?.onApplicationShutdown();
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

async function start() {
  // As root, Postgres runs as a user of its own and has to get through to its folder.
  chmodSync(folder, 0o711);
  const passwords = natsPasswords();
  const stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const postgres = await startPostgres({
      port: await freePort(),
      folder: join(folder, 'postgres'),
      password: randomBytes(16).toString('hex'),
    });
    stops.push(postgres.stop);
    const nats = await startNats({ port: await freePort(), store: join(folder, 'nats'), passwords });
    stops.push(nats.stop);
    const databases = await makeDatabases(postgres.url, { users: randomBytes(16).toString('hex') });
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: databases.users,
      NATS_URL: nats.url,
      NATS_USER: 'users',
      NATS_PASSWORD: passwords.users,
      TUMBLER_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    };
    const service = new RunningService({ name: 'users', envs: [env], log() {}, announce: console.error });
    await service.start();
    stops.push(() => service.stop());
    return { databaseUrl: databases.users, natsUrl: nats.url, passwords, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function answers(question) {
  for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    try {
      return await question();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Indexes of words are made anew afterwards, which takes a tenth of the time that filling them row by row does. */
async function fill(realmId, from, to) {
  const { rows: indexes } = await database.query(
    `select indexname, indexdef from pg_indexes where tablename = 'realm_user' and indexdef ilike '%using gin%'`,
  );
  for (const { indexname } of indexes) await database.query(`drop index ${indexname}`);
  await database.query(
    `insert into realm_user (id, realm_id, emails_unique, username, email, email_verified, first_name, last_name, enabled,
       attributes, required_actions, not_before, created_at)
     select gen_random_uuid(), $1, true, 'user-' || n, 'user-' || n || '@example.org', true, 'First ' || n, 'Last ' || n, true,
       jsonb_build_object('n', jsonb_build_array(n::text)), '{}', null, now()
     from generate_series($2::int, $3::int) n`,
    [realmId, from, to],
  );
  await database.query(
    `insert into user_role (user_id, role_id)
     select u.id, r.id from realm_user u, role r where u.realm_id = $1 and r.realm_id = $1 and r.of_new_users
     on conflict do nothing`,
    [realmId],
  );
  for (const { indexdef } of indexes) await database.query(indexdef);
  for (const table of ['realm_user', 'user_role']) await database.query(`vacuum analyze ${table}`);
}

/** Medians in milliseconds. The questions take turns, so that whatever else the machine does meets all of them. */
async function ask(questions) {
  const times = Object.fromEntries(Object.keys(questions).map((name) => [name, []]));
  for (let round = -ROUNDS; round < ROUNDS; round++) {
    for (const [name, question] of Object.entries(questions)) {
      const began = performance.now();
      const answer = await question(1 + (((round + ROUNDS) * 7) % FEW));
      if (round >= 0) times[name].push(performance.now() - began);
      if (answer.length === 0 || answer.user === null) throw new Error(`${name} found nobody`);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, percentile(list, 0.5)]));
}

function report(few, many) {
  const names = Object.keys(few);
  process.stdout.write(
    [
      '',
      `Medians of ${ROUNDS}, over NATS; users written directly into the database`,
      '',
      `  ${''.padEnd(16)}${`${FEW} users`.padStart(16)}${`${MANY} users`.padStart(16)}`,
      ...names.map((name) => `  ${name.padEnd(16)}${ms(few[name])}${ms(many[name])}`),
      '',
      ...names.map((name) => `ratio ${name}: ${(many[name] / few[name]).toFixed(2)}`),
      '',
    ].join('\n'),
  );
}

function ms(value) {
  return `${value.toFixed(2)} ms`.padStart(16);
}
