/** A fleet with a built cluster, and a hand that says what is asked of its GPU pool and what runs on it. */
import { installServingKinds } from '../../emulator/controllers/serving-definitions.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import type { JsonMap } from '../../emulator/world/json.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { Progress, demandKey, progressKey } from '#shared/ledger/records.ts';
import { prepareWake } from '#shared/wakes.ts';
import { names } from '../../emulator/provision.ts';
import { type Fleet, type FleetOptions, makeFleet } from './fleet.ts';
import { makeClusterDocument } from './make-cluster.ts';
import { worldWakes } from './world-ports.ts';

export const POOL = 'pool/demo/h200';
const MODEL = 'model/demo/serving/llama';
const connection = { server: 'https://in-process/demo' };
const wake = { automation: 'scale-node-pool', target: POOL };

export interface PoolFleetOptions extends FleetOptions {
  /** Of the pool, which has two nodes of eight GPUs at first; 1 to 4 by default. */
  readonly size?: JsonObject;
  /** How its machines are paid for; spot by default. */
  readonly consumption?: JsonObject;
}

export interface PoolFleet extends Fleet {
  /** What a service asks of the pool from now on: pods of so many GPUs. It is looked at all the time. */
  demand(pods: number, gpusPerPod: number): Promise<void>;
  /** A Deployment on the pool, in the service's namespace, with a disruption budget if it says so. */
  deploy(name: string, replicas: number, over?: { readonly gpus?: number; readonly minAvailable?: number }): void;
  /** As somebody with kubectl. */
  readonly client: KubernetesClient;
  /** Publishes the cluster's document with other bounds of the pool. */
  declare(size: JsonObject): void;
  /** Nodes of the pool, by name. */
  nodes(): Promise<readonly JsonObject[]>;
  /** Pods of the service's namespace that run. */
  running(): Promise<readonly string[]>;
  progress(): Promise<Progress>;
  /** Machines that the pool's group is to have. */
  targetSize(): number;
  /** Changing calls about the pool and its machines, oldest first: method and resource. */
  changes(): readonly string[];
}

export async function makePoolFleet(options: PoolFleetOptions = {}): Promise<PoolFleet> {
  const fleet = makeFleet({ quick: true, ...options });
  const { ledger, inside, world } = fleet;
  const size = { initial: 2, ...(options.size ?? { min: 1, max: 4 }) };
  const { consumption = { spot: true } } = options;
  const declare = (of: JsonObject) =>
    fleet.publish(makeClusterDocument({ pool: { size: of, consumption, usdPerNodeHour: 40 } }));
  declare(size);
  await fleet.runUntil('cluster/demo', ['ready']);
  installServingKinds(fleet.apiOf('demo'));
  const client = new KubernetesClient(fleet.apiOf('demo'), 'somebody');
  client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'serving' } });
  const group = () => {
    const found = listAt(world.compute.list('instanceGroupManagers', { zone: 'us-central1-b' }), 'items');
    return found.find((one) => (textAt(one, 'name') ?? '').includes('h200')) as JsonMap; // of a pool that stands
  };
  const list = (kind: string, over: JsonObject = {}) => inside.list(connection, { apiVersion: 'v1', kind, ...over });
  return {
    ...fleet,
    client,
    declare: (changed) => declare({ initial: 2, ...changed }),
    demand: (pods, gpusPerPod) => writeDemand(fleet, { pods, gpusPerPod }),
    deploy: (name, replicas, over = {}) => {
      for (const object of servingObjects(name, replicas, over)) client.apply(object);
    },
    nodes: () => list('Node', { labelSelector: 'cloud.google.com/gke-nodepool=h200' }),
    running: async () => {
      const pods = await list('Pod', { namespace: 'serving', fieldSelector: 'status.phase=Running' });
      return pods.map((pod) => textAt(pod, 'metadata.name') ?? '');
    },
    progress: async () => Progress.parse(await ledger.get(progressKey(wake))),
    targetSize: () => Number(group()['targetSize']),
    changes: () =>
      world.journal.entries
        .filter(({ effect, method }) => effect && /setNodePoolSize|deleteInstances|setNodePoolAutoscaling/.test(method))
        .map(({ method, resource }) => `${method} ${resource.split('/').at(-1)}`),
  };
}

/** As scale-replicas does it: the record, its own progress, and a wake. */
async function writeDemand({ ledger, world }: Fleet, item: { pods: number; gpusPerPod: number }): Promise<void> {
  const nowMs = world.clock.nowMs();
  const demand = { pool: POOL, from: MODEL, items: [{ what: 'decode', ...item }], decidedAtMs: nowMs };
  await ledger.transact(async (transaction) => {
    const prepared = await prepareWake(transaction, wake);
    transaction.put(demandKey(demand), demand);
    // Looked at for as long as any story lasts.
    const looked = { lookedAtMs: nowMs + 24 * 3_600_000, blindLooks: 0 };
    transaction.put(progressKey({ automation: 'scale-replicas', target: MODEL }), looked);
    prepared.write(transaction);
  });
  await worldWakes(world, names.wakes).publish(wake);
}

/** Stages in seconds: 5 to start, 10 to load, 20 to drain. */
const stages = {
  'local-cloud/start-seconds': '5',
  'local-cloud/load-seconds': '10',
  'local-cloud/drain-seconds': '20',
};

function servingObjects(
  name: string,
  replicas: number,
  { gpus = 4, minAvailable }: { readonly gpus?: number; readonly minAvailable?: number },
): readonly JsonMap[] {
  const labels = { app: name };
  const metadata = { name, namespace: 'serving' };
  const spec = {
    nodeSelector: { 'cloud.google.com/gke-nodepool': 'h200' },
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
    containers: [{ name: 'vllm', image: 'vllm:1', resources: { limits: { 'nvidia.com/gpu': String(gpus) } } }],
  };
  const template = { metadata: { labels, annotations: stages }, spec };
  const selector = { matchLabels: labels };
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { minAvailable: minAvailable ?? 0, selector },
  };
  return [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas, selector, template } },
    ...(minAvailable === undefined ? [] : [budget]),
  ];
}
