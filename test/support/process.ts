/** The ports as one delivery sees them: every effect is counted and may be the one at which something goes wrong. */
import type { LoopPorts } from '#shared/automation.ts';
import type { CloudNetworks } from '#shared/ports/cloud-networks.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { DeadLetters } from '#shared/ports/dead-letters.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import type { BuildCloud } from '../../functions/build-cluster/ports.ts';
import type { Cloud } from '../../functions/cloud.ts';
import type { ScaleNodePoolCloud } from '../../functions/scale-node-pool/ports.ts';
import type { ScaleReplicasCloud } from '../../functions/scale-replicas/ports.ts';
import type { NodePoolSizes } from '#shared/ports/node-pool-sizes.ts';
import type { Workloads } from '#shared/ports/workloads.ts';
import type { Delivery } from './delivery-under-test.ts';
import type { EffectKind, Effects } from './effects.ts';

/** Everything that the automations touch, however they share it. */
export type FleetCloud = BuildCloud &
  Omit<ScaleReplicasCloud, 'clusters' | 'objects' | 'workloads'> &
  Pick<ScaleNodePoolCloud, 'sizes'> & { readonly workloads: Workloads };

/** As a function is handed it; every part is made already. */
export function toCloud(parts: FleetCloud): Cloud {
  return {
    networks: async () => parts.networks,
    zones: async () => parts.zones,
    clusters: async () => parts.clusters,
    clusterReader: async () => parts.clusters,
    pools: async () => parts.pools,
    sizes: async () => parts.sizes,
    objects: async () => parts.objects,
    workloads: async () => parts.workloads,
    podTexts: async () => parts.podTexts,
    signalStore: parts.signalStore,
    spendCapUsdPerHour: parts.spendCapUsdPerHour,
  };
}

export interface InnerPorts {
  readonly loop: LoopPorts;
  readonly cloud: FleetCloud;
  readonly deadLetters: DeadLetters;
}

/** `callTakesMs`: real time of each changing call, for the delivery's budget; world time stands still. */
export function portsOf(
  delivery: Delivery,
  effects: Effects,
  { inner, callTakesMs }: { readonly inner: InnerPorts; readonly callTakesMs: number },
): InnerPorts {
  const act = <T>(kind: EffectKind, label: string, run: () => Promise<T>) =>
    effects.perform({ delivery, kind, label, run });
  const { loop, deadLetters } = inner;
  return {
    loop: {
      ...loop,
      ledger: ledgerOf(loop.ledger, delivery, act),
      wakes: {
        publish: (wake) => act('message', `wake ${wake.automation} ${wake.target}`, () => loop.wakes.publish(wake)),
      },
      timers: {
        schedule: (timer) =>
          act('message', `timer ${timer.automation} ${timer.target}`, () => loop.timers.schedule(timer)),
      },
    },
    deadLetters: {
      publish: (letter) => act('message', `dead letter ${letter.messageId}`, () => deadLetters.publish(letter)),
    },
    cloud: cloudOf(inner.cloud, {
      call: (label, run) => {
        delivery.spentMs += callTakesMs;
        return act('call', label, run);
      },
      look: (run) => {
        effects.writers.looks(delivery);
        return lookOf(delivery, run);
      },
      sends: (label, requestId) => effects.writers.sends(label, requestId),
    }),
  };
}

async function lookOf<T>({ process }: Delivery, run: () => Promise<T>): Promise<T> {
  process.check();
  const seen = await run();
  process.check();
  return seen;
}

interface CloudActs {
  readonly call: <T>(label: string, run: () => Promise<T>) => Promise<T>;
  readonly look: <T>(run: () => Promise<T>) => Promise<T>;
  readonly sends: (label: string, requestId: string) => void;
}

function cloudOf(cloud: FleetCloud, { call, look, sends }: CloudActs): FleetCloud {
  return {
    ...cloud,
    networks: {
      list: (kind, place) => look(() => cloud.networks.list(kind, place)),
      create: (kind, request, fenced) => {
        const label = `${kind}.insert ${String(request.body['name'])}`;
        sends(label, request.requestId);
        return call(label, () => cloud.networks.create(kind, request, fenced));
      },
      readOperation: (kind, place, name) => look(() => cloud.networks.readOperation(kind, place, name)),
    } satisfies CloudNetworks,
    clusters: {
      read: (place, cluster) => look(() => cloud.clusters.read(place, cluster)),
      create: (place, body, fenced) =>
        call(`clusters.create ${String(body['name'])}`, () => cloud.clusters.create(place, body, fenced)),
      readOperation: (place, name) => look(() => cloud.clusters.readOperation(place, name)),
      runningOperations: (place, cluster) => look(() => cloud.clusters.runningOperations(place, cluster)),
    } satisfies Clusters,
    pools: {
      read: (place, cluster, pool) => look(() => cloud.pools.read(place, cluster, pool)),
      create: (cluster, body, fenced) =>
        call(`pools.create ${String(body['name'])}`, () => cloud.pools.create(cluster, body, fenced)),
    } satisfies NodePools,
    objects: {
      apply: (connection, object, fenced) =>
        call(`objects.apply ${nameOf(object)}`, () => cloud.objects.apply(connection, object, fenced)),
      read: (connection, ref) => look(() => cloud.objects.read(connection, ref)),
      list: (connection, query) => look(() => cloud.objects.list(connection, query)),
    } satisfies ClusterObjects,
    workloads: {
      scale: (connection, ref, request, fenced) =>
        call(`workloads.scale ${ref.kind}/${ref.name} to ${request.replicas}`, () =>
          cloud.workloads.scale(connection, ref, request, fenced),
        ),
      setUnschedulable: (connection, node, fenced) =>
        call(`workloads.setUnschedulable ${node.name} ${node.unschedulable}`, () =>
          cloud.workloads.setUnschedulable(connection, node, fenced),
        ),
      annotatePod: (connection, pod, fenced) =>
        call(`workloads.annotatePod ${pod.name}`, () => cloud.workloads.annotatePod(connection, pod, fenced)),
      evict: (connection, pod, fenced) =>
        call(`workloads.evict ${pod.name}`, () => cloud.workloads.evict(connection, pod, fenced)),
    } satisfies Workloads,
    sizes: {
      setNodesPerZone: (ref, nodesPerZone, fenced) =>
        call(`sizes.setNodesPerZone ${ref.pool} ${nodesPerZone}`, () =>
          cloud.sizes.setNodesPerZone(ref, nodesPerZone, fenced),
        ),
      setAutoscalingBounds: (ref, bounds, fenced) =>
        call(`sizes.setAutoscalingBounds ${ref.pool}`, () => cloud.sizes.setAutoscalingBounds(ref, bounds, fenced)),
      readGroups: (groups) => look(() => cloud.sizes.readGroups(groups)),
      deleteInstances: (group, request, fenced) => {
        const label = `sizes.deleteInstances ${request.instances.join(' ')}`;
        sends(label, request.requestId);
        return call(label, () => cloud.sizes.deleteInstances(group, request, fenced));
      },
      readGroupOperation: (group, operation) => look(() => cloud.sizes.readGroupOperation(group, operation)),
    } satisfies NodePoolSizes,
    podTexts: { read: (connection, endpoint) => look(() => cloud.podTexts.read(connection, endpoint)) },
  };
}

function nameOf({ kind, metadata }: { readonly kind?: unknown; readonly metadata?: unknown }): string {
  const name = typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined;
  return `${String(kind)}/${String(name)}`;
}

type ActOn = <T>(kind: EffectKind, label: string, run: () => Promise<T>) => Promise<T>;

/** Transactions that only read are no effect: cutting there is cutting before or after their neighbours. */
function ledgerOf(ledger: Ledger, delivery: Delivery, act: ActOn): Ledger {
  return {
    get: (key) => lookOf(delivery, () => ledger.get(key)),
    find: (collection, query) => lookOf(delivery, () => ledger.find(collection, query)),
    async transact(body) {
      delivery.process.check();
      // First run it without committing, to know whether and what it writes.
      const rehearsed = new Set<string>();
      await ledger
        .transact(async (transaction) => void (await body(withoutWrites(transaction, rehearsed))))
        .catch(() => undefined);
      delivery.process.check();
      if (rehearsed.size === 0) return await lookOf(delivery, () => ledger.transact(body));
      return await act('write', `ledger ${[...rehearsed].join(' ')}`, () => ledger.transact(body));
    },
  };
}

function withoutWrites(transaction: LedgerTransaction, written: Set<string>): LedgerTransaction {
  return {
    get nowMs() {
      return transaction.nowMs;
    },
    get: (key) => transaction.get(key),
    put: (key) => void written.add(`${key.collection}/${key.id}`),
    remove: (key) => void written.add(`${key.collection}/${key.id}`),
  };
}
