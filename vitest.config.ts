import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real agent CLIs are not there on every machine: scripts/prove tries them.
    exclude: ['test/clis/**', 'node_modules/**'],
    pool: 'forks',
    // On two cores: most tests wait for processes and clocks much of their time.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/second-tries.ts'],
  },
});
