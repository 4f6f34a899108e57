import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import { describeTerm } from '#shared/domain/scaling/explain.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import {
  fresh,
  invalid,
  makeInput,
  makePending,
  makeRole,
  makeSignals,
  missing,
  NOW_MS,
  stale,
} from './make-scaling.ts';

const lines = (over: Partial<ScalingInput>, at = 0) => decideSizes(makeInput(over)).roles[at]?.terms.map(describeTerm);

describe('a decision in words', () => {
  it('shows every term with its value, source and age', () => {
    const role = makeRole('aggregated', {
      currentReplicas: 8,
      pending: makePending('aggregated', [10, 20, 30, 40]),
      gauges: { kv: 0.8 },
    });
    const signals = makeSignals({ heldRequests: fresh(10), runningRequests: fresh(64, 12) });

    expect(lines({ roles: [role], signals })).toEqual([
      'supply: 4 ready, 4 starting → 8 of 8 replicas',
      'held requests: 10 (endpointPicker, 5 s old) → 10 / 1 per replica = 10, of which 4 are starting → 8',
      'running requests: 64 (endpointPicker, 12 s old) → 64 / 16 per replica → 4',
      'KV cache used: 3.2 (modelServer, 5 s old, sum of 4 of 4 pods) → 3.2 / 0.8 of a replica → 8 (within tolerance)',
      'saturation: 0.7 (endpointPicker, 5 s old) → 0.7 / 0.7 · 4 ready → 8 (within tolerance)',
    ]);
  });

  it('shows doubt as doubt', () => {
    const signals = makeSignals({ heldRequests: stale(3), runningRequests: missing, saturationRatio: invalid });

    expect(lines({ signals })?.slice(1)).toEqual([
      'held requests: 3 stale (endpointPicker, 200 s old) → no value → unknown: no smaller size on this',
      'running requests: missing (not scraped) → no value → unknown: no smaller size on this',
      'KV cache used: 1.6 (modelServer, 5 s old, sum of 4 of 4 pods) → 1.6 / 0.8 of a replica → 2',
      'saturation: invalid (endpointPicker, -1 requests) → no value → unknown: no smaller size on this',
      'signal not proven: held requests stale: no smaller size without proof → 4',
    ]);
  });

  it('shows the coupling, and the backlog in tokens', () => {
    const prefill = makeRole('prefill', { peakPrefillTokensPerSecond: 15_928, inflightTokens: fresh(143_352) });
    const decode = makeRole('decode', { gauges: { kv: 0.9 } });

    expect(lines({ roles: [prefill, decode] })).toEqual([
      'supply: 4 ready, 0 starting → 4 of 4 replicas',
      'prefill backlog: 143352 (endpointPicker, 5 s old) → 143352 / 15928 tokens/s / 1.5 s per replica → 6',
      'way down: running requests 16 (modelServer, 5 s old, sum of 4 of 4 pods) → 4 busy ones fill the rest to at most 0.7; at most one fewer than 4 → 4',
      "decode is the bottleneck: decode KV cache used 3.6 (modelServer, 5 s old, sum of 4 of 4 pods) → decode's KV cache is 0.9 full, target 0.8 → prefill keeps its size",
    ]);
  });
});

describe('the sentence', () => {
  const memory = { roles: {} };
  const owned = makeRole('aggregated', { owner: 'hpa' });
  const foreign = makeRole('aggregated', { foreignScaler: 'ScaledObject serving/llama' });
  const overridden = makeRole('aggregated', { override: { replicas: 6, untilMs: NOW_MS + 7_200_000 } });
  const asleep = makeRole('aggregated', { currentReplicas: 0, size: { min: 0, max: 4 } });

  it.each([
    {
      name: 'a change',
      over: { signals: makeSignals({ heldRequests: fresh(7) }) },
      expected: 'aggregated 4 → 7: held requests: 7 / 1 per replica',
    },
    { name: 'no change', over: {}, expected: 'aggregated stays at 4: saturation: 0.7 / 0.7 · 4 ready' },
    { name: 'an owner', over: { roles: [owned] }, expected: 'aggregated stays at 4: owner: the size belongs to hpa' },
    {
      name: 'a foreign scaler',
      over: { roles: [foreign] },
      expected: 'aggregated is held at 4: another scaler: ScaledObject serving/llama sets the size',
    },
    {
      name: 'an override',
      over: { roles: [overridden] },
      expected: 'aggregated 4 → 6: override: 6 set by a person, for 2h00m00s more',
    },
    {
      name: 'a wake',
      over: { roles: [asleep], signals: makeSignals({ heldRequests: fresh(2) }) },
      expected: 'aggregated 0 → 1: wake: 2 held',
    },
  ])('tells $name', ({ over, expected }) => {
    expect(decideSizes(makeInput({ memory, ...over })).summary).toBe(expected);
  });
});
