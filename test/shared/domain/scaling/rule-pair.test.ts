/** Truth tables of the published rules: prefill and decode. */
import { describe, expect, it } from 'vitest';
import { publishedRule } from '#shared/domain/scaling/rule.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import {
  asked,
  fresh,
  fromPod,
  makePending,
  makePod,
  makeRole,
  makeSettings,
  makeSignals,
  makeView,
  missing,
  stale,
} from './make-scaling.ts';

const noPicker = makeSettings({ hasEndpointPicker: false });
const V_P = 15_928;
const prefill = (over: Parameters<typeof makeRole>[1] = {}) =>
  makeRole('prefill', { peakPrefillTokensPerSecond: V_P, inflightTokens: fresh(95_568), ...over });
const decode = (over: Parameters<typeof makeRole>[1] = {}) => makeRole('decode', over);
const pair = (over: Partial<ScalingInput> = {}) => ({ roles: [prefill(), decode()], ...over });

const ask = (over: Partial<ScalingInput>, place = 0) => asked(publishedRule(makeView(over, place)).proposals);

describe('prefill', () => {
  it.each([
    { name: 'backlog in seconds: 6 s at 1.5 s a replica', over: pair(), expected: { 'prefill backlog': 4, step: 4 } },
    {
      name: 'more backlog',
      over: pair({ roles: [prefill({ inflightTokens: fresh(143_352) }), decode()] }),
      expected: { 'prefill backlog': 6, step: 4 },
    },
    {
      name: 'what is starting is credited',
      over: pair({
        roles: [
          prefill({ currentReplicas: 6, pending: makePending('prefill', [1, 1]), inflightTokens: fresh(167_244) }),
          decode(),
        ],
      }),
      expected: { 'prefill backlog': 6, step: 6 },
    },
    {
      name: 'held requests keep the size',
      over: pair({ signals: makeSignals({ heldRequests: fresh(2) }) }),
      expected: { 'prefill backlog': 4, 'held requests': 4, step: 4 },
    },
    {
      name: 'more held than the target though the backlog is short: one more',
      over: pair({ signals: makeSignals({ heldRequests: fresh(50) }) }),
      expected: { 'prefill backlog': 4, 'held requests': 5, step: 4 },
    },
    {
      name: 'backlog unknown: the held requests may prove a need',
      over: pair({
        roles: [prefill({ inflightTokens: stale(0) }), decode()],
        signals: makeSignals({ heldRequests: fresh(6) }),
      }),
      expected: { 'prefill backlog': null, 'held requests': 6, step: 4 },
    },
    {
      name: 'speed unknown: the queue sizes it',
      over: pair({ roles: [makeRole('prefill'), decode()], signals: makeSignals({ heldRequests: fresh(6) }) }),
      expected: { 'held requests': 6, step: 4 },
    },
    {
      name: 'speed unknown, no endpoint picker: its own queue',
      over: pair({ roles: [makeRole('prefill', { gauges: { queued: 2 } }), decode()], settings: noPicker }),
      expected: { 'queued requests': 8, step: 4 },
    },
  ])('$name', ({ over, expected }) => {
    expect(ask(over)).toEqual(expected);
  });

  it.each([
    { name: 'half of four busy: three are enough', running: [1, 1, 0, 0], expected: 3 },
    { name: 'three of four busy: not', running: [1, 1, 1, 0], expected: 4 },
    { name: 'a busy server is one, however many requests run on it', running: [9, 9, 0, 0], expected: 3 },
    { name: 'none busy: still only one fewer', running: [0, 0, 0, 0], expected: 3 },
  ])('one fewer: $name', ({ running, expected }) => {
    const pods = running.map((requests, at) => makePod(`p${at}`, { running: requests }));
    const role = prefill({ signals: { pods, inflightTokens: fresh(0) } });

    expect(ask(pair({ roles: [role, decode()] }))).toMatchObject({ step: expected });
  });

  it('decode’s signals in doubt: prefill’s way down is in doubt', () => {
    const pods = [{ ...makePod('d0'), kvCacheUsedRatio: stale(0.1) }, makePod('d1'), makePod('d2'), makePod('d3')];
    const roles = [prefill(), decode({ signals: { pods, inflightTokens: missing } })];

    expect(ask({ roles })).toMatchObject({ coupling: null });
  });
});

describe('decode', () => {
  it.each([
    {
      name: 'KV cache: the sum over 0.8',
      over: pair({ roles: [prefill(), decode({ gauges: { kv: 0.95 } })] }),
      expected: { 'KV cache used': 5, 'held requests': 0 },
    },
    {
      name: 'held requests are prefill’s business while decode has room',
      over: pair({ signals: makeSignals({ heldRequests: fresh(9) }) }),
      expected: { 'KV cache used': 2, 'held requests': 4 },
    },
    {
      name: 'held requests are decode’s business while it is the bottleneck',
      over: pair({
        roles: [prefill(), decode({ gauges: { kv: 0.9 } })],
        signals: makeSignals({ heldRequests: fresh(9) }),
      }),
      expected: { 'KV cache used': 5, 'held requests': 9 },
    },
    {
      name: 'without flow control its own queue',
      over: pair({ roles: [prefill(), decode({ gauges: { queued: 2 } })], settings: noPicker }),
      expected: { 'KV cache used': 2, 'queued requests': 8 },
    },
    {
      name: 'the held count unknown: the way down is in doubt',
      over: pair({ signals: makeSignals({ heldRequests: stale(0) }) }),
      expected: { 'KV cache used': 2, 'held requests': null },
    },
  ])('$name', ({ over, expected }) => {
    expect(ask(over, 1)).toEqual(expected);
  });

  it('a replica that is full among idle ones counts with its whole use', () => {
    const pods = [
      makePod('d0', { kv: 0.99 }),
      makePod('d1', { kv: 0.75 }),
      makePod('d2', { kv: 0.75 }),
      makePod('d3', { kv: 0.75 }),
    ];

    expect(ask(pair({ roles: [prefill(), decode({ signals: { pods, inflightTokens: missing } })] }), 1)).toMatchObject({
      'KV cache used': 4,
    });
  });

  it('one replica that does not come up does not stop the others from being sized', () => {
    const role = decode({ currentReplicas: 5, pending: makePending('decode', [5000]), gauges: { kv: 1 } });

    expect(ask(pair({ roles: [prefill(), role] }), 1)).toMatchObject({ 'KV cache used': 5 });
  });
});

describe('the bottleneck', () => {
  it.each([
    { name: 'none', over: pair(), expected: undefined },
    {
      name: 'decode’s KV cache above its target',
      over: pair({ roles: [prefill(), decode({ gauges: { kv: 0.81 } })] }),
      expected: "decode's KV cache is 0.81 full, target 0.8",
    },
    {
      name: 'decode at its target',
      over: pair({ roles: [prefill(), decode({ gauges: { kv: 0.8 } })] }),
      expected: undefined,
    },
    {
      name: 'requests that wait for capacity of decode',
      over: pair({ roles: [prefill(), decode({ gauges: { queued: 2 } })] }),
      expected: '2 requests wait for capacity on each decode replica, target 1',
    },
    {
      name: 'prefill’s KV cache full without work',
      over: pair({ roles: [prefill({ gauges: { kv: 0.9, running: 0 } }), decode()] }),
      expected: "prefill's KV cache is 0.9 full with 0 requests running on each: decode does not pull",
    },
    {
      name: 'prefill’s KV cache full of work',
      over: pair({ roles: [prefill({ gauges: { kv: 0.9, running: 3 } }), decode()] }),
      expected: undefined,
    },
  ])('$name', ({ over, expected }) => {
    const { held } = publishedRule(makeView(over));

    expect(held?.term.formula).toBe(expected);
  });

  it('is nothing that stale samples say', () => {
    const pods = [{ ...makePod('d0'), kvCacheUsedRatio: stale(1), queuedRequests: fromPod(0) }];
    const roles = [prefill(), decode({ currentReplicas: 1, signals: { pods, inflightTokens: missing } })];

    expect(publishedRule(makeView({ roles })).held).toBeUndefined();
  });
});
