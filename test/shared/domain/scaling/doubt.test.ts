/** Never down on doubt: inputs that do shrink, and each sample that the rule needs spoilt in turn, in each way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { PodSignals, Sample, ServiceSignals } from '#shared/domain/scaling/signals.ts';
import type { RoleInput, RoleName, ScalingInput } from '#shared/domain/scaling/types.ts';
import { fresh, invalid, makeInput, makeRole, makeSettings, makeSignals, missing, stale } from './make-scaling.ts';

const V_P = 15_928;
const rested = { recommendations: [], ups: [], downs: [] };
const memory = { roles: { aggregated: rested, prefill: rested, decode: rested } };
const doubts = { stale: stale(0), missing, invalid } as const;

interface Situation {
  readonly name: string;
  readonly flow: 'on' | 'off';
  readonly role: RoleName;
  readonly hasSpeed: boolean;
  /** What the rule needs of the service, of a pod of each role, and of the role itself. */
  readonly service: readonly (keyof Omit<ServiceSignals, 'flowControl'>)[];
  readonly pods: { readonly [R in RoleName]?: readonly (keyof Omit<PodSignals, 'pod'>)[] };
  readonly tokens: boolean;
}

const coupling = {
  prefill: ['kvCacheUsedRatio', 'runningRequests'],
  decode: ['kvCacheUsedRatio', 'queuedRequests'],
} as const;
const situations: readonly Situation[] = [
  {
    name: 'aggregated, flow control',
    flow: 'on',
    role: 'aggregated',
    hasSpeed: false,
    service: ['heldRequests', 'runningRequests', 'saturationRatio'],
    pods: { aggregated: ['kvCacheUsedRatio'] },
    tokens: false,
  },
  {
    name: 'aggregated, flow control, token backlog',
    flow: 'on',
    role: 'aggregated',
    hasSpeed: true,
    service: ['heldRequests', 'runningRequests', 'saturationRatio'],
    pods: { aggregated: ['kvCacheUsedRatio'] },
    tokens: true,
  },
  {
    name: 'aggregated, no flow control',
    flow: 'off',
    role: 'aggregated',
    hasSpeed: false,
    service: ['runningRequests'],
    pods: { aggregated: ['kvCacheUsedRatio', 'queuedRequests'] },
    tokens: false,
  },
  {
    name: 'prefill, flow control, token backlog',
    flow: 'on',
    role: 'prefill',
    hasSpeed: true,
    service: ['heldRequests'],
    pods: coupling,
    tokens: true,
  },
  {
    name: 'prefill, flow control, no speed',
    flow: 'on',
    role: 'prefill',
    hasSpeed: false,
    service: ['heldRequests'],
    pods: coupling,
    tokens: false,
  },
  {
    name: 'prefill, no flow control',
    flow: 'off',
    role: 'prefill',
    hasSpeed: false,
    service: [],
    pods: { ...coupling, prefill: ['kvCacheUsedRatio', 'runningRequests', 'queuedRequests'] },
    tokens: false,
  },
  {
    name: 'decode, flow control',
    flow: 'on',
    role: 'decode',
    hasSpeed: true,
    service: ['heldRequests'],
    pods: { decode: ['kvCacheUsedRatio'] },
    tokens: false,
  },
  {
    name: 'decode, no flow control',
    flow: 'off',
    role: 'decode',
    hasSpeed: true,
    service: [],
    pods: { decode: ['kvCacheUsedRatio', 'queuedRequests'] },
    tokens: false,
  },
];

/** Hardly any load on many replicas, all of it fresh. */
function makeCalm({ flow, role, hasSpeed }: Situation, current: number, kv: number): ScalingInput {
  const of = (name: RoleName) =>
    makeRole(name, {
      currentReplicas: current,
      gauges: { kv, running: 0 },
      inflightTokens: fresh(100),
      ...(hasSpeed && name !== 'decode' && { peakPrefillTokensPerSecond: V_P }),
    });
  return makeInput({
    roles: role === 'aggregated' ? [of('aggregated')] : [of('prefill'), of('decode')],
    signals: makeSignals({
      flowControl: flow,
      heldRequests: flow === 'on' ? fresh(0) : missing,
      runningRequests: fresh(1),
      saturationRatio: fresh(0.01),
    }),
    memory,
  });
}

function spoilPod(
  input: ScalingInput,
  at: { readonly role: RoleName; readonly pod: number; readonly signal: string },
  sample: Sample,
) {
  const spoil = (role: RoleInput): RoleInput => {
    const pods = role.signals.pods.map((pod, place) => (place === at.pod ? { ...pod, [at.signal]: sample } : pod));
    return { ...role, signals: { ...role.signals, pods } };
  };
  return { ...input, roles: input.roles.map((role) => (role.role === at.role ? spoil(role) : role)) };
}

/** Every input that differs from the calm one in one needed sample. */
function spoilt(situation: Situation, calm: ScalingInput, pod: number): readonly (readonly [string, ScalingInput])[] {
  return Object.entries(doubts).flatMap(([kind, sample]) => [
    ...situation.service.map(
      (signal) => [`${signal} ${kind}`, { ...calm, signals: { ...calm.signals, [signal]: sample } }] as const,
    ),
    ...Object.entries(situation.pods).flatMap(([role, signals]) =>
      signals.map(
        (signal) =>
          [
            `${signal} of one ${role} ${kind}`,
            spoilPod(calm, { role: role as RoleName, pod, signal }, sample),
          ] as const,
      ),
    ),
    ...(situation.tokens
      ? [
          [
            `inflightTokens ${kind}`,
            {
              ...calm,
              roles: calm.roles.map((role) =>
                role.role === situation.role ? { ...role, signals: { ...role.signals, inflightTokens: sample } } : role,
              ),
            },
          ] as const,
        ]
      : []),
  ]);
}

const actionOf = (input: ScalingInput, role: RoleName) =>
  decideSizes(input).roles.find((one) => one.role === role)?.action;

describe.each(situations)('$name', (situation) => {
  it('shrinks when everything is fresh, and not with any one needed sample in doubt', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 10 }),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        fc.nat(),
        (current, kv, seed) => {
          const calm = makeCalm(situation, current, kv);
          expect(actionOf(calm, situation.role)).toBe('down');

          const shrunk = spoilt(situation, calm, seed % current).filter(
            ([, input]) => actionOf(input, situation.role) === 'down',
          );

          expect(shrunk.map(([name]) => name)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says which it was', () => {
    const calm = makeCalm(situation, 4, 0.1);
    const words = spoilt(situation, calm, 0).map(
      ([, input]) => decideSizes(input).roles.find((one) => one.role === situation.role)?.limitedBy,
    );

    // `noSignal` where the spoilt one was the only one that sizes the role.
    expect(words.filter((word) => word !== 'unprovenSignal' && word !== 'noSignal')).toEqual([]);
  });
});

it('an endpoint picker of which nobody knows whether it holds requests shrinks nothing', () => {
  const calm = makeCalm(situations[0]!, 6, 0.1);
  const { flowControl: _unsaid, ...signals } = calm.signals;

  expect(actionOf({ ...calm, signals: { ...signals, heldRequests: missing } }, 'aggregated')).toBe('hold');
  expect(actionOf({ ...calm, settings: makeSettings({ hasEndpointPicker: true }), signals }, 'aggregated')).toBe(
    'down',
  );
});
