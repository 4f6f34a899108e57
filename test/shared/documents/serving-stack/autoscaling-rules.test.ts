import { describe, expect, it } from 'vitest';
import { autoscalingRules } from '#shared/documents/serving-stack/autoscaling-rules.ts';
import type { Autoscaling } from '#shared/domain/serving/autoscaling.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const pd = { roles: { prefill: { gpus: 1 }, decode: { gpus: 4 } } } as const;
const flowControl = { gateway: { flowControl: {} } } as const;
const known = { project: 'my-project', monitoring: {} } as const;
const keda = { kind: 'keda', cluster: 'demo', maxReplicas: 4 } as const;
const hpa = { kind: 'hpa', maxReplicas: 4 } as const;

/** `field value` of each problem. */
function problemsOf(autoscaling: Autoscaling | undefined, spec: Partial<ServingStackSpec>): readonly string[] {
  const stack = makeStack({ ...spec, ...(autoscaling !== undefined && { autoscaling }) });
  return autoscalingRules.flatMap((rule) => rule(stack)).map(({ field, value }) => `${field} ${JSON.stringify(value)}`);
}

describe('autoscaling', () => {
  it.each([
    { name: 'none', autoscaling: undefined, spec: {} },
    { name: 'hpa by the queue of the servers', autoscaling: hpa, spec: { monitoring: {} } },
    {
      name: 'hpa by the queue of the picker',
      autoscaling: { ...hpa, cluster: 'demo' },
      spec: { ...known, ...flowControl },
    },
    { name: 'keda by the queues of two roles', autoscaling: keda, spec: { ...known, ...pd } },
    { name: 'keda by latency', autoscaling: { ...keda, signal: 'slo' }, spec: known },
    {
      name: 'keda by tokens of two roles with flow control',
      autoscaling: { ...keda, signal: 'tokens' },
      spec: { ...known, ...pd, gateway: { flowControl: {}, peakPrefillTokensPerSecond: 100 } },
    },
    { name: 'none at night', autoscaling: { ...keda, minReplicas: 0 }, spec: { ...known, ...flowControl } },
    { name: 'bounds of a role', autoscaling: { ...keda, decode: { maxReplicas: 2 } }, spec: { ...known, ...pd } },
  ] as const)('takes $name', ({ autoscaling, spec }) => {
    expect(problemsOf(autoscaling, spec)).toEqual([]);
  });

  it.each([
    { name: 'nothing that is measured', autoscaling: hpa, spec: {}, problems: ['spec.monitoring undefined'] },
    {
      name: 'keda without a project',
      autoscaling: keda,
      spec: { monitoring: {} },
      problems: ['spec.project undefined'],
    },
    {
      name: 'queries of no cluster',
      autoscaling: { kind: 'keda', maxReplicas: 4 },
      spec: known,
      problems: ['spec.autoscaling.cluster undefined'],
    },
    {
      name: 'hpa by the queue of the picker in no cluster',
      autoscaling: hpa,
      spec: { ...known, ...flowControl },
      problems: ['spec.autoscaling.cluster undefined'],
    },
    {
      name: 'hpa by latency',
      autoscaling: { ...hpa, signal: 'slo' },
      spec: known,
      problems: ['spec.autoscaling.signal "slo"'],
    },
    {
      name: 'latency of two roles',
      autoscaling: { ...keda, signal: 'slo' },
      spec: { ...known, ...pd },
      problems: ['spec.autoscaling.signal "slo"'],
    },
    {
      name: 'latency that nothing records',
      autoscaling: { ...keda, signal: 'slo' },
      spec: { ...known, monitoring: { rules: false } },
      problems: ['spec.monitoring.rules false'],
    },
    {
      name: 'tokens without a peak',
      autoscaling: { ...keda, signal: 'tokens' },
      spec: { ...known, gateway: {} },
      problems: ['spec.gateway.peakPrefillTokensPerSecond undefined'],
    },
    {
      name: 'tokens that nobody counts',
      autoscaling: { ...keda, signal: 'tokens' },
      spec: { ...known, gateway: { peakPrefillTokensPerSecond: 100, scoring: 'predicted-latency' } },
      problems: ['spec.gateway.scoring "predicted-latency"'],
    },
    {
      name: 'one queue for two roles',
      autoscaling: keda,
      spec: { ...known, ...pd, ...flowControl },
      problems: ['spec.autoscaling.signal "queue"'],
    },
    {
      name: "a target for the servers' queue, with flow control",
      autoscaling: { ...keda, targets: { queuedRequests: 5 } },
      spec: { ...known, ...flowControl },
      problems: ['spec.autoscaling.targets.queuedRequests 5'],
    },
    {
      name: "a target for the picker's queue, without",
      autoscaling: { ...keda, targets: { heldRequests: 1 } },
      spec: { ...known, gateway: {} },
      problems: ['spec.autoscaling.targets.heldRequests 1'],
    },
    {
      name: 'bounds of a role that is not there',
      autoscaling: { ...keda, prefill: { maxReplicas: 2 } },
      spec: known,
      problems: ['spec.autoscaling.prefill {"maxReplicas":2}'],
    },
    {
      name: 'bounds the wrong way round',
      autoscaling: { ...keda, minReplicas: 5 },
      spec: known,
      problems: ['spec.autoscaling.minReplicas 5'],
    },
    {
      name: 'bounds that two roles share the wrong way round, once',
      autoscaling: { ...keda, minReplicas: 5 },
      spec: { ...known, ...pd },
      problems: ['spec.autoscaling.minReplicas 5'],
    },
    {
      name: 'bounds of a role the wrong way round',
      autoscaling: { ...keda, decode: { minReplicas: 6 } },
      spec: { ...known, ...pd },
      problems: ['spec.autoscaling.decode.minReplicas 6'],
    },
    {
      name: 'sleep that nothing ends',
      autoscaling: { ...keda, minReplicas: 0 },
      spec: known,
      problems: ['spec.autoscaling.minReplicas 0'],
    },
    {
      name: 'sleep of two roles',
      autoscaling: { ...keda, minReplicas: 0 },
      spec: { ...known, ...pd },
      problems: ['spec.autoscaling.minReplicas 0'],
    },
  ] as const)('refuses $name', ({ autoscaling, spec, problems }) => {
    expect(problemsOf(autoscaling, spec)).toEqual(problems);
  });
});
