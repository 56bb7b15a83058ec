export type BusUser = 'gateway' | 'flows' | 'users' | 'credentials' | 'subscriber';

/** How a service connects. */
export interface TestNats {
  NATS_URL: string;
  NATS_USER: string;
  NATS_PASSWORD: string;
}

/** The NATS of the test run, as the user that the service has in production. */
export function testNats(user: BusUser): TestNats {
  const { TEST_NATS_URL, TEST_NATS_PASSWORDS } = process.env;
  if (!TEST_NATS_URL || !TEST_NATS_PASSWORDS) {
    throw new Error('TEST_NATS_URL is not set: is test-bed the globalSetup of this vitest config?');
  }
  const passwords = JSON.parse(TEST_NATS_PASSWORDS) as Record<BusUser, string>;
  return { NATS_URL: TEST_NATS_URL, NATS_USER: user, NATS_PASSWORD: passwords[user] };
}
