import { defineConfig } from 'vitest/config';
import { reporters } from '../reporters.ts';
import { conformanceReporter } from './report/reporter.ts';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/conformance/**/*.test.ts'],
    // Real clients take seconds to start, and a whole build is made for them first.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // They mostly wait for one another's processes; vitest itself would take one worker on two processors.
    maxWorkers: 3,
    // Cases that wait for a real component do it side by side.
    maxConcurrency: 20,
    reporters: [...reporters, conformanceReporter],
  },
});
