/** What holds for every input, however odd. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import { LOOK_SECONDS, runLoop } from './closed-loop.ts';
import { anyInput, inputOf, roleOf } from './any-input.ts';
import { makeSettings } from './make-scaling.ts';

const runs = { numRuns: 2000 };
const pairs = (input: ScalingInput) =>
  decideSizes(input).roles.map((decision, at) => ({ decision, role: input.roles[at]! }));

describe('every decision', () => {
  it('changes nothing, or stays within the limits', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { decision, role } of pairs(input)) {
          const { desiredReplicas } = decision;
          if (desiredReplicas === role.currentReplicas) continue;
          expect(Number.isInteger(desiredReplicas)).toBe(true);
          expect(desiredReplicas).toBeLessThanOrEqual(role.size.max);
          // Growth that the money ends, or a rate, may stop below the floor: it is on its way there.
          if (desiredReplicas < role.currentReplicas) expect(desiredReplicas).toBeGreaterThanOrEqual(role.size.min);
        }
      }),
      runs,
    );
  });

  it('says up, down, keep or hold as it means', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { decision, role } of pairs(input)) {
          const by = decision.desiredReplicas - role.currentReplicas;
          expect(decision.action === 'up').toBe(by > 0);
          expect(decision.action === 'down').toBe(by < 0);
          expect(decision.terms.length).toBeGreaterThan(0);
          expect(decision.why).toContain(role.role);
        }
      }),
      runs,
    );
  });

  it('goes to zero only on fresh zeros, or at a person’s word', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { decision, role } of pairs(input)) {
          if (decision.desiredReplicas > 0 || role.currentReplicas === 0 || decision.limitedBy === 'override') continue;
          const { heldRequests, runningRequests, completedRequestsPerSecond } = input.signals;
          expect(
            [heldRequests, runningRequests, completedRequestsPerSecond].map(
              (seen) => seen.kind === 'value' && seen.value,
            ),
          ).toEqual([0, 0, 0]);
        }
      }),
      runs,
    );
  });

  it('takes nothing away during a rollout, and touches nothing that is not ours', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        for (const { decision, role } of pairs(input)) {
          if (role.rolloutInProgress) expect(decision.action).not.toBe('down');
          if (role.owner !== 'inference-fleet' || role.foreignScaler !== undefined)
            expect(decision.desiredReplicas).toBe(role.currentReplicas);
        }
      }),
      runs,
    );
  });

  it('grows into no more money than the cap, and not at all at an unknown price', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { spendCapUsdPerHour } = input.settings;
        const seen = pairs(input);
        if (spendCapUsdPerHour === undefined || !seen.some(({ decision }) => decision.action === 'up')) return;
        const usd = seen.reduce(
          (sum, { decision, role }) =>
            sum + decision.desiredReplicas * role.gpusPerReplica * (role.usdPerGpuHour ?? Number.NaN),
          0,
        );
        expect(usd).toBeLessThanOrEqual(spendCapUsdPerHour);
      }),
      runs,
    );
  });

  it('never makes half a pair', () => {
    const whole = fc.boolean().chain((isZero) => {
      const some = isZero ? fc.constant(0) : fc.integer({ min: 1, max: 12 });
      return fc.tuple(roleOf('prefill', some), roleOf('decode', some));
    });
    fc.assert(
      fc.property(inputOf(whole), (input) => {
        const sizes = pairs(input).map(({ decision }) => decision.desiredReplicas);
        expect(sizes.filter((size) => size === 0).length).not.toBe(1);
      }),
      runs,
    );
  });

  it('is the same for the same input, and changes neither input nor memory', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const before = JSON.stringify(input);

        const [first, second] = [decideSizes(input), decideSizes(input)];

        expect(second).toEqual(first);
        expect(JSON.stringify(input)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });
});

describe('memory', () => {
  it('is plain JSON and stays small over a day of looks', () => {
    const load = { arrivals: 6, serviceSeconds: 20, slowdown: 0.3, inputTokens: 1000 };
    const looks = 86_400 / LOOK_SECONDS;
    const seen = runLoop({
      models: [{ role: 'aggregated', slots: 20, load }],
      settings: makeSettings(),
      startupSeconds: 60,
      size: { min: 1, max: 20 },
      initialReplicas: 1,
      looks,
    });

    const texts = seen.map(({ decision }) => JSON.stringify(decision.memory));

    expect(JSON.parse(texts.at(-1)!)).toEqual(seen.at(-1)!.decision.memory);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(2000);
  });

  it('that was stored and read again decides the same', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { memory } = decideSizes(input);
        const next = { ...input, nowMs: input.nowMs + 15_000 };
        expect(decideSizes({ ...next, memory: JSON.parse(JSON.stringify(memory)) as typeof memory })).toEqual(
          decideSizes({ ...next, memory }),
        );
      }),
      { numRuns: 300 },
    );
  });
});
