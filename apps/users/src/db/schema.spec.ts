import { drift } from '@tumbler/database';
import { users } from '@tumbler/contract-users';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestUsers } from '../testing/test-users.js';

let service: TestUsers;
beforeAll(async () => void (service = await TestUsers.start()));
afterAll(() => service.close());

it('has a database that fits its entities', async () => {
  expect(await drift(service.db)).toEqual([]);
});

it('is healthy while its database answers', async () => {
  expect(await service.bus.call(users.health, {})).toEqual({ ok: true });
});
