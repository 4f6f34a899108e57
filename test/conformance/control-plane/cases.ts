/** What happens in a cluster when somebody asks for something: the same on a real control plane and on the emulated one. */
import { expect, it } from 'vitest';
import type { Instance } from '../../../emulator/gke/instance.ts';
import type { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import {
  type KubernetesObject,
  mapAt,
  mapsAt,
  nameOf,
  numberAt,
  stringsAt,
  textAt,
} from '../../../emulator/kubernetes/objects.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { eventually } from './eventually.ts';

export interface ClusterUnderTest {
  readonly client: KubernetesClient;
  readonly startMachine: (instance: Instance) => void;
  readonly removeMachine: (name: string) => void;
  readonly stop: () => Promise<void>;
}

const kinds = {
  node: { apiVersion: 'v1', kind: 'Node' },
  pod: { apiVersion: 'v1', kind: 'Pod' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  daemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  statefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  leaderWorkerSet: { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' },
  disaggregatedSet: { apiVersion: 'disaggregatedset.x-k8s.io/v1', kind: 'DisaggregatedSet' },
  roleScaler: { apiVersion: 'disaggregatedset.x-k8s.io/v1', kind: 'DisaggregatedSetRoleScaler' },
} as const;

const namespace = 'default';
const gpu = 'nvidia.com/gpu';

/** A machine with eight GPUs. */
function gpuMachine(name: string): Instance {
  return {
    name,
    pool: 'gpu',
    zone: 'us-central1-a',
    machineType: 'a3-ultragpu-8g',
    cpuCount: 224,
    memoryGib: 2952,
    version: '1.35.4-gke.1000000',
    accelerator: { type: 'nvidia-h200-141gb', count: 8 },
    driverVersion: 'LATEST',
    labels: { 'cloud.google.com/gke-accelerator': 'nvidia-h200-141gb' },
    taints: [{ key: gpu, value: 'present', effect: 'NoSchedule' }],
    interfaces: [{ name: 'eth0', network: 'default', subnetwork: 'default', rdma: false }],
    localSsdCount: 0,
    maxPods: 110,
  };
}

const template = (gpus: number, labels: JsonMap = {}): JsonMap => ({
  metadata: { labels },
  spec: {
    tolerations: [{ key: gpu, operator: 'Exists' }],
    containers: [{ name: 'server', image: 'server:1', resources: { limits: { [gpu]: String(gpus) } } }],
  },
});

const deployment = (name: string, { replicas, gpus }: { replicas: number; gpus: number }): JsonMap => ({
  ...kinds.deployment,
  metadata: { name, namespace },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: template(gpus, { app: name }) },
});

/** One that is scaled through its scaler. */
const externalRole = (name: string): JsonMap => ({
  name,
  scaling: { mode: 'External' },
  spec: { leaderWorkerTemplate: { size: 1, workerTemplate: template(1) } },
});

/** In this order: each case uses the machines of the first, and leaves their GPUs free. */
export function defineClusterCases(subject: () => ClusterUnderTest): void {
  const client = () => subject().client;
  const get = (kind: keyof typeof kinds, name: string): KubernetesObject =>
    client().get({ ...kinds[kind], name, ...(kind !== 'node' && { namespace }) }) ?? {};
  const pods = (labelSelector: string) => client().list(kinds.pod, { namespace, labelSelector });
  const readyPods = (selector: string) =>
    pods(selector)
      .filter((pod) =>
        mapsAt(pod, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True'),
      )
      .map(nameOf)
      .sort();
  const remove = async (kind: keyof typeof kinds, name: string, selector: string) => {
    client().delete({ ...kinds[kind], name, namespace });
    await eventually(() => expect(pods(selector)).toEqual([]));
  };

  it('a machine with GPUs becomes a ready node that offers them', async () => {
    for (const name of ['gpu-1', 'gpu-2']) subject().startMachine(gpuMachine(name));

    await eventually(() => {
      for (const name of ['gpu-1', 'gpu-2']) {
        const node = get('node', name);
        expect(mapsAt(node, 'status', 'conditions')).toContainEqual(
          expect.objectContaining({ type: 'Ready', status: 'True' }),
        );
        expect(textAt(node, 'status', 'allocatable', gpu)).toBe('8');
        expect(mapsAt(node, 'spec', 'taints').map(({ key }) => key)).toEqual([gpu]);
      }
    });
  });

  it('the daemons of GKE run on every node', async () => {
    await eventually(() => {
      const sets = client().list(kinds.daemonSet, { namespace: 'kube-system' });
      const plugin = sets.find((set) => nameOf(set).startsWith('nvidia-gpu-device-plugin'));
      expect(mapAt(plugin, 'status')).toMatchObject({ desiredNumberScheduled: 2, numberReady: 2, numberAvailable: 2 });
      expect(sets.map((set) => numberAt(set, 'status', 'numberReady'))).toEqual(sets.map(() => 2));
    });
  });

  it('a Deployment with GPUs is scheduled where they are, and becomes ready', async () => {
    client().create(deployment('web', { replicas: 2, gpus: 8 }));

    await eventually(() => expect(mapAt(get('deployment', 'web'), 'status')).toMatchObject({ readyReplicas: 2 }));
    const nodes = pods('app=web').map((pod) => textAt(pod, 'spec', 'nodeName'));
    expect(nodes.sort()).toEqual(['gpu-1', 'gpu-2']);
  });

  it('a pod that fits nowhere stays pending, and says why', async () => {
    client().patch({ ...kinds.deployment, name: 'web', namespace }, { spec: { replicas: 3 } });

    await eventually(() => {
      const pending = pods('app=web').filter((pod) => textAt(pod, 'status', 'phase') === 'Pending');
      expect(pending.map((pod) => mapsAt(pod, 'status', 'conditions'))).toEqual([
        [
          expect.objectContaining({
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: expect.stringContaining(`0/2 nodes are available: 2 Insufficient ${gpu}.`),
          }),
        ],
      ]);
    });
    await remove('deployment', 'web', 'app=web');
  });

  it('a LeaderWorkerSet of two groups becomes ready, and its pods know their places', async () => {
    client().create({
      ...kinds.leaderWorkerSet,
      metadata: { name: 'llama', namespace },
      spec: { replicas: 2, leaderWorkerTemplate: { size: 2, workerTemplate: template(2) } },
    });

    await eventually(() => {
      expect(mapAt(get('leaderWorkerSet', 'llama'), 'status')).toMatchObject({
        replicas: 2,
        readyReplicas: 2,
        updatedReplicas: 2,
        observedGeneration: 1,
        hpaPodSelector: 'leaderworkerset.sigs.k8s.io/name=llama,leaderworkerset.sigs.k8s.io/worker-index=0',
      });
    });
    const worker = get('pod', 'llama-1-1');
    expect(stringsAt(worker, 'metadata', 'labels')).toMatchObject({
      'apps.kubernetes.io/pod-index': '1',
      'leaderworkerset.sigs.k8s.io/group-index': '1',
      'leaderworkerset.sigs.k8s.io/worker-index': '1',
    });
    expect(mapsAt(mapsAt(worker, 'spec', 'containers')[0], 'env')).toEqual([
      { name: 'LWS_LEADER_ADDRESS', value: 'llama-1.llama.default' },
      { name: 'LWS_GROUP_SIZE', value: '2' },
      { name: 'LWS_WORKER_INDEX', value: '1' },
    ]);
    expect(mapsAt(get('statefulSet', 'llama-1'), 'metadata', 'ownerReferences')).toMatchObject([
      { kind: 'Pod', name: 'llama-1' },
    ]);
  });

  it('a LeaderWorkerSet scaled up gets one more group, scaled down it loses the highest', async () => {
    const scale = (replicas: number) =>
      client().patch({ ...kinds.leaderWorkerSet, name: 'llama', namespace }, { spec: { replicas } });
    const selector = 'leaderworkerset.sigs.k8s.io/name=llama';

    scale(3);
    await eventually(() => expect(numberAt(get('leaderWorkerSet', 'llama'), 'status', 'readyReplicas')).toBe(3));
    scale(1);

    await eventually(() => {
      expect(mapAt(get('leaderWorkerSet', 'llama'), 'status')).toMatchObject({ replicas: 1, readyReplicas: 1 });
      expect(pods(selector).map(nameOf).sort()).toEqual(['llama-0', 'llama-0-1']);
    });
    await remove('leaderWorkerSet', 'llama', selector);
  });

  it('a DisaggregatedSet becomes ready, and its scaler scales one role', async () => {
    client().create({
      ...kinds.disaggregatedSet,
      metadata: { name: 'pd', namespace },
      spec: { roles: [externalRole('prefill'), externalRole('decode')] },
    });
    const ready = () =>
      mapsAt(get('disaggregatedSet', 'pd'), 'status', 'roleStatuses').map(({ name, readyReplicas }) => [
        name,
        readyReplicas,
      ]);
    await eventually(() =>
      expect(ready()).toEqual([
        ['prefill', 1],
        ['decode', 1],
      ]),
    );

    client().patch({ ...kinds.roleScaler, name: 'pd-decode', namespace }, { spec: { replicas: 3 } });

    await eventually(() =>
      expect(ready()).toEqual([
        ['prefill', 1],
        ['decode', 3],
      ]),
    );
    await eventually(() => expect(mapAt(get('roleScaler', 'pd-decode'), 'status')).toMatchObject({ replicas: 3 }));
    await remove('disaggregatedSet', 'pd', 'disaggregatedset.x-k8s.io/name=pd');
  });

  it('a machine that goes takes its pods along, and they are made anew on the others', async () => {
    client().create(deployment('api', { replicas: 2, gpus: 4 }));
    await eventually(() => expect(readyPods('app=api')).toHaveLength(2));
    const [first] = pods('app=api');
    const lost = textAt(first, 'spec', 'nodeName');

    subject().removeMachine(lost);

    await eventually(() => {
      expect(client().get({ ...kinds.node, name: lost })).toBeUndefined();
      expect(readyPods('app=api')).toHaveLength(2);
      expect(pods('app=api').map((pod) => textAt(pod, 'spec', 'nodeName'))).not.toContain(lost);
    });
  });
}
