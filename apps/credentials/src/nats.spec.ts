import { randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { INestMicroservice } from '@nestjs/common';
import { NatsBus, NatsServer } from '@tumbler/bus';
import { ServiceConfig } from '@tumbler/config';
import { credentials } from '@tumbler/contract-credentials';
import type { Told } from '@tumbler/contract-events';
import { Outbox, OutboxRow } from '@tumbler/events';
import { platform } from '@tumbler/service';
import { freshDatabase, testNats, type FreshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { credentialsService } from './app.module.js';
import { CredentialsConfig } from './config.js';
import { migrations } from './db/migrations.js';
import { TEST_KEY } from './testing/test-credentials.js';
import { App, Visitor } from './testing/visitor.js';

let database: FreshDatabase;
let server: INestMicroservice;
let flows: NatsBus;

beforeAll(async () => {
  database = await freshDatabase();
  const settings = { DATABASE_URL: database.url, ...testNats('credentials'), TUMBLER_KEYS: TEST_KEY };
  const config = Object.assign(new CredentialsConfig(), settings);
  server = await NestFactory.createMicroservice<MicroserviceOptions>(credentialsService(config), {
    strategy: new NatsServer('credentials', config),
    logger: false,
  });
  await server.listen();
  flows = new NatsBus('flows', testNats('flows'));
});

afterAll(async () => {
  await flows.onApplicationShutdown();
  await server.close();
  await database.drop();
});

it('answers the whole story of a user over NATS', async () => {
  const ann = new Visitor(flows, randomUUID());
  expect(await flows.call(credentials.health, {})).toEqual({ ok: true });
  await flows.call(credentials.setPassword, { ...ann.who, password: 'correct horse' });
  expect(await ann.verify('correct horse', { type: 'password' })).toMatchObject({
    verdict: 'ok',
    has: [{ type: 'password' }],
  });
  const begun = await ann.begin();
  const step = Math.floor(Date.now() / 30_000);
  const app = new App(begun);
  expect(await ann.confirm(begun.loginId, app.code(step))).toMatchObject({ verdict: 'ok' });
  expect(await ann.verify(app.code(step))).toMatchObject({ verdict: 'used' });
  expect(await ann.verify(app.code(step + 1))).toMatchObject({ verdict: 'ok' });
  await expect(
    flows.call(credentials.remove, { ...ann.who, credentialId: randomUUID() }),
  ).rejects.toMatchObject({
    code: 'not_found',
    details: { message: 'Credential not found' },
  });
});

it('forgets a user when the users service tells that they are gone', async () => {
  const ann = new Visitor(flows, randomUUID());
  await flows.call(credentials.setPassword, { ...ann.who, password: 'correct horse' });

  const elsewhere = await freshDatabase();
  const users = await NestFactory.createApplicationContext(
    platform({
      name: 'users',
      config: Object.assign(new ServiceConfig(), { DATABASE_URL: elsewhere.url, ...testNats('users') }),
      entities: [OutboxRow],
      migrations,
    }),
    { logger: false },
  );
  const { realmId, userId } = ann.who;
  const removed: Told = { type: 'user.removed', realmId, subject: userId, data: { userId } };
  await users.get(Outbox).tell(removed);
  await vi.waitFor(async () => expect(await flows.call(credentials.has, ann.who)).toEqual([]), {
    timeout: 45_000,
  });
  await users.close();
  await elsewhere.drop();
}, 60_000);
