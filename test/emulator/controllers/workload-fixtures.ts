/** Workloads on GPU nodes, with stages short enough to read: 5 s to start, 10 s to load, 20 s to drain. */
import type { KubernetesApi } from '../../../emulator/kubernetes/api.ts';
import { installServingKinds } from '../../../emulator/controllers/serving-definitions.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { bootedMs, cpuInstance, gpuInstance, makeCluster, type TestCluster } from './cluster-fixtures.ts';

export const startedMs = 5_000;
export const readyMs = 15_000;
export const drainedMs = 20_000;
/** Longer than starting, loading and draining together. */
export const settledMs = 60_000;

export const stages = {
  'local-cloud/start-seconds': '5',
  'local-cloud/load-seconds': '10',
  'local-cloud/drain-seconds': '20',
};

export interface Workloads extends TestCluster {
  readonly api: KubernetesApi;
  /** Of namespace `default`, by label selector, with the phase that kubectl shows and the node. */
  readonly rows: (selector: string) => readonly PodRow[];
  readonly object: (path: string) => JsonMap;
  readonly patch: (path: string, body: JsonMap) => ReturnType<TestCluster['call']>;
  readonly scale: (path: string, replicas: number) => ReturnType<TestCluster['call']>;
}

export interface PodRow {
  readonly name: string;
  readonly status: string;
  readonly ready: boolean;
  readonly node: string;
  readonly image: string;
}

/** A cluster with as many GPU nodes of eight GPUs each, serving kinds installed. */
export async function makeWorkloads(gpuNodes = 1): Promise<Workloads> {
  const cluster = await makeCluster(false);
  const api = cluster.apiOf('demo');
  if (api === undefined) throw new Error('starting cluster demo: it has no API');
  installServingKinds(api);
  cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
  for (let at = 1; at <= gpuNodes; at++) cluster.runtime.instanceStarted('demo', gpuInstance(`gpu-${at}`));
  await cluster.world.pass(bootedMs);
  const type = 'application/merge-patch+json';
  const object = (path: string): JsonMap => cluster.call('GET', path).body;
  return {
    ...cluster,
    api,
    object,
    patch: (path, body) => cluster.call('PATCH', path, { body, type }),
    scale: (path, replicas) => cluster.call('PATCH', `${path}/scale`, { body: { spec: { replicas } }, type }),
    rows: (selector) => {
      const path = `/api/v1/namespaces/default/pods?labelSelector=${encodeURIComponent(selector)}`;
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const table = cluster.call('GET', `${path}&includeObject=Object`, { accept }).body;
      return (table['rows'] as unknown as { cells: string[]; object: PodObject }[]).map(({ cells, object: pod }) => ({
        name: cells[0]!,
        status: cells[2]!,
        ready: pod.status.conditions?.find((one) => one.type === 'Ready')?.status === 'True',
        node: pod.spec.nodeName ?? '',
        image: pod.spec.containers[0]!.image,
      }));
    },
  };
}

interface PodObject {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** The specification of a pod that serves a model on so many GPUs. */
export function modelServer(gpus: number, image = 'vllm:1'): JsonMap {
  return {
    nodeSelector: { 'cloud.google.com/gke-nodepool': 'gpu' },
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
    containers: [
      {
        name: 'vllm',
        image,
        ports: [{ containerPort: 8000 }],
        resources: { limits: { 'nvidia.com/gpu': String(gpus), cpu: '8' } },
      },
    ],
  };
}

export const deployments = '/apis/apps/v1/namespaces/default/deployments';
export const leaderWorkerSets = '/apis/leaderworkerset.x-k8s.io/v1/namespaces/default/leaderworkersets';
export const pods = '/api/v1/namespaces/default/pods';

export function modelDeployment(name: string, replicas: number, over: JsonMap = {}): JsonMap {
  const labels = { app: name };
  const template = { metadata: { labels, annotations: stages }, spec: modelServer(4) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template, ...over },
  };
}

/** Groups of `size` pods with all GPUs of a node each. */
export function modelGroups(name: string, replicas: number, over: JsonMap = {}): JsonMap {
  return {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name, namespace: 'default' },
    spec: { replicas, leaderWorkerTemplate: groupTemplate(2), ...over },
  };
}

export function groupTemplate(size: number, image = 'vllm:1'): JsonMap {
  return { size, workerTemplate: { metadata: { annotations: stages }, spec: modelServer(8, image) } };
}

export const names = (rows: readonly PodRow[]): readonly string[] => rows.map(({ name }) => name);
