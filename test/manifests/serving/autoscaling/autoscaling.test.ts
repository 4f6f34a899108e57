import { describe, expect, it } from 'vitest';
import type { ScaledObject } from '#manifests/kubernetes/keda.ts';
import { autoscaling } from '#manifests/serving/autoscaling/autoscaling.ts';
import type { Autoscaling } from '#shared/domain/serving/autoscaling.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';
import { labelsOf } from '../../../support/promql.ts';

const pd = { roles: { prefill: { gpus: 1 }, decode: { gpus: 4 } } } as const;
const flowControl = { gateway: { flowControl: {} } } as const;
const peak = { gateway: { peakPrefillTokensPerSecond: 10_000 } } as const;

function stackOf(scaling: Partial<Autoscaling>, spec: Partial<ServingStackSpec> = {}): Stack {
  const whole: Autoscaling = { kind: 'keda', cluster: 'demo-cluster', maxReplicas: 8, ...scaling };
  return makeStack({ project: 'my-project', monitoring: {}, autoscaling: whole, ...spec });
}

function scaledObjects(scaling: Partial<Autoscaling>, spec?: Partial<ServingStackSpec>): readonly ScaledObject[] {
  const objects = autoscaling(stackOf(scaling, spec));
  return objects.filter((object): object is ScaledObject => object.kind === 'ScaledObject');
}

function queriesOf({ spec }: ScaledObject): readonly string[] {
  return spec.triggers.flatMap((trigger) => (trigger.type === 'prometheus' ? [trigger.metadata.query] : []));
}

describe('autoscalers', () => {
  it('are not there when nothing is asked for', () => {
    expect(autoscaling(makeStack())).toEqual([]);
  });

  it.each([
    { name: 'a Deployment', spec: {}, targets: ['Deployment demo'] },
    { name: 'groups', spec: { roles: { aggregated: { nodes: 2 } } }, targets: ['LeaderWorkerSet demo'] },
    { name: 'two roles', spec: pd, targets: ['Deployment demo-prefill', 'Deployment demo-decode'] },
    {
      name: 'a DisaggregatedSet',
      spec: { roles: { ...pd.roles, workload: 'DisaggregatedSet' } },
      targets: ['DisaggregatedSetRoleScaler demo-prefill', 'DisaggregatedSetRoleScaler demo-decode'],
    },
  ] as const)('are one for each role of $name', ({ spec, targets }) => {
    for (const kind of ['hpa', 'keda'] as const) {
      const scalers = autoscaling(stackOf({ kind }, spec)).filter((object) => object.kind !== 'TriggerAuthentication');

      // Both kinds name what they scale alike.
      const found = scalers.map((object) => (object as ScaledObject).spec.scaleTargetRef);
      expect(found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(targets);
    }
  });

  it('keep the bounds of a role before those of all', () => {
    const found = scaledObjects({ minReplicas: 2, maxReplicas: 6, decode: { maxReplicas: 3 } }, pd);

    expect(found.map(({ spec }) => [spec.minReplicaCount, spec.maxReplicaCount])).toEqual([
      [2, 6],
      [2, 3],
    ]);
  });
});

describe('queries of KEDA', () => {
  const cases = [
    { name: 'the queue of the servers', scaling: {}, spec: {} },
    { name: 'the queues of two roles', scaling: {}, spec: pd },
    { name: 'the queue of the picker', scaling: {}, spec: flowControl },
    { name: 'latency', scaling: { signal: 'slo' }, spec: {} },
    {
      name: 'latency of ranks',
      scaling: { signal: 'slo' },
      spec: { roles: { aggregated: { parallelism: 'expert' } }, gateway: {} },
    },
    { name: 'tokens', scaling: { signal: 'tokens' }, spec: peak },
    { name: 'tokens of two roles', scaling: { signal: 'tokens' }, spec: { ...pd, ...peak } },
  ] as const;

  it.each(cases)('give one series: $name', ({ scaling, spec }) => {
    for (const query of scaledObjects(scaling, spec).flatMap(queriesOf)) expect(labelsOf(query)).toEqual([]);
  });

  it.each(cases)('are of this cluster, namespace and stack in every place: $name', ({ scaling, spec }) => {
    for (const query of scaledObjects(scaling, spec).flatMap(queriesOf)) {
      const selectors = query.match(/\{[^}]*\}/g) ?? [];

      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect(selector).toContain('cluster="demo-cluster",namespace="serving",stack="demo"');
      }
    }
  });

  it.each(cases)('take silence for an error, not for a zero: $name', ({ scaling, spec }) => {
    for (const { spec: object } of scaledObjects(scaling, spec)) {
      expect(object.fallback.behavior).toBe('currentReplicasIfHigher');
      for (const trigger of object.triggers.filter((one) => one.type === 'prometheus')) {
        expect(trigger.metadata.ignoreNullValues).toBe('false');
        expect(trigger.metadata.query).not.toContain('vector(0)');
      }
    }
  });

  it('are of the picker where it holds requests, and of the servers where it does not', () => {
    const held = scaledObjects({}, flowControl).flatMap(queriesOf).join('\n');
    const queued = scaledObjects({}, { gateway: {} }).flatMap(queriesOf).join('\n');

    expect(held).toContain('llm_d_epp_flow_control_queue_size');
    expect(held).not.toContain('vllm:');
    expect(queued).toContain('vllm:num_requests_waiting');
    expect(queued).not.toContain('flow_control');
  });

  it('turn tokens into seconds by what a whole replica prefills', () => {
    const ofRanks = { roles: { aggregated: { nodes: 2, parallelism: 'expert' } }, ...peak } as const;
    const [backlog, caches] = scaledObjects({ signal: 'tokens' }, ofRanks).flatMap(queriesOf);

    // 16 ranks of 10,000 tokens a second.
    expect(backlog).toContain(' / 160000 or 0 * sum(llm_d_epp_ready_endpoints');
    expect(caches).toMatch(/^sum\(vllm:kv_cache_usage_perc\{.*\}\) \/ 16$/);
  });

  it.each([
    { workload: 'Deployment', pod: 'demo-prefill-5f6d9c8b7-x2x4z-rank-0' },
    { workload: 'LeaderWorkerSet', pod: 'demo-prefill-0-rank-0' },
    { workload: 'DisaggregatedSet', pod: 'demo-0-5f6d9c8b-prefill-1-rank-0' },
  ] as const)('count tokens of the pods of prefill as a $workload names them', ({ workload, pod }) => {
    const roles = { workload, prefill: { gpus: 1 }, decode: { gpus: 1 } } as const;
    const [query = ''] = scaledObjects({ signal: 'tokens' }, { roles, ...peak }).flatMap(queriesOf);
    const pattern = new RegExp(`^(?:${/endpoint_name=~"([^"]*)"/.exec(query)?.[1]})$`);

    expect(pod).toMatch(pattern);
    expect(pod.replace('prefill', 'decode')).not.toMatch(pattern);
  });

  it('count pods of replicas, and of groups the leaders', () => {
    const selectorOf = (spec: Partial<ServingStackSpec>) =>
      scaledObjects({}, spec)[0]?.spec.triggers.find(({ type }) => type === 'kubernetes-workload')?.metadata;

    expect(selectorOf({})).toEqual({
      podSelector: 'llm-d.ai/guide=demo,llm-d.ai/inference-serving=true,llm-d.ai/role=prefill-decode',
      value: '1',
    });
    expect(selectorOf({ roles: { aggregated: { nodes: 2 } } })).toMatchObject({
      podSelector: expect.stringMatching(/,leaderworkerset\.sigs\.k8s\.io\/worker-index=0$/) as string,
    });
  });
});

describe('HPA', () => {
  const metricsOf = (spec: Partial<ServingStackSpec>) =>
    autoscaling(stackOf({ kind: 'hpa' }, spec)).map((object) => JSON.stringify(object));

  it('asks the adapter for gauges of the pods', () => {
    expect(autoscaling(stackOf({ kind: 'hpa' }))).toMatchObject([
      {
        spec: {
          minReplicas: 1,
          maxReplicas: 8,
          metrics: [
            {
              type: 'Pods',
              pods: {
                metric: { name: 'prometheus.googleapis.com|vllm:num_requests_waiting|gauge' },
                target: { type: 'AverageValue', averageValue: '5' },
              },
            },
            { pods: { target: { averageValue: '16' } } },
          ],
        },
      },
    ]);
  });

  it('asks for the queue of the picker, of this cluster and stack, where requests are held there', () => {
    const [only] = metricsOf(flowControl);

    expect(only).toContain('prometheus.googleapis.com|llm_d_epp_flow_control_queue_size|gauge');
    expect(only).toContain(
      '{"resource.labels.cluster":"demo-cluster","resource.labels.namespace":"serving","metric.labels.stack":"demo"}',
    );
    expect(only).not.toContain('vllm:');
  });

  it('scales decode by its KV cache, since what waits there waits for keys and values', () => {
    const [, decode] = metricsOf(pd);

    expect(decode).toContain('vllm:kv_cache_usage_perc|gauge');
    expect(decode).toContain('"averageValue":"800m"');
    expect(decode).not.toContain('waiting');
  });
});
