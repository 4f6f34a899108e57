/** Prefill and decode of one decision. */
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import { fresh, makeInput, makeRole, missing } from './make-scaling.ts';

type RoleOver = NonNullable<Parameters<typeof makeRole>[1]>;
const rested = { recommendations: [], ups: [], downs: [] };
const memory = { roles: { prefill: rested, decode: rested } };

describe('prefill and decode', () => {
  const prefill = (over: RoleOver = {}) =>
    makeRole('prefill', {
      peakPrefillTokensPerSecond: 10_000,
      inflightTokens: fresh(90_000),
      gauges: { running: 0 },
      ...over,
    });
  const both = (roles: ScalingInput['roles'], over: Partial<ScalingInput> = {}) =>
    decideSizes(makeInput({ roles, memory, ...over })).roles.map(({ desiredReplicas, action, limitedBy }) => [
      desiredReplicas,
      action,
      limitedBy,
    ]);

  it('each is sized by its own signal', () => {
    expect(both([prefill(), makeRole('decode', { gauges: { kv: 0.5 } })])).toEqual([
      [6, 'up', undefined],
      [3, 'down', undefined],
    ]);
  });

  it('prefill does not grow while decode is the bottleneck: decode does', () => {
    expect(both([prefill(), makeRole('decode', { gauges: { kv: 0.95 } })])).toEqual([
      [4, 'hold', 'decodeBottleneck'],
      [5, 'up', undefined],
    ]);
  });

  it('prefill does not shrink while decode is the bottleneck either', () => {
    expect(both([prefill({ inflightTokens: fresh(0) }), makeRole('decode', { gauges: { kv: 0.95 } })])[0]).toEqual([
      4,
      'hold',
      'decodeBottleneck',
    ]);
  });

  it('prefill shrinks by one at a time', () => {
    expect(both([prefill({ inflightTokens: fresh(0) }), makeRole('decode', { gauges: { kv: 0.65 } })])[0]).toEqual([
      3,
      'down',
      undefined,
    ]);
  });

  it('blind for decode, prefill may grow but not shrink', () => {
    const decode = makeRole('decode', { signals: { pods: [], inflightTokens: missing } });

    expect(both([prefill(), decode])).toEqual([
      [6, 'up', undefined],
      [4, 'hold', 'noSignal'],
    ]);
    expect(both([prefill({ inflightTokens: fresh(0) }), decode])[0]).toEqual([4, 'hold', 'unprovenSignal']);
  });
});
