/** No change of mind within twice the start-up time while the load stays as it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Load, reversals, runLoop } from './closed-loop.ts';
import { makeSettings } from './make-scaling.ts';

const load: fc.Arbitrary<Load> = fc.record({
  arrivals: fc.double({ min: 0.2, max: 8, noNaN: true }),
  serviceSeconds: fc.double({ min: 5, max: 40, noNaN: true }),
  slowdown: fc.double({ min: 0, max: 0.5, noNaN: true }),
  inputTokens: fc.integer({ min: 100, max: 8000 }),
});
const start = fc.record({
  startupSeconds: fc.integer({ min: 60, max: 900 }),
  initialReplicas: fc.integer({ min: 1, max: 16 }),
  hasEndpointPicker: fc.boolean(),
});
const size = { min: 1, max: 20 };
const worst = (times: readonly number[]) => Math.min(Number.POSITIVE_INFINITY, ...times);

/** Eight hours of world time. */
const looks = 1920;

describe('under constant load', () => {
  it('an aggregated service does not reverse', () => {
    fc.assert(
      // The published target of 16 running assumes that a replica can do more than that.
      fc.property(
        load,
        start,
        fc.integer({ min: 24, max: 64 }),
        (given, { startupSeconds, initialReplicas, hasEndpointPicker }, slots) => {
          const settings = makeSettings({ hasEndpointPicker, cooldownAfterUpSeconds: 2 * startupSeconds });
          const models = [{ role: 'aggregated', slots, load: given } as const];

          const seen = runLoop({ models, settings, startupSeconds, size, initialReplicas, looks });

          expect(worst(reversals(seen, 0))).toBeGreaterThanOrEqual(2 * startupSeconds);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('decode does not reverse', () => {
    fc.assert(
      fc.property(
        load,
        start,
        fc.integer({ min: 8, max: 128 }),
        (given, { startupSeconds, initialReplicas, hasEndpointPicker }, slots) => {
          const settings = makeSettings({ hasEndpointPicker, cooldownAfterUpSeconds: 2 * startupSeconds });
          const quick: Load = { ...given, serviceSeconds: 0.1, arrivals: 0.1 };
          const models = [
            { role: 'prefill', slots: 1000, load: quick, peakPrefillTokensPerSecond: 15_928 } as const,
            { role: 'decode', slots, load: given } as const,
          ];

          const seen = runLoop({ models, settings, startupSeconds, size, initialReplicas, looks });

          expect(worst(reversals(seen, 1))).toBeGreaterThanOrEqual(2 * startupSeconds);
        },
      ),
      { numRuns: 60 },
    );
  });
});
