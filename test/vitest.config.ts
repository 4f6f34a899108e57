import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { reporters } from './reporters.ts';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    exclude: ['test/conformance/**', 'node_modules/**'],
    // A unit test that needs longer than this is waiting for something it should have been handed.
    testTimeout: 20_000,
    // On two processors vitest alone would use one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters,
  },
});
