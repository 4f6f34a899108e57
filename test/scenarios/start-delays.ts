/** When every step of a build started and when its prerequisites had ended, read from the world. */
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { Fleet } from '../support/fleet.ts';

/**
 * What each resource needs before it can be created, written down by hand from cluster-toolkit `examples/gke-a3-ultragpu` and
 * `modules/scheduler/gke-cluster`, not derived from the planner. Nodes of the table are journal resources by their last parts.
 */
const network = [
  'subnetworks/demo-sub-0',
  'subnetworks/demo-proxy',
  'subnetworks/demo-sub-1',
  'firewalls/demo-net-0-internal',
  'firewalls/demo-net-1-internal',
  'routers/demo-router',
  ...Array.from({ length: 8 }, (_, index) => `subnetworks/demo-rdma-sub-${index}`),
];
const deviceNetworks = ['gvnic-1', ...Array.from({ length: 8 }, (_, index) => `rdma-${index}`)];
export const prerequisites: Readonly<Record<string, readonly string[]>> = {
  'networks/demo-net-0': ['published'],
  'networks/demo-net-1': ['published'],
  'networks/demo-rdma': ['published'],
  'subnetworks/demo-sub-0': ['networks/demo-net-0'],
  'subnetworks/demo-proxy': ['networks/demo-net-0'],
  'firewalls/demo-net-0-internal': ['networks/demo-net-0'],
  'routers/demo-router': ['networks/demo-net-0'],
  'subnetworks/demo-sub-1': ['networks/demo-net-1'],
  'firewalls/demo-net-1-internal': ['networks/demo-net-1'],
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`subnetworks/demo-rdma-sub-${index}`, ['networks/demo-rdma']]),
  ),
  'clusters/demo': network,
  'namespaces/inference-fleet': ['clusters/demo'],
  ...Object.fromEntries(
    deviceNetworks.flatMap((name) => [
      [`networks.gke/${name}`, ['clusters/demo']],
      [`gkenetworkparamsets/${name}`, ['clusters/demo']],
    ]),
  ),
  'nodePools/h200': ['clusters/demo', ...deviceNetworks.map((name) => `ready:${name}`)],
  'daemonsets/nccl-rdma-installer': ['nodePools/h200'],
};

export interface StartDelay {
  readonly resource: string;
  readonly delaySeconds: number;
}

/** Throws when a resource or a prerequisite of the table was never seen. */
export async function startDelays(fleet: Fleet, publishedAtMs: number): Promise<readonly StartDelay[]> {
  const times = await observeTimes(fleet, publishedAtMs);
  return Object.entries(prerequisites).map(([resource, needs]) => {
    const startedAtMs = times.started.get(resource);
    const ends = needs.map((need) => times.ended.get(need));
    const missing = needs.filter((_, index) => ends[index] === undefined);
    if (startedAtMs === undefined || missing.length > 0) {
      throw new Error(
        `reading start delays: no time of ${[...(startedAtMs === undefined ? [resource] : []), ...missing].join(', ')}`,
      );
    }
    return { resource, delaySeconds: (startedAtMs - Math.max(...ends.map(Number))) / 1000 };
  });
}

interface Times {
  readonly started: ReadonlyMap<string, number>;
  readonly ended: ReadonlyMap<string, number>;
}

/** When everything began (its mutating call) and ended (its operation, its object, or its Ready condition), world ms. */
export async function observeTimes({ world, inside }: Fleet, publishedAtMs: number): Promise<Times> {
  const started = new Map<string, number>();
  const ended = new Map<string, number>([['published', publishedAtMs]]);
  for (const entry of world.journal.entries.filter(isCreation)) {
    const key = keyOf(entry);
    if (!started.has(key)) started.set(key, entry.atMs);
    if (entry.service === 'kubernetes') ended.set(key, entry.atMs);
  }
  for (const operation of [...world.compute.operations, ...world.gke.operations]) {
    const target = textAt(operation, 'targetLink') ?? '';
    ended.set(target.split('/').slice(-2).join('/'), Date.parse(textAt(operation, 'endTime') ?? ''));
  }
  for (const { name, atMs } of await readyTimes(inside)) ended.set(`ready:${name}`, atMs);
  return { started, ended };
}

function isCreation({ service, method, resource }: JournalEntry): boolean {
  if (service === 'kubernetes') return method === 'apply' && !resource.includes('/status');
  return /^(insert|createCluster|createNodePool)$/.test(method);
}

function keyOf({ service, resource }: JournalEntry): string {
  const [collection = '', name = ''] = resource.split('/').slice(-2);
  return service === 'kubernetes' && collection === 'networks' ? `networks.gke/${name}` : `${collection}/${name}`;
}

/** When GKE's controller marked the device networks Ready; Kubernetes tells it to the second. */
async function readyTimes(inside: Fleet['inside']): Promise<readonly { name: string; atMs: number }[]> {
  const networks = await inside.list(
    { server: 'https://in-process/demo' },
    { apiVersion: 'networking.gke.io/v1', kind: 'Network' },
  );
  return networks.map((object) => {
    const ready = listAt(object, 'status.conditions').find((condition) => textAt(condition, 'type') === 'Ready');
    return { name: textAt(object, 'metadata.name') ?? '', atMs: Date.parse(textAt(ready, 'lastTransitionTime') ?? '') };
  });
}
