import { Test } from '@nestjs/testing';
import { LocalBus } from '@tumbler/bus';
import { Clock, StoppedClock } from '@tumbler/clock';
import type { CloudEvent } from '@tumbler/contract-events';
import { freshDatabase, testNats, type FreshDatabase } from '@tumbler/test-bed';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { credentialsService, handlers } from '../app.module.js';
import { CredentialsConfig } from '../config.js';

export interface TestCredentials {
  bus: LocalBus;
  clock: StoppedClock;
  db: DataSource;
  get: <T>(provider: abstract new (...args: never[]) => T) => T;
  /** What was told, oldest first. */
  told(): Promise<CloudEvent[]>;
  /** How many statements `work` sends to the database; events, which are carried in the background, apart. */
  queriesOf(work: () => Promise<unknown>): Promise<number>;
  close(): Promise<void>;
}

export const TEST_KEY = `test:${Buffer.alloc(32, 7).toString('base64')}`;

export interface TestOptions extends Partial<CredentialsConfig> {
  /** To be a further instance of a service that is there already. */
  database?: FreshDatabase;
  clock?: StoppedClock;
}

/** The service as it runs, on a database of its own, asked without NATS between. */
export async function testCredentials(options: TestOptions = {}): Promise<TestCredentials> {
  const { database = await freshDatabase(), clock = startOfSpring(), ...settings } = options;
  const config = Object.assign(
    new CredentialsConfig(),
    { DATABASE_URL: database.url, ...testNats('credentials'), TUMBLER_KEYS: TEST_KEY },
    settings,
  );
  const module = await Test.createTestingModule({ imports: [credentialsService(config)] })
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const bus = new LocalBus();
  for (const handler of handlers) bus.plug(module.get<object>(handler, { strict: false }));
  const db = module.get(DataSource, { strict: false });
  return {
    bus,
    clock,
    db,
    get: (provider) => module.get(provider, { strict: false }),
    async told() {
      const rows = await db.query<{ event: CloudEvent }[]>('select event from outbox order by seq');
      return rows.map(({ event }) => event);
    },
    async queriesOf(work) {
      // Prepared statements go to the pool itself, all others take a connection out of it.
      const pool = (db.driver as PostgresDriver).master as { query: (...args: unknown[]) => unknown };
      const [query, ask] = [db.query.bind(db), pool.query.bind(pool)];
      let count = 0;
      const counted = (text: string) => {
        if (!/outbox|advisory/.test(text)) count++;
      };
      db.query = (...args: Parameters<typeof query>) => {
        counted(args[0]);
        return query(...args) as never;
      };
      pool.query = (...args) => {
        counted((args[0] as { text: string }).text);
        return ask(...args);
      };
      try {
        await work();
      } finally {
        db.query = query;
        pool.query = ask;
      }
      return count;
    },
    async close() {
      await module.close();
      if (!options.database) await database.drop();
    },
  };
}

export const startOfSpring = () => new StoppedClock(new Date('2026-03-01T12:00:00Z'));
