import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Bus, LocalBus } from '@tumbler/bus';
import { Clock, StoppedClock } from '@tumbler/clock';
import { users } from '@tumbler/contract-users';
import { freshDatabase, testNats } from '@tumbler/test-bed';
import { gateway } from '../app.module.js';
import { GatewayConfig } from '../config.js';
import { watchAnswers } from './watch-answers.js';
import { httpAdapter, prepareHttp } from '../http/create-http.js';

export interface TestGateway {
  app: NestFastifyApplication;
  bus: LocalBus;
  clock: StoppedClock;
  config: GatewayConfig;
  close(): Promise<void>;
}

/** The gateway as it runs, on a database of its own; the services behind it are stubs that the test puts on the bus. */
export async function testGateway(
  settings: Partial<GatewayConfig> = {},
  prepare: (app: NestFastifyApplication) => void = () => {},
): Promise<TestGateway> {
  const database = await freshDatabase();
  const config = Object.assign(
    new GatewayConfig(),
    {
      DATABASE_URL: database.url,
      ...testNats('gateway'),
      TUMBLER_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    },
    settings,
  );
  const bus = new LocalBus();
  bus.stub(users.managementClients, () => []);
  bus.stub(users.giveAccountRoles, () => ({ given: [] }));
  const clock = new StoppedClock(new Date('2026-03-01T12:00:00Z'));
  const module = await Test.createTestingModule({ imports: [gateway(config)] })
    .overrideProvider(Bus)
    .useValue(bus)
    .overrideProvider(Clock)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(httpAdapter(config), { logger: false });
  await prepareHttp(app, config);
  const problems = watchAnswers(app);
  prepare(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return {
    app,
    bus,
    clock,
    config,
    async close() {
      await app.close();
      await database.drop();
      if (problems.size > 0) throw new Error(`Not as the API is described:\n${[...problems].join('\n')}`);
    },
  };
}
