import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The jail is not used by runs yet; scripts/prove tries it.
    exclude: ['test/confine/**'],
    // Real agent CLIs are not there on every machine: scripts/prove runs these.
    exclude: ['test/clis/**', 'node_modules/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
