import { describe, expect, it } from 'vitest';
import { saturationOf } from '#shared/simulation/flow-control.ts';
import type { Replica } from '#shared/simulation/replica.ts';
import { Score } from '#shared/simulation/score.ts';
import { request, startMs } from './simulation-fixtures.ts';

describe('what a request is promised', () => {
  it.each([
    { name: 'in time', firstTokenMs: 2000, outputTokens: 101, endMs: 12_000, attained: 1 },
    { name: 'late with its first token', firstTokenMs: 2001, outputTokens: 101, endMs: 12_000, attained: 0 },
    { name: 'slow between its tokens', firstTokenMs: 2000, outputTokens: 101, endMs: 12_001, attained: 0 },
    { name: 'slow, but too short to say so', firstTokenMs: 2000, outputTokens: 31, endMs: 60_000, attained: 1 },
    { name: 'of one token', firstTokenMs: 2000, outputTokens: 1, endMs: 2000, attained: 1 },
  ])('$name', ({ firstTokenMs, outputTokens, endMs, attained }) => {
    const score = new Score({ ttftSeconds: 2, tpotSeconds: 0.1 });

    score.observeEnd({ request: request({ outputTokens }), firstTokenMs: startMs + firstTokenMs }, startMs + endMs);

    expect(score.attained).toBe(attained);
    expect(score.attainedShare).toBe(attained);
  });

  it('is missed by what never came to an end', () => {
    const score = new Score({ ttftSeconds: 2, tpotSeconds: 0.1 });
    const before = score.attainedShare;
    score.observeEnd({ request: request(), firstTokenMs: startMs }, startMs);

    score.lost = 1;
    score.refused = 2;

    expect(before).toBeUndefined();
    expect(score.attainedShare).toBe(0.25);
  });
});

describe('saturation', () => {
  // Only what is read of a replica.
  const replica = (queued: number, kvUsedRatio: number, deferred = 0) =>
    ({ engine: { queued, deferred, kvUsedRatio } }) as unknown as Replica;

  it.each([
    { name: 'a full queue', prefill: [replica(5, 0)], decode: [], expected: { prefill: 1, effective: 1 } },
    { name: 'a full cache', prefill: [], decode: [replica(0, 0.8)], expected: { decode: 1, effective: 1 } },
    { name: 'what waits for its KV', prefill: [], decode: [replica(1, 0, 4)], expected: { decode: 1, effective: 1 } },
    {
      name: 'the mean of a stage, the fuller stage',
      prefill: [replica(1, 0.8), replica(0, 0)],
      decode: [replica(10, 0.1)],
      expected: { prefill: 0.5, decode: 2, effective: 2 },
    },
    { name: 'nobody', prefill: [], decode: [], expected: { effective: 1 } },
    {
      name: 'nothing to do',
      prefill: [replica(0, 0)],
      decode: [replica(0, 0)],
      expected: { prefill: 0, decode: 0, effective: 0 },
    },
  ])('of $name', ({ prefill, decode, expected }) => {
    expect(saturationOf(prefill, decode)).toEqual(expected);
  });
});
