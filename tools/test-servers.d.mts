export interface TestServers {
  env: { TEST_DATABASE_URL: string; TEST_NATS_URL: string; TEST_NATS_PASSWORDS: string };
  stop(): Promise<void>;
}
export function startTestServers(folder: string): Promise<TestServers>;
