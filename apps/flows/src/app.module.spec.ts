import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { NatsBus, NatsServer } from '@tumbler/bus';
import { flows } from '@tumbler/contract-flows';
import { drift } from '@tumbler/database';
import { freshDatabase, testNats, type FreshDatabase } from '@tumbler/test-bed';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { flowsService } from './app.module.js';
import { FlowsConfig } from './config.js';
import { by } from './testing/world.js';

let database: FreshDatabase;
let service: INestMicroservice;
let gateway: NatsBus;

beforeAll(async () => {
  database = await freshDatabase();
  const config = Object.assign(new FlowsConfig(), testNats('flows'), { DATABASE_URL: database.url });
  service = await NestFactory.createMicroservice<MicroserviceOptions>(flowsService(config), {
    strategy: new NatsServer('flows', config),
    logger: false,
  });
  await service.listen();
  gateway = new NatsBus('gateway', testNats('gateway'));
});
afterAll(async () => {
  await gateway.onApplicationShutdown();
  await service.close();
  await database.drop();
});

it('answers every question of its contract', async () => {
  const unanswered: string[] = [];
  for (const rpc of Object.values(flows)) {
    // Asked nothing, a question that is answered is refused for its form or answered; only a missing one is unavailable.
    const asked = gateway.call<object, unknown>(rpc, {});
    await asked.catch(
      ({ code }: { code: string }) => code === 'service_unavailable' && unanswered.push(rpc.subject),
    );
  }
  expect(unanswered).toEqual([]);
});

it('keeps in its audit log what it hears on the stream, and forgets it with the realm', async () => {
  const realmId = randomUUID();
  await gateway.call(flows.setAuditConfig, { by, realmId, settings: { eventsEnabled: true } });
  const kept = () => gateway.call(flows.adminEvents, { realmId });
  await vi.waitFor(async () => expect(await kept()).toMatchObject([{ resourcePath: 'events/config' }]), {
    timeout: 10_000,
  });
});

it('has a database that agrees with its entities', async () => {
  expect(await drift(service.get(DataSource))).toEqual([]);
});
