import { drift } from '@tumbler/database';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testCredentials, type TestCredentials } from '../testing/test-credentials.js';

let service: TestCredentials;
beforeAll(async () => void (service = await testCredentials()));
afterAll(() => service.close());

it('makes a database that fits the entities', async () => {
  expect(await drift(service.db)).toEqual([]);
});
