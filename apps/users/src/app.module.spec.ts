import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { connectionOptions, NatsBus, NatsServer } from '@tumbler/bus';
import type { CloudEvent } from '@tumbler/contract-events';
import { users } from '@tumbler/contract-users';
import { hear } from '@tumbler/events';
import { freshDatabase, testNats, type FreshDatabase } from '@tumbler/test-bed';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { usersService } from './app.module.js';
import { UsersConfig } from './config.js';
import { by, TEST_KEYS } from './testing/test-users.js';

let database: FreshDatabase;
let service: INestMicroservice;
let gateway: NatsBus;
let flows: NatsBus;
let subscriber: NatsConnection;

beforeAll(async () => {
  database = await freshDatabase();
  const config = Object.assign(new UsersConfig(), testNats('users'), {
    DATABASE_URL: database.url,
    TUMBLER_KEYS: TEST_KEYS,
  });
  service = await NestFactory.createMicroservice<MicroserviceOptions>(usersService(config), {
    strategy: new NatsServer('users', config),
    logger: false,
  });
  await service.listen();
  gateway = new NatsBus('gateway', testNats('gateway'));
  flows = new NatsBus('flows', testNats('flows'));
  subscriber = await connect(connectionOptions('subscriber', testNats('subscriber')));
});
afterAll(async () => {
  await subscriber.close();
  await flows.onApplicationShutdown();
  await gateway.onApplicationShutdown();
  await service.close();
  await database.drop();
});

it('answers the gateway over NATS, and who listens hears what it changed', async () => {
  const realm = await gateway.call(users.createRealm, { by, name: 'over-the-wire', settings: {} });
  const heard: CloudEvent[] = [];
  hear(subscriber, 'user.*', (event) => event.realmid === realm.id && heard.push(event));
  await subscriber.flush();

  const { id } = await gateway.call(users.create, { realmId: realm.id, fields: { username: 'Ann' } });
  const { user } = await gateway.call(users.identify, { realmId: realm.id, name: 'ANN' });
  expect(user).toMatchObject({ id, username: 'ann' });
  await expect(
    gateway.call(users.create, { realmId: realm.id, fields: { username: 'ann' } }),
  ).rejects.toMatchObject({ code: 'conflict', details: { message: 'User exists with same username' } });
  await gateway.call(users.remove, { by, realmId: realm.id, userId: id });

  await vi.waitFor(
    () => expect(heard.map(({ type, subject }) => [type, subject])).toEqual([['user.removed', id]]),
    {
      timeout: 10_000,
    },
  );
});

it('answers every question of its contract', async () => {
  const unanswered: string[] = [];
  for (const rpc of Object.values(users)) {
    // Asked nothing, a question that is answered is refused for its form or answered; only a missing one is unavailable.
    const asked = flows.call<object, unknown>(rpc, {});
    await asked.catch(
      ({ code }: { code: string }) => code === 'service_unavailable' && unanswered.push(rpc.subject),
    );
  }
  expect(unanswered).toEqual([]);
});

it('tells flows, and not the gateway, the password of a mail server', async () => {
  const smtpServer = { host: 'mail.example.org', password: 'hunter2' };
  const { id: realmId } = await gateway.call(users.createRealm, {
    by,
    name: 'mail',
    settings: { smtpServer },
  });
  expect(await flows.call(users.mailSettings, { realmId })).toEqual({ smtpServer });
  await expect(gateway.call(users.mailSettings, { realmId }, { deadline: 500 })).rejects.toMatchObject({
    code: 'service_unavailable',
  });
});
