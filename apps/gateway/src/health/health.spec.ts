import { credentials } from '@tumbler/contract-credentials';
import { flows } from '@tumbler/contract-flows';
import { AppError } from '@tumbler/errors';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FirstAdministrator } from '../first-administrator.js';
import { stubServices, testRealm } from '../testing/stub-services.js';
import { testGateway, type TestGateway } from '../testing/test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
  stubServices(gateway.bus, testRealm({ name: 'master' }));
  await gateway.app.get(FirstAdministrator).ensure();
});
afterAll(() => gateway.close());

const ready = () => gateway.app.inject('/health/ready');

it('is alive whatever else is', async () => {
  expect((await gateway.app.inject('/health/live')).json()).toEqual({ status: 'UP' });
});

it('is ready when every service, Postgres and NATS answer, and names what does not', async () => {
  const all = await ready();
  expect(all.statusCode).toBe(200);
  expect(all.json()).toEqual({
    status: 'UP',
    parts: { postgres: 'UP', nats: 'UP', users: 'UP', credentials: 'UP', flows: 'UP', administrator: 'UP' },
  });

  gateway.bus.stub(credentials.health, () => {
    throw new AppError('service_unavailable');
  });
  gateway.bus.stub(flows.health, () => new Promise<never>(() => {}));
  const some = await ready();
  expect(some.statusCode).toBe(503);
  expect(some.json()).toMatchObject({
    status: 'DOWN',
    parts: { postgres: 'UP', users: 'UP', credentials: 'DOWN', flows: 'DOWN' },
  });
});
