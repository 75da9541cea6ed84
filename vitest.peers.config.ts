import { defineConfig } from 'vitest/config';

/** Tests that need the pinned peers (`npm run peers:install`). A peer that is absent is a failure. */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['default'],
  },
});
