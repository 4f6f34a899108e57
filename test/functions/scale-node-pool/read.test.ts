import { describe, expect, it } from 'vitest';
import { readPool } from '../../../functions/scale-node-pool/gke-pool.ts';
import { readNode } from '../../../functions/scale-node-pool/read-nodes.ts';
import { readPods } from '../../../functions/scale-node-pool/read-pods.ts';
import { removalOf } from '../../../functions/scale-node-pool/removal.ts';
import { objectAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { OperationReading } from '#shared/domain/operation.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { AutomationError } from '#shared/errors.ts';
import { group, makeGkePool, makePodObject } from './make-objects.ts';

describe('a pool as GKE shows it', () => {
  it('has groups, GPUs per node, and what it is made of', () => {
    expect(readPool(makeGkePool())).toEqual({
      status: 'RUNNING',
      complaint: undefined,
      gpusPerNode: 8,
      groups: [group],
      autoscaling: undefined,
      locationPolicy: undefined,
      isAutoRepaired: false,
      consumption: 'a3-ultragpu-8g in us-central1-b, reservation h200-res',
    });
  });

  it('says whether GKE repairs its nodes by itself', () => {
    expect(readPool(makeGkePool({ management: { autoRepair: true } })).isAutoRepaired).toBe(true);
  });

  it.each([
    { name: 'partitions of GPUs', accelerators: [{ acceleratorCount: '8', gpuPartitionSize: '1g.5gb' }] },
    {
      name: 'shared GPUs',
      accelerators: [{ acceleratorCount: '8', gpuSharingConfig: { maxSharedClientsPerGpu: '4' } }],
    },
    { name: 'no GPUs', accelerators: [] },
  ])('does not say how many GPUs a node offers with $name', ({ accelerators }) => {
    expect(readPool(makeGkePool({ config: { accelerators } })).gpusPerNode).toBeUndefined();
  });

  it.each([
    { autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 4 }, expected: { min: 1, max: 4 } },
    { autoscaling: { enabled: true, minNodeCount: 1, maxNodeCount: 4 }, expected: { min: 2, max: 8 } },
    { autoscaling: { totalMaxNodeCount: 4 }, expected: undefined },
  ])('is bounded for all its zones together: $autoscaling', ({ autoscaling, expected }) => {
    expect(readPool(makeGkePool({ autoscaling, locations: ['a', 'b'] })).autoscaling).toEqual(expected);
  });

  it.each([
    { code: 'GCE_STOCKOUT', kind: 'capacity' },
    { code: 'GCE_QUOTA_EXCEEDED', kind: 'quota' },
    { code: 'NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS', kind: 'permanent' },
  ])('complains of $code as $kind', ({ code, kind }) => {
    const pool = makeGkePool({ status: 'RUNNING_WITH_ERROR', conditions: [{ code, message: 'm' }] });

    expect(readPool(pool).complaint).toEqual({ kind, message: `${code}: m` });
  });
});

describe('what tells whose something is', () => {
  it('is read: the labels of pods, and our mark on a node', () => {
    const labels = { app: 'llama' };
    const placed = readPods([makePodObject('a', { labels }), makePodObject('b', { node: '', labels })], 'h200');
    const annotations = { 'inference-fleet/cordoned-for': 'pool/demo/h200' };
    const node = { metadata: { name: 'n1', annotations }, spec: { unschedulable: true } };

    expect(placed.onNodes.get('n1')).toMatchObject([{ labels }]);
    expect(placed.pending).toMatchObject([{ name: 'b', labels }]);
    expect(readNode(node, [group], placed)).toMatchObject({ isCordoned: true, cordonedFor: 'pool/demo/h200' });
  });
});

describe('a pod', () => {
  const onNode = (...pods: JsonObject[]) => readPods(pods, 'h200').onNodes.get('n1') ?? [];

  it.each([
    { name: 'of a DaemonSet', pod: makePodObject('p', { owner: { kind: 'DaemonSet', name: 'd' } }) },
    { name: 'that is static', pod: makePodObject('p', { annotations: { 'kubernetes.io/config.mirror': 'x' } }) },
  ])('$name is in nobody’s way', ({ pod }) => {
    expect(onNode(pod)).toEqual([]);
  });

  it.each([
    {
      name: 'without a controller',
      pod: makePodObject('p', { owner: { kind: '', name: '' } }),
      reason: /no controller/,
    },
    {
      name: 'that says so',
      pod: makePodObject('p', { annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } }),
      reason: /safe-to-evict/,
    },
  ])('$name must not be evicted', ({ pod, reason }) => {
    expect(onNode(pod)[0]?.keptBecause).toMatch(reason);
  });

  it('of which nobody says when it was made has no age, and one that goes at no known time is never taken for gone', () => {
    const metadata = { creationTimestamp: 'yesterday', deletionTimestamp: 'soon' };

    const [pod] = onNode(makePodObject('p', { metadata }));

    expect(pod).not.toHaveProperty('createdAtMs');
    expect(pod?.terminatesAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    { name: 'says that it is ready', conditions: [{ type: 'Ready', status: 'True' }], isReady: true },
    { name: 'says that it is not', conditions: [{ type: 'Ready', status: 'False' }], isReady: false },
    { name: 'says nothing', conditions: [], isReady: false },
  ])('serves if it $name: $isReady', ({ conditions, isReady }) => {
    expect(onNode(makePodObject('p', { status: { conditions } }))).toMatchObject([{ isReady }]);
  });

  const lws = 'leaderworkerset.sigs.k8s.io';

  it.each([
    {
      name: 'a Deployment, whatever its revision',
      pod: { owner: { kind: 'ReplicaSet', name: 'llama-77f' }, labels: { 'pod-template-hash': '77f' } },
      is: { workload: 'deployment/llama', group: 'uid-p' },
    },
    { name: 'a Job', pod: { owner: { kind: 'Job', name: 'train' } }, is: { workload: 'job/train', group: 'uid-p' } },
    {
      name: 'a group, which it shares with the others of the group',
      pod: {
        owner: { kind: 'StatefulSet', name: 'llama-0' },
        labels: { [`${lws}/name`]: 'llama', [`${lws}/group-key`]: 'k' },
        annotations: { [`${lws}/size`]: '4' },
      },
      is: { workload: 'leaderworkerset/llama', group: 'k', groupSize: 4 },
    },
  ])('is a replica of $name', ({ pod, is }) => {
    expect(onNode(makePodObject('p', pod))).toMatchObject([is]);
  });

  const revisions = [
    {
      name: 'Deployment',
      pod: (name: string, hash: string) =>
        makePodObject(name, {
          owner: { kind: 'ReplicaSet', name: `llama-${hash}` },
          labels: { 'pod-template-hash': hash },
        }),
    },
    {
      name: 'StatefulSet',
      pod: (name: string, hash: string) =>
        makePodObject(name, {
          owner: { kind: 'StatefulSet', name: 'llama' },
          labels: { 'controller-revision-hash': hash },
        }),
    },
    {
      name: 'LeaderWorkerSet',
      pod: (name: string, hash: string) =>
        makePodObject(name, {
          owner: { kind: 'StatefulSet', name },
          labels: {
            'leaderworkerset.sigs.k8s.io/name': 'llama',
            'leaderworkerset.sigs.k8s.io/group-key': name,
            'leaderworkerset.sigs.k8s.io/template-revision-hash': hash,
          },
        }),
    },
  ];

  it.each(revisions)('of a $name in rollout must not be evicted, of one that stands still it may', ({ pod }) => {
    const still = onNode(pod('a', 'x'), pod('b', 'x'));
    const rolling = onNode(pod('a', 'x'), pod('b', 'y'));

    expect(still.map(({ keptBecause }) => keptBecause)).toEqual([undefined, undefined]);
    expect(rolling.map(({ keptBecause }) => keptBecause)).toEqual(Array(2).fill('is of a workload in rollout'));
  });

  it.each(revisions)('of a $name that waits for a node is told as one of a rollout', ({ pod }) => {
    const waiting = (hash: string) => {
      const object = pod('b', hash);
      return { ...object, spec: { ...objectAt(object, 'spec'), nodeName: '' } };
    };
    const pending = (hash: string) => readPods([pod('a', 'x'), waiting(hash)], 'h200').pending;

    expect(pending('y')).toMatchObject([{ name: 'b', isOfRollout: true }]);
    expect(pending('x').map(({ isOfRollout }) => isOfRollout)).toEqual([undefined]);
  });

  it('counts the GPUs of all containers, or of the largest init container', () => {
    const gpus = (count: number) => ({ resources: { limits: { 'nvidia.com/gpu': String(count) } } });
    const spec = { containers: [gpus(2), gpus(1), {}], initContainers: [gpus(1), gpus(4)] };

    expect(onNode(makePodObject('p', { spec: { nodeName: 'n1', ...spec } }))[0]?.gpus).toBe(4);
  });

  it.each([
    { name: 'for this pool', selector: { 'cloud.google.com/gke-nodepool': 'h200' }, expected: 1 },
    { name: 'for any pool', selector: {}, expected: 1 },
    { name: 'for another pool', selector: { 'cloud.google.com/gke-nodepool': 'l4' }, expected: 0 },
  ])('that is pending $name', ({ selector, expected }) => {
    const pod = makePodObject('p', { node: '', spec: { nodeSelector: selector } });

    expect(readPods([pod], 'h200').pending).toHaveLength(expected);
  });
});

describe('a node', () => {
  const pods = readPods([], 'h200');
  const object = (name: string, over: JsonObject = {}): JsonObject => ({
    metadata: { name },
    spec: { providerID: `gce://demo/us-central1-b/${name}` },
    status: { conditions: [{ type: 'Ready', status: 'True' }], allocatable: { 'nvidia.com/gpu': '8' } },
    ...over,
  });

  it('is the machine of the group that it is named after', () => {
    expect(readNode(object('gke-demo-h200-97da88a9-abcd'), [group], pods)).toMatchObject({
      group,
      gpus: 8,
      isReady: true,
    });
  });

  it.each(['gke-demo-l4-11111111-abcd', 'gke-demo-h200-97da88a90-abcd'])('of another group stays: %s', (name) => {
    expect(readNode(object(name), [group], pods)).toMatchObject({ group: undefined, keptBecause: expect.any(String) });
  });

  it('that lists no GPUs offers none', () => {
    expect(readNode(object('n', { status: {} }), [group], pods)).toMatchObject({ gpus: 0, isReady: false });
  });
});

describe('whether a deletion was asked for', () => {
  const memory = (over: Partial<StepMemory> = {}): StepMemory => ({
    title: 't',
    state: 'intended',
    attempts: 0,
    calls: 1,
    failuresInARow: 0,
    ...over,
  });
  const failed: OperationReading = { state: 'failed', error: new AutomationError('transient', 'no') };

  it.each([
    { name: 'never called', memory: memory({ calls: 0, state: 'waiting' }), reading: undefined, expected: 'none' },
    {
      name: 'its operation runs',
      memory: memory({ state: 'running', operation: 'o' }),
      reading: { state: 'running' },
      expected: 'confirmed',
    },
    {
      name: 'its operation cannot be read',
      memory: memory({ state: 'running', operation: 'o' }),
      reading: undefined,
      expected: 'confirmed',
    },
    {
      name: 'its operation has failed',
      memory: memory({ state: 'running', operation: 'o' }),
      reading: failed,
      expected: 'none',
    },
    { name: 'we stopped between call and record', memory: memory(), reading: undefined, expected: 'unconfirmed' },
    {
      name: 'a person paused after that',
      memory: memory({ state: 'waiting' }),
      reading: undefined,
      expected: 'unconfirmed',
    },
    {
      name: 'the answer was lost',
      memory: memory({ state: 'waiting', failureKind: 'transient' }),
      reading: undefined,
      expected: 'unconfirmed',
    },
    {
      name: 'a pod was on the node',
      memory: memory({ state: 'waiting', failureKind: 'busy' }),
      reading: undefined,
      expected: 'none',
    },
  ] as const)('$name: $expected', ({ memory: known, reading, expected }) => {
    expect(removalOf(known, reading)).toBe(expected);
  });
});
