/** What runs the pods of each shape. */
import { describe, expect, it } from 'vitest';
import type { DisaggregatedSet } from '#manifests/kubernetes/disaggregated-set.ts';
import type { LeaderWorkerSet } from '#manifests/kubernetes/leader-worker-set.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { scaleTarget } from '#manifests/serving/workloads/scale-target.ts';
import { workloads } from '#manifests/serving/workloads/workloads.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const pair = { prefill: { gpus: 1, replicas: 4 }, decode: { gpus: 4 } } as const;
const scaled = { kind: 'keda', maxReplicas: 8 } as const;

function namesOf(stack: Stack): readonly string[] {
  return workloads(stack).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

describe('workloads', () => {
  it.each<{ readonly shape: string; readonly roles: StackRoles; readonly objects: readonly string[] }>([
    {
      shape: 'GPUs of one node',
      roles: { aggregated: { gpus: 2 } },
      objects: ['Deployment/demo', 'Service/demo-http'],
    },
    {
      shape: 'one node, as a LeaderWorkerSet',
      roles: { aggregated: {}, workload: 'LeaderWorkerSet' },
      objects: ['LeaderWorkerSet/demo', 'Service/demo-http'],
    },
    {
      shape: 'several nodes',
      roles: { aggregated: { nodes: 2 } },
      objects: ['LeaderWorkerSet/demo', 'Service/demo-http'],
    },
    {
      shape: 'ranks, which one Service cannot reach',
      roles: { aggregated: { nodes: 2, parallelism: 'expert' } },
      objects: ['LeaderWorkerSet/demo'],
    },
    { shape: 'two Deployments', roles: pair, objects: ['Deployment/demo-prefill', 'Deployment/demo-decode'] },
    {
      shape: 'a Deployment beside a group',
      roles: { prefill: {}, decode: { nodes: 2 } },
      objects: ['Deployment/demo-prefill', 'LeaderWorkerSet/demo-decode'],
    },
    {
      shape: 'two LeaderWorkerSets',
      roles: { ...pair, workload: 'LeaderWorkerSet' },
      objects: ['LeaderWorkerSet/demo-prefill', 'LeaderWorkerSet/demo-decode'],
    },
    {
      shape: 'one DisaggregatedSet',
      roles: { ...pair, workload: 'DisaggregatedSet' },
      objects: ['DisaggregatedSet/demo'],
    },
  ])('of $shape are $objects', ({ roles, objects }) => {
    expect(namesOf(makeStack({ roles }))).toEqual(objects);
  });

  it('have no Service of their own behind a gateway, and let the sidecar read its pool', () => {
    expect(namesOf(makeStack({ roles: { aggregated: {} }, gateway: {} }))).toEqual(['Deployment/demo']);
    expect(namesOf(makeStack({ roles: pair, gateway: {} }))).toEqual([
      'Role/demo-decode-sidecar',
      'RoleBinding/demo-decode-sidecar',
      'Deployment/demo-prefill',
      'Deployment/demo-decode',
    ]);
  });

  it('leave the number of replicas to an autoscaler', () => {
    const { spec: left } = workloads(makeStack({ autoscaling: scaled }))[0] as { readonly spec?: object };
    const { spec: ours } = workloads(makeStack())[0] as { readonly spec?: object };

    expect(left).not.toHaveProperty('replicas');
    expect(ours).toHaveProperty('replicas', 1);
  });
});

describe('a sidecar’s access', () => {
  it('is bound to the account that its pods run as', () => {
    const objects = renderStack(makeStack({ roles: pair, gateway: {} }));
    const decode = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'demo-decode');
    const binding = objects.find(
      ({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'demo-decode-sidecar',
    );

    expect(binding).toMatchObject({ subjects: [{ kind: 'ServiceAccount', namespace: 'serving' }] });
    const { subjects } = binding as unknown as { readonly subjects: readonly { readonly name: string }[] };
    expect(decode).toMatchObject({ spec: { template: { spec: { serviceAccountName: subjects[0]?.name } } } });
  });
});

describe('a LeaderWorkerSet', () => {
  const setOf = (roles: StackRoles) => workloads(makeStack({ roles }))[0] as LeaderWorkerSet;

  it('of single pods has one template, and restarts containers where they are', () => {
    const { leaderWorkerTemplate } = setOf({ aggregated: {}, workload: 'LeaderWorkerSet' }).spec;

    expect(leaderWorkerTemplate).toMatchObject({ size: 1, restartPolicy: 'None' });
    expect(leaderWorkerTemplate).not.toHaveProperty('leaderTemplate');
  });

  it('over several nodes has a leader that serves and workers that do not', () => {
    const { leaderTemplate, workerTemplate, ...group } = setOf({ aggregated: { nodes: 3 } }).spec.leaderWorkerTemplate;

    expect(group).toEqual({ size: 3, restartPolicy: 'RecreateGroupAfterStart' });
    expect(leaderTemplate?.metadata?.labels).toHaveProperty('llm-d.ai/inference-serving', 'true');
    expect(workerTemplate.metadata?.labels).not.toHaveProperty('llm-d.ai/inference-serving');
  });

  it('of ranks has one template, since all of its pods serve', () => {
    const { leaderTemplate, workerTemplate } = setOf({ aggregated: { nodes: 2, parallelism: 'expert' } }).spec
      .leaderWorkerTemplate;

    expect(leaderTemplate).toBeUndefined();
    expect(workerTemplate.metadata?.labels).toHaveProperty('llm-d.ai/inference-serving', 'true');
  });

  it.each([
    { spareGpus: 0, expected: { maxSurge: 0, maxUnavailable: 1 } },
    { spareGpus: 15, expected: { maxSurge: 0, maxUnavailable: 1 } },
    { spareGpus: 16, expected: { maxSurge: 1, maxUnavailable: 0 } },
  ])('with $spareGpus spare GPUs rolls groups of 16 out by $expected', ({ spareGpus, expected }) => {
    const { rolloutStrategy } = setOf({ aggregated: { nodes: 2, spareGpus } }).spec;

    expect(rolloutStrategy).toEqual({ type: 'RollingUpdate', rollingUpdateConfiguration: expected });
  });
});

describe('a DisaggregatedSet', () => {
  const rolesOf = (stack: Stack) => (workloads(stack)[0] as DisaggregatedSet).spec.roles;
  const set = { ...pair, workload: 'DisaggregatedSet' } as const;

  it('has the numbers of the document', () => {
    const [prefill, decode] = rolesOf(makeStack({ roles: set }));

    expect(prefill).toMatchObject({ name: 'prefill', spec: { replicas: 4 } });
    expect(prefill).not.toHaveProperty('scaling');
    expect(decode).toMatchObject({ name: 'decode', spec: { replicas: 1, leaderWorkerTemplate: { size: 1 } } });
  });

  it.each([
    { because: 'the document says so', stack: makeStack({ roles: { ...set, scaling: 'external' } }) },
    { because: 'the cluster scales it', stack: makeStack({ roles: set, autoscaling: scaled }) },
  ])('leaves them to role scalers where $because, without a warning of its webhook', ({ stack }) => {
    for (const role of rolesOf(stack)) {
      expect(role.scaling).toEqual({ mode: 'External' });
      expect(role.spec).not.toHaveProperty('replicas');
    }
  });
});

describe('the scale subresource', () => {
  it.each<{ readonly roles: StackRoles; readonly targets: readonly string[] }>([
    { roles: { aggregated: {} }, targets: ['apps/v1 Deployment demo'] },
    { roles: { aggregated: { nodes: 2 } }, targets: ['leaderworkerset.x-k8s.io/v1 LeaderWorkerSet demo'] },
    {
      roles: { ...pair, workload: 'DisaggregatedSet' },
      targets: [
        'disaggregatedset.x-k8s.io/v1 DisaggregatedSetRoleScaler demo-prefill',
        'disaggregatedset.x-k8s.io/v1 DisaggregatedSetRoleScaler demo-decode',
      ],
    },
  ])('of each role is that of $targets', ({ roles, targets }) => {
    const stack = makeStack({ roles });
    const found = stack.roles.map((role) => scaleTarget(stack, role));

    expect(found.map(({ apiVersion, kind, name }) => `${apiVersion} ${kind} ${name}`)).toEqual(targets);
  });
});
