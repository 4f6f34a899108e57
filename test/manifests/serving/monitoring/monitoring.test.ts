import { describe, expect, it } from 'vitest';
import type { AlertingRule, PodMonitoring, Rule, Rules } from '#manifests/kubernetes/managed-prometheus.ts';
import { monitoring } from '#manifests/serving/monitoring/monitoring.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';
import { labelsOf } from '../../../support/promql.ts';

const rendered = (spec: Partial<ServingStackSpec>) => monitoring(makeStack({ monitoring: {}, ...spec }));
const podMonitorings = (spec: Partial<ServingStackSpec>) =>
  rendered(spec).filter((object): object is PodMonitoring => object.kind === 'PodMonitoring');
const rulesOf = (spec: Partial<ServingStackSpec>): readonly Rule[] =>
  rendered(spec)
    .filter((object): object is Rules => object.kind === 'Rules')
    .flatMap((object) => object.spec.groups.flatMap(({ rules }) => rules));
const alertsOf = (spec: Partial<ServingStackSpec>) =>
  rulesOf(spec).filter((rule): rule is AlertingRule => 'alert' in rule);

const pd = { roles: { prefill: { gpus: 1 }, decode: { gpus: 4 } }, gateway: { flowControl: {} } } as const;

describe('monitors', () => {
  it('are not there when nothing is asked for', () => {
    expect(monitoring(makeStack())).toEqual([]);
  });

  it('scrape each role by itself, and the picker', () => {
    const found = podMonitorings(pd).map(({ metadata, spec }) => ({
      name: metadata.name,
      selector: spec.selector.matchLabels,
      ports: spec.endpoints.map(({ port }) => port),
    }));

    const servers = { 'llm-d.ai/guide': 'demo', 'llm-d.ai/inference-serving': 'true' };
    expect(found).toEqual([
      { name: 'demo-prefill', selector: { ...servers, 'llm-d.ai/role': 'prefill' }, ports: ['modelserver'] },
      { name: 'demo-decode', selector: { ...servers, 'llm-d.ai/role': 'decode' }, ports: ['modelserver'] },
      {
        name: 'demo-epp',
        selector: { 'app.kubernetes.io/instance': 'demo', 'app.kubernetes.io/component': 'endpoint-picker' },
        ports: ['metrics'],
      },
    ]);
  });

  it('scrape every rank of a pod', () => {
    const [monitor] = podMonitorings({ roles: { aggregated: { nodes: 2, parallelism: 'expert' } } });

    expect(monitor?.spec.endpoints.map(({ port }) => port)).toEqual([
      'modelserver',
      ...[1, 2, 3, 4, 5, 6, 7].map((rank) => `modelserver-${rank}`),
    ]);
  });

  it.each([
    { intervalSeconds: 15, timeout: '10s' },
    { intervalSeconds: 5, timeout: '5s' },
  ])('never wait longer than the $intervalSeconds s between scrapes', ({ intervalSeconds, timeout }) => {
    const [monitor] = podMonitorings({ monitoring: { intervalSeconds } });

    expect(monitor?.spec.endpoints).toEqual([
      { port: 'modelserver', path: '/metrics', interval: `${intervalSeconds}s`, timeout },
    ]);
  });

  it('show a token that the collectors may read, where the picker asks for one', () => {
    const objects = rendered({ gateway: { endpointPicker: { metricsAuth: true } } });
    const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

    expect(
      podMonitorings({ gateway: { endpointPicker: { metricsAuth: true } } }).at(-1)?.spec.endpoints[0],
    ).toMatchObject({
      authorization: { type: 'Bearer', credentials: { secret: { name: 'demo-metrics-reader', key: 'token' } } },
    });
    expect(names).toEqual(
      expect.arrayContaining([
        'Secret/demo-metrics-reader',
        'Role/demo-metrics-reader',
        'RoleBinding/demo-metrics-reader',
      ]),
    );
    expect(objects.find(({ kind }) => kind === 'RoleBinding')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'collector', namespace: 'gmp-system' }],
    });
  });

  it('are the same for all stacks of a cluster', () => {
    const clusterWide = { monitoring: { scope: 'cluster', rules: false }, gateway: {} } as const;
    const one = monitoring(makeStack(clusterWide));
    const other = monitoring({ ...makeStack(clusterWide), name: 'other', namespace: 'elsewhere' });

    expect(other).toEqual(one);
    expect(one.map(({ metadata }) => metadata.name)).toEqual([
      'inference-fleet-model-servers',
      'inference-fleet-endpoint-pickers',
    ]);
  });
});

describe('rules', () => {
  const everything = {
    ...pd,
    monitoring: { objectives: { ttftSeconds: 3, itlSeconds: 0.1 }, gpuExporter: { namespace: 'gmp-public' } },
  } as const;

  it.each([
    { name: 'aggregated, without a gateway', spec: { monitoring: { objectives: everything.monitoring.objectives } } },
    { name: 'prefill and decode', spec: everything },
    { name: 'scaled by latency', spec: { gateway: {}, autoscaling: { kind: 'keda', signal: 'slo', maxReplicas: 2 } } },
    {
      name: 'scaled by latency, without a gateway',
      spec: { autoscaling: { kind: 'keda', signal: 'slo', maxReplicas: 2 } },
    },
  ] as const)('are PromQL whose sides match: $name', ({ spec }) => {
    for (const { expr } of rulesOf(spec)) expect(() => labelsOf(expr)).not.toThrow();
  });

  it('tell series apart by stack and role', () => {
    const recording = rulesOf(everything).filter((rule) => 'record' in rule);

    const found = recording.map(({ record, expr }) => `${record.split(':')[0]} ${String(labelsOf(expr))}`);
    expect([...new Set(found)]).toEqual(['stack_role stack,role', 'stack stack']);
  });

  it.each([
    {
      name: 'one role without a gateway',
      spec: {},
      alerts: ['ModelErrors', 'ModelQueueGrows', 'ModelPreempts', 'ModelMetricsMissing'],
    },
    {
      name: 'all that can be asked for',
      spec: everything,
      alerts: [
        'ModelErrors',
        'ModelFirstTokenLate',
        'ModelTokensSlow',
        'ModelQueueGrows',
        'ModelPreempts',
        'KvTransfersFail',
        'KvTransfersExpire',
        'ModelMetricsMissing',
        'ModelMetricsMissing',
        'PickerMetricsMissing',
        'GpuXidError',
        'GpuMemoryError',
        'GpuRowRemapFailed',
      ],
    },
    {
      name: 'a role that may sleep, of which nothing need be heard',
      spec: { gateway: { flowControl: {} }, autoscaling: { kind: 'keda', minReplicas: 0, maxReplicas: 2 } },
      alerts: ['ModelErrors', 'ModelQueueGrows', 'ModelPreempts', 'PickerMetricsMissing'],
    },
    { name: 'nobody', spec: { monitoring: { rules: false } }, alerts: [] },
  ] as const)('alert $name', ({ spec, alerts }) => {
    expect(alertsOf(spec).map(({ alert }) => alert)).toEqual(alerts);
  });

  it('hold the 99th percentile against what is promised, where users meet it', () => {
    const promised = { monitoring: { objectives: { ttftSeconds: 1.5 } } } as const;
    const exprOf = (spec: Partial<ServingStackSpec>) =>
      alertsOf(spec).find(({ alert }) => alert === 'ModelFirstTokenLate')?.expr;

    expect(exprOf(promised)).toBe('stack_role:vllm_time_to_first_token_seconds:p99_5m{stack="demo"} > 1.5');
    expect(exprOf({ ...promised, gateway: {} })).toBe(
      'stack:llm_d_epp_request_ttft_seconds:p99_5m{stack="demo"} > 1.5',
    );
  });

  it('are in the namespace of what they are about, the only one that they see', () => {
    const found = rendered(everything).filter(({ kind }) => kind === 'Rules');

    expect(found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'serving/demo',
      'gmp-public/serving.demo-gpus',
    ]);
  });
});
