import { defineConfig } from 'vitest/config';

// One file after another: the test of the borders puts files where a build, which npm start begins with, would see them.
export default defineConfig({
  test: { include: ['*.spec.mjs'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
