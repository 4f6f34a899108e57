/** Reads what a decision about a pool's size needs, in two rounds of calls that go side by side. Changes nothing. */
import type { Subject } from '#shared/automation.ts';
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import { isJsonObject, type JsonObject } from '#shared/domain/json.ts';
import { labelOf, NODE_POOL_LABEL, UNFINISHED_PODS } from '#shared/domain/kubernetes-facts.ts';
import type { OperationReading } from '#shared/domain/operation.ts';
import type { PoolSpec } from '#shared/domain/pool-declaration.ts';
import { connectionOf } from '#shared/kubernetes/connection.ts';
import { poolTarget } from '#shared/domain/target.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import { type FoundPool, readPool } from './gke-pool.ts';
import { parseIntent } from './intent.ts';
import { placeOf } from './place.ts';
import type { ScaleNodePoolPorts } from './ports.ts';
import { readDemands } from './read-demands.ts';
import { countedPods, readNode } from './read-nodes.ts';
import { readPods } from './read-pods.ts';
import { BOUNDS, deleteStepId, type Observed, type ObservedNode, type ObservedPool, RESIZE } from './steps.ts';

export async function observe(subject: Subject, ports: ScaleNodePoolPorts): Promise<Observed> {
  const wanted = parseIntent(subject.wanted);
  const { cluster: name, pool: poolName } = wanted;
  const place = placeOf(wanted);
  const [cluster, operations, demands] = await Promise.all([
    ports.clusters.read(place, name),
    ports.clusters.runningOperations(place, name),
    readDemands(subject, ports),
  ]);
  const object = listAt(cluster, 'nodePools')
    .filter(isJsonObject)
    .find((one) => at(one, 'name') === poolName);
  const connection = cluster === undefined ? undefined : connectionOf(cluster);
  if (cluster === undefined || object === undefined || connection === undefined) {
    return whyAbsent(wanted, cluster, object);
  }
  const pool = readPool(object);
  const notYet = whyUnusable(wanted, pool);
  if (notYet !== undefined) return notYet;
  const [groups, inside] = await Promise.all([
    ports.sizes.readGroups(pool.groups),
    readInside(connection, { wanted, pool }, ports),
  ]);
  const mine = operations.filter((one) => one.subject === 'cluster' || one.subject === `pool/${poolName}`);
  const readings = await readOperations(subject, { wanted, nodes: inside.nodes }, ports);
  const { unreadable: unreadableDemands, ...known } = demands;
  const seen = { wanted, pool, connection, groups, operations: mine, readings, ...known, unreadableDemands };
  return { kind: 'pool', ...seen, ...inside };
}

function whyAbsent(wanted: PoolSpec, cluster: JsonObject | undefined, pool: JsonObject | undefined): Observed {
  const { project, location, cluster: name, pool: poolName } = wanted;
  const absent = (reason: string): Observed => ({ kind: 'absent', wanted, phase: 'pending', reason });
  if (cluster === undefined) return absent(`there is no cluster ${name} in ${project}/${location}`);
  if (pool === undefined) return absent(`cluster ${name} has no node pool ${poolName}`);
  return absent(`cluster ${name} has no endpoint yet (${textAt(cluster, 'status') ?? 'status unknown'})`);
}

/** A pool that is being made or deleted has no size of ours; one in ERROR has no machines, and whoever made it looks after it. */
function whyUnusable(wanted: PoolSpec, { status, complaint, consumption }: FoundPool): Observed | undefined {
  const because = (phase: 'pending' | 'degraded', reason: string): Observed => ({
    kind: 'absent',
    wanted,
    phase,
    reason,
  });
  if (status === 'PROVISIONING' || status === 'STOPPING') return because('pending', `GKE reports ${status}`);
  if (status !== 'ERROR') return undefined;
  return because('degraded', `the pool is in ERROR: ${complaint?.message ?? 'GKE gives no reason'} (${consumption})`);
}

/**
 * Pods are listed once, of all nodes: a list per node would cost a call for each. Nodes of other pools tell which of their pods can be
 * counted on.
 */
async function readInside(
  connection: ClusterConnection,
  { wanted, pool }: { readonly wanted: PoolSpec; readonly pool: FoundPool },
  { objects }: ScaleNodePoolPorts,
): Promise<Pick<ObservedPool, 'nodes' | 'pendingPods' | 'podsElsewhere'>> {
  const [nodes, all] = await Promise.all([
    objects.list(connection, { apiVersion: 'v1', kind: 'Node' }),
    objects.list(connection, { apiVersion: 'v1', kind: 'Pod', fieldSelector: UNFINISHED_PODS }),
  ]);
  const pods = readPods(all, wanted.pool);
  const isOurs = (node: JsonObject) => labelOf(node, NODE_POOL_LABEL) === wanted.pool;
  return {
    nodes: nodes.filter(isOurs).map((node) => readNode(node, pool.groups, pods)),
    pendingPods: pods.pending,
    podsElsewhere: nodes
      .filter((node) => !isOurs(node))
      .flatMap((node) => countedPods(node, pods, poolTarget(wanted.cluster, wanted.pool))),
  };
}

/** What our remembered operations say; those of steps that are over are not asked. */
async function readOperations(
  { memory }: Subject,
  { wanted, nodes }: { readonly wanted: PoolSpec; readonly nodes: readonly ObservedNode[] },
  { clusters, sizes }: ScaleNodePoolPorts,
): Promise<ReadonlyMap<string, OperationReading>> {
  const open = (id: string) => (memory[id]?.state === 'done' ? undefined : memory[id]?.operation);
  const read = async (id: string, reading: (operation: string) => Promise<OperationReading>) => {
    const operation = open(id);
    return operation === undefined ? [] : [[id, await reading(operation)] as const];
  };
  const found = await Promise.all([
    ...[RESIZE, BOUNDS].map((id) => read(id, (operation) => clusters.readOperation(placeOf(wanted), operation))),
    ...nodes.map(async ({ name, group }) =>
      group === undefined
        ? []
        : await read(deleteStepId(name), (operation) => sizes.readGroupOperation(group, operation)),
    ),
  ]);
  return new Map(found.flat());
}
