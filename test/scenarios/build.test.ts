import { beforeAll, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { Progress } from '#shared/domain/progress.ts';
import { type Fleet, makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';

/**
 * What each resource needs before it can be created, written down by hand from cluster-toolkit `examples/gke-a3-ultragpu` and
 * `modules/scheduler/gke-cluster`, not derived from the planner. Nodes of the table are journal resources by their last parts.
 */
const network = ['subnetworks/demo-sub-0', 'subnetworks/demo-proxy', 'subnetworks/demo-sub-1', 'firewalls/demo-net-0-internal', 'firewalls/demo-net-1-internal', 'routers/demo-router', ...Array.from({ length: 8 }, (_, index) => `subnetworks/demo-rdma-sub-${index}`)];
const deviceNetworks = ['gvnic-1', ...Array.from({ length: 8 }, (_, index) => `rdma-${index}`)];
const prerequisites: Readonly<Record<string, readonly string[]>> = {
  'networks/demo-net-0': ['published'],
  'networks/demo-net-1': ['published'],
  'networks/demo-rdma': ['published'],
  'subnetworks/demo-sub-0': ['networks/demo-net-0'],
  'subnetworks/demo-proxy': ['networks/demo-net-0'],
  'firewalls/demo-net-0-internal': ['networks/demo-net-0'],
  'routers/demo-router': ['networks/demo-net-0'],
  'subnetworks/demo-sub-1': ['networks/demo-net-1'],
  'firewalls/demo-net-1-internal': ['networks/demo-net-1'],
  ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`subnetworks/demo-rdma-sub-${index}`, ['networks/demo-rdma']])),
  'clusters/demo': network,
  'namespaces/inference-fleet': ['clusters/demo'],
  ...Object.fromEntries(deviceNetworks.flatMap((name) => [[`networks.gke/${name}`, ['clusters/demo']], [`gkenetworkparamsets/${name}`, ['clusters/demo']]])),
  'nodePools/h200': ['clusters/demo', ...deviceNetworks.map((name) => `ready:${name}`)],
  'daemonsets/nccl-rdma-installer': ['nodePools/h200'],
};

/** Longest time between the end of the last prerequisite and the start, world seconds. */
const MAX_START_DELAY_SECONDS = 30;

describe('one published message', () => {
  let fleet: Fleet;
  let progress: Progress;
  let publishedAtMs: number;

  beforeAll(async () => {
    fleet = makeFleet();
    publishedAtMs = fleet.world.clock.nowMs();
    fleet.publish(makeClusterDocument());
    progress = await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);
  });

  it('builds a cluster that is ready', () => {
    expect(progress).toMatchObject({
      phase: 'ready',
      report: { networks: 3, subnetworks: 11, firewalls: 2, routers: 1, clusters: 1, nodePools: 2, gpuNodes: 2, gpus: 16, rdmaNics: 16, objects: 20, usdPerHour: 174.772 },
    });
  });

  it('creates everything once', () => {
    const created = fleet.world.journal.entries.filter(({ effect, method }) => effect && /^(insert|createCluster|createNodePool)$/.test(method));

    expect(created).toHaveLength(19);
    expect(new Set(created.map(({ resource }) => resource)).size).toBe(19);
  });

  it('starts every step at most 30 s of world time after its last prerequisite ended', async () => {
    const times = await observeTimes(fleet, publishedAtMs);

    const delays = Object.entries(prerequisites).map(([resource, needs]) => {
      const startedAtMs = times.started.get(resource);
      const ends = needs.map((need) => times.ended.get(need));
      const missing = needs.filter((_, index) => ends[index] === undefined);
      if (startedAtMs === undefined || missing.length > 0) throw new Error(`${resource}: no time of ${[resource, ...missing].join(', ')}`);
      return { resource, delaySeconds: (startedAtMs - Math.max(...ends.map(Number))) / 1000 };
    });

    expect(delays.filter(({ delaySeconds }) => delaySeconds < 0)).toEqual([]);
    expect(delays.filter(({ delaySeconds }) => delaySeconds > MAX_START_DELAY_SECONDS)).toEqual([]);
  });

  it('creates nothing that the table does not know', async () => {
    const times = await observeTimes(fleet, publishedAtMs);

    expect([...times.started.keys()].sort()).toEqual(Object.keys(prerequisites).sort());
  });

  it('does not look more often than three times a minute while it only waits', () => {
    const looks = fleet.logged.filter(({ message }) => message === 'looked').length;
    const minutes = (fleet.world.clock.nowMs() - publishedAtMs) / 60_000;

    expect(looks / minutes).toBeLessThan(4);
  });

  it('published again changes nothing', async () => {
    const before = fleet.world.journal.entries.length;
    const looksBefore = fleet.logged.filter(({ message }) => message === 'looked').length;

    fleet.publish(makeClusterDocument());
    await fleet.runFor(120);

    const looksAfter = fleet.logged.filter(({ message }) => message === 'looked').length;
    const mutations = fleet.world.journal.entries.slice(before).filter(({ service }) => service !== 'pubsub' && service !== 'tasks');
    expect(looksAfter).toBeGreaterThan(looksBefore);
    expect(mutations).toEqual([]);
  });
});

interface Times {
  readonly started: ReadonlyMap<string, number>;
  readonly ended: ReadonlyMap<string, number>;
}

/** When everything began (its mutating call) and ended (its operation, its object, or its Ready condition), world ms. */
async function observeTimes({ world, inside }: Fleet, publishedAtMs: number): Promise<Times> {
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
  const networks = await inside.list({ server: 'https://in-process/demo' }, { apiVersion: 'networking.gke.io/v1', kind: 'Network' });
  return networks.map((object) => {
    const ready = listAt(object, 'status.conditions').find((condition) => textAt(condition, 'type') === 'Ready');
    return { name: textAt(object, 'metadata.name') ?? '', atMs: Date.parse(textAt(ready, 'lastTransitionTime') ?? '') };
  });
}
