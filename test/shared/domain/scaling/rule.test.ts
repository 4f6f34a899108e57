/** Truth tables of the published rules: which signal sizes which role, and with what number. */
import { describe, expect, it } from 'vitest';
import type { Proposal } from '#shared/domain/scaling/rule-contract.ts';
import { flowControlOf, publishedRule } from '#shared/domain/scaling/rule.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import {
  fresh,
  fromPod,
  invalid,
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

/** `{queue: 4}` for each proposal; a failed one is null, one that rests on doubt ends in `?`. */
function asked(proposals: readonly Proposal[]) {
  return Object.fromEntries(
    proposals.map(({ term, result, isProven }) => [
      isProven || result.kind === 'failed' ? term.name : `${term.name}?`,
      result.kind === 'failed' ? null : result.replicas,
    ]),
  );
}
const ask = (over: Partial<ScalingInput>, place = 0) => asked(publishedRule(makeView(over, place)).proposals);

describe('flow control', () => {
  it.each([
    { name: 'is off without an endpoint picker', settings: noPicker, signals: makeSignals(), expected: 'off' },
    {
      name: 'is what the picker shows',
      settings: makeSettings(),
      signals: makeSignals({ flowControl: 'off' }),
      expected: 'off',
    },
  ])('$name', ({ settings, signals, expected }) => {
    expect(flowControlOf(settings, signals)).toBe(expected);
  });

  it.each([
    { name: 'a held count proves it', heldRequests: fresh(0), expected: 'on' },
    { name: 'so does an old one', heldRequests: stale(0), expected: 'on' },
    { name: 'a missing one proves nothing', heldRequests: missing, expected: 'unknown' },
  ])('unsaid: $name', ({ heldRequests, expected }) => {
    const { flowControl: _unsaid, ...signals } = makeSignals({ heldRequests });

    expect(flowControlOf(makeSettings(), signals)).toBe(expected);
  });
});

describe('aggregated', () => {
  const calm = { 'held requests': 0, 'running requests': 4, 'KV cache used': 2, saturation: 4 };

  it.each([
    { name: 'at rest', over: {}, expected: calm },
    {
      name: 'held requests: one replica each',
      over: { signals: makeSignals({ heldRequests: fresh(9) }) },
      expected: { ...calm, 'held requests': 9 },
    },
    {
      name: 'running requests: 16 a replica',
      over: { signals: makeSignals({ runningRequests: fresh(130) }) },
      expected: { ...calm, 'running requests': 9 },
    },
    {
      name: 'KV cache: the sum over 0.8',
      over: { roles: [makeRole('aggregated', { gauges: { kv: 0.95 } })] },
      expected: { ...calm, 'KV cache used': 5 },
    },
    {
      name: 'saturation: a ratio of what is ready',
      over: { signals: makeSignals({ saturationRatio: fresh(1.4) }) },
      expected: { ...calm, saturation: 8 },
    },
    {
      name: 'a stale total asks for nothing',
      over: { signals: makeSignals({ heldRequests: stale(0) }) },
      expected: { ...calm, 'held requests': null },
    },
    {
      name: 'an invalid total asks for nothing',
      over: { signals: makeSignals({ runningRequests: invalid }) },
      expected: { ...calm, 'running requests': null },
    },
  ])('$name', ({ over, expected }) => {
    expect(ask(over)).toEqual(expected);
  });

  it('without flow control the servers’ queue is read, and no saturation', () => {
    const roles = [makeRole('aggregated', { gauges: { queued: 3 } })];

    expect(ask({ roles, signals: makeSignals({ flowControl: 'off', heldRequests: missing }) })).toEqual({
      'queued requests': 12,
      'running requests': 4,
      'KV cache used': 2,
    });
  });

  it('with flow control the servers’ queue is not added: the two are never mixed', () => {
    expect(ask({ roles: [makeRole('aggregated', { gauges: { queued: 30 } })] })).toEqual(calm);
  });

  it('nobody could tell: the held count is missing, the servers may still prove a need', () => {
    const { flowControl: _unsaid, ...signals } = makeSignals({ heldRequests: missing });
    const roles = [makeRole('aggregated', { gauges: { queued: 3 } })];

    expect(ask({ roles, signals })).toMatchObject({ 'held requests': null, 'queued requests': 12 });
  });

  it('without an endpoint picker running requests are those of the pods', () => {
    const roles = [makeRole('aggregated', { gauges: { running: 30 } })];

    expect(ask({ roles, settings: noPicker })).toEqual({
      'queued requests': 0,
      'running requests': 8,
      'KV cache used': 2,
    });
  });

  it('with a known prefill speed the token backlog is asked too', () => {
    const roles = [makeRole('aggregated', { peakPrefillTokensPerSecond: V_P, inflightTokens: fresh(143_352) })];

    expect(ask({ roles })).toMatchObject({ 'prefill backlog': 6 });
  });

  it('saturation does not multiply itself while replicas start', () => {
    const role = makeRole('aggregated', { currentReplicas: 6, pending: makePending('aggregated', [10, 10]) });

    expect(ask({ roles: [role], signals: makeSignals({ saturationRatio: fresh(1) }) })).toMatchObject({
      saturation: 6,
    });
  });

  it('one pod without a sample is doubt, not zero', () => {
    const signals = {
      pods: [
        ...Array.from({ length: 3 }, (_, at) => makePod(`p${at}`, { kv: 0.1 })),
        { ...makePod('p3'), kvCacheUsedRatio: missing },
      ],
      inflightTokens: missing,
    };

    expect(ask({ roles: [makeRole('aggregated', { signals })] })).toMatchObject({ 'KV cache used?': 2 });
  });

  it('a serving pod that is not even listed is doubt too', () => {
    expect(
      ask({ roles: [makeRole('aggregated', { signals: { pods: [makePod('p0')], inflightTokens: missing } })] }),
    ).toHaveProperty(['KV cache used?']);
  });

  it('pods that are starting or being deleted are not asked', () => {
    const dying = makePod('dying', { kv: 1 });
    const young = { ...makePod('aggregated-pending-0'), kvCacheUsedRatio: missing };
    const pods = [makePod('p0'), makePod('p1'), makePod('p2'), young, dying];
    const role = makeRole('aggregated', {
      pending: makePending('aggregated', [10]),
      terminating: ['dying'],
      signals: { pods, inflightTokens: missing },
    });

    expect(ask({ roles: [role] })).toMatchObject({ 'KV cache used': 2 });
  });
});

describe('prefill', () => {
  it.each([
    { name: 'backlog in seconds: 6 s at 1.5 s a replica', over: pair(), expected: { 'prefill backlog': 4, step: 3 } },
    {
      name: 'more backlog',
      over: pair({ roles: [prefill({ inflightTokens: fresh(143_352) }), decode()] }),
      expected: { 'prefill backlog': 6, step: 3 },
    },
    {
      name: 'what is starting is credited',
      over: pair({
        roles: [
          prefill({ currentReplicas: 6, pending: makePending('prefill', [1, 1]), inflightTokens: fresh(167_244) }),
          decode(),
        ],
      }),
      expected: { 'prefill backlog': 6, step: 5 },
    },
    {
      name: 'held requests keep the size',
      over: pair({ signals: makeSignals({ heldRequests: fresh(2) }) }),
      expected: { 'prefill backlog': 4, 'held requests': 4, step: 3 },
    },
    {
      name: 'more held than the target though the backlog is short: one more',
      over: pair({ signals: makeSignals({ heldRequests: fresh(50) }) }),
      expected: { 'prefill backlog': 4, 'held requests': 5, step: 3 },
    },
    {
      name: 'backlog unknown: the held requests may prove a need',
      over: pair({
        roles: [prefill({ inflightTokens: stale(0) }), decode()],
        signals: makeSignals({ heldRequests: fresh(6) }),
      }),
      expected: { 'prefill backlog': null, 'held requests': 6, step: 3 },
    },
    {
      name: 'speed unknown: the queue sizes it',
      over: pair({ roles: [makeRole('prefill'), decode()], signals: makeSignals({ heldRequests: fresh(6) }) }),
      expected: { 'held requests': 6, step: 3 },
    },
    {
      name: 'speed unknown, no endpoint picker: its own queue',
      over: pair({ roles: [makeRole('prefill', { gauges: { queued: 2 } }), decode()], settings: noPicker }),
      expected: { 'queued requests': 8, step: 3 },
    },
  ])('$name', ({ over, expected }) => {
    expect(ask(over)).toEqual(expected);
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
