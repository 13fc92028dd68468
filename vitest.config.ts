/** How the tests are run: everything under test/ but what needs real clusters. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', '**/node_modules/**'],
    setupFiles: ['test/draws.ts'],
    testTimeout: 30_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts', 'scenarios/**/*.ts'], reporter: ['text-summary'] },
  },
});
