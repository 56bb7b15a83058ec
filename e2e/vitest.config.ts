import { defineConfig } from 'vitest/config';

/** Stories run against one system that is built and started as `npm start` starts it. */
export default defineConfig({
  test: {
    include: ['src/**/*.e2e.ts'],
    setupFiles: ['src/answers-as-described.ts'],
    globalSetup: ['src/global-setup.ts'],
    // A code is accepted once: a story may have to wait for the next time step, like the person it tells of.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most of a story is waiting, so two go well together.
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
