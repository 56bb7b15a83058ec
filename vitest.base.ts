import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Packages of ours are read from their sources, not from what was built of them. */
export default defineConfig({
  resolve: { conditions: ['@tumbler/source'] },
  ssr: { resolve: { conditions: ['@tumbler/source'], externalConditions: ['@tumbler/source'] } },
  test: {
    include: ['src/**/*.spec.ts'],
    globalSetup: [fileURLToPath(new URL('libs/test-bed/src/global-setup.ts', import.meta.url))],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
