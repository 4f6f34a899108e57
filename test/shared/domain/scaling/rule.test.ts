/** Truth tables of the published rules: which signal sizes which role, and with what number. */
import { describe, expect, it } from 'vitest';
import { flowControlOf, publishedRule } from '#shared/domain/scaling/rule.ts';
import type { ScalingInput } from '#shared/domain/scaling/types.ts';
import {
  asked,
  fresh,
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
