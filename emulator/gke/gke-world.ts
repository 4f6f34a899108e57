/** Google Kubernetes Engine as the local cloud has it: clusters, node pools and operations in world time. */
import type { GroupSource } from '../compute/instance-groups.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { startAutoscalingChange } from './autoscaling.ts';
import { flexStartHasNoSize } from './autoscaling-rejections.ts';
import { checkReservation } from './capacity.ts';
import { toCluster } from './cluster-checks.ts';
import { startClusterCreation, startClusterRemoval, startForeign } from './cluster-lifecycle.ts';
import { duplicatePool, noNodes } from './cluster-rejections.ts';
import type { GkeFacts } from './facts.ts';
import { GkeSettings } from './gke-settings.ts';
import { growsBeyond } from './groups.ts';
import { findMachine, viewGroups } from './instance-groups.ts';
import { findCluster, findNodePool, parseKnown } from './lookup.ts';
import { findLocation, type NameKind, type ParsedName } from './names.ts';
import { checkSize, toNodePool } from './node-pool-checks.ts';
import { startPoolCreation, startPoolRemoval, startResize } from './node-pool-lifecycle.ts';
import { OperationLog } from './operations.ts';
import type { ClusterRuntime, GkeCompute, InstanceLoss } from './parts.ts';
import { flagAt, mapAt, mapsAt, numberAt, textAt } from './read.ts';
import { alreadyExists, clusterNotRunning, nameTakenElsewhere, notFound } from './rejections.ts';
import { loseInstance } from './repairs.ts';
import { poolScope } from './scopes.ts';
import type { ClusterState, GkeContext, NodePoolState, PoolOfCluster } from './state.ts';
import { type Shelf, Stock } from './stock.ts';
import { toServerConfig } from './versions.ts';
import { viewCluster, viewNodePool } from './views.ts';

export type { ClusterRuntime, GkeCompute } from './parts.ts';

/**
 * All calls are synchronous: they read, or they accept a change and return the operation that will carry it out. Bodies are
 * proto3 JSON of google.container.v1; answers are copies. A call that is refused throws `ApiError` and changes nothing.
 */
export class GkeWorld {
  /** For Compute Engine, which shows and changes the same machines. */
  readonly instanceGroups: GroupSource;
  readonly settings: GkeSettings;
  readonly #context: GkeContext;

  constructor(
    base: WorldBase,
    parts: { readonly compute: GkeCompute; readonly runtime: ClusterRuntime; readonly facts: GkeFacts },
  ) {
    this.#context = {
      ...parts,
      base,
      operations: new OperationLog(base),
      stock: new Stock(),
      clusters: new Map(),
    };
    this.instanceGroups = viewGroups(this.#context);
    this.settings = new GkeSettings(this.#context);
  }

  /** All operations ever started, oldest first. */
  get operations(): readonly JsonMap[] {
    return this.#context.operations.all;
  }

  /** `parent` is a region or a zone. */
  createCluster(parent: string, body: JsonMap): JsonMap {
    const { location } = parseKnown(this.#context, parent, 'location', 'container.clusters.create');
    const path = `projects/${this.#context.base.project}/locations/${location}/clusters/${textAt(body, 'name')}`;
    this.#checkNewName(textAt(body, 'name'), path);
    const cluster = toCluster(this.#context, path, body);
    const pools = mapsAt(body, 'nodePools').map((pool) => toNodePool(this.#context, cluster, pool));
    if (pools.length === 0) pools.push(this.#defaultPool(cluster));
    const repeated = pools.find(({ name }, index) => pools.findIndex((pool) => pool.name === name) < index);
    if (repeated !== undefined) reject(duplicatePool);
    for (const pool of pools) checkReservation(this.#context, pool, numberAt(pool.spec, 'initialNodeCount'));
    const operation = startClusterCreation(this.#context, cluster, pools);
    this.#record('createCluster', path);
    return operation;
  }

  getCluster(name: string): JsonMap {
    return viewCluster(this.#context, this.#cluster(name));
  }

  /** The location may be `-`. */
  listClusters(parent: string): JsonMap {
    const { location } = this.#parse(parent, 'location');
    const clusters = [...this.#context.clusters.values()].filter(
      (cluster) => location === '-' || cluster.location === location,
    );
    return { clusters: clusters.map((cluster) => viewCluster(this.#context, cluster)) };
  }

  /** With all its pools; refused while anything runs on it. */
  deleteCluster(name: string): JsonMap {
    const cluster = this.#cluster(name);
    const operation = startClusterRemoval(this.#context, cluster);
    this.#record('deleteCluster', cluster.path);
    return operation;
  }

  /** That the name is taken is said before anything else is looked at, so that a repeated call always learns it. */
  createNodePool(parent: string, body: JsonMap): JsonMap {
    const cluster = this.#cluster(parent);
    const name = textAt(body, 'name');
    if (cluster.pools.has(name)) reject(alreadyExists, `${cluster.path}/nodePools/${name}`);
    const pool = toNodePool(this.#context, cluster, body);
    this.#admit(cluster, 'CREATE_NODE_POOL', name);
    checkReservation(this.#context, pool, numberAt(pool.spec, 'initialNodeCount'));
    const operation = startPoolCreation(this.#context, { cluster, pool });
    this.#record('createNodePool', pool.path);
    return operation;
  }

  getNodePool(name: string): JsonMap {
    const { cluster, pool } = this.#nodePool(name);
    return viewNodePool(this.#context, cluster, pool);
  }

  listNodePools(parent: string): JsonMap {
    const cluster = this.#cluster(parent);
    return { nodePools: [...cluster.pools.values()].map((pool) => viewNodePool(this.#context, cluster, pool)) };
  }

  deleteNodePool(name: string): JsonMap {
    const found = this.#nodePool(name);
    const operation = startPoolRemoval(this.#context, found);
    this.#record('deleteNodePool', found.pool.path);
    return operation;
  }

  /** `nodeCount` is the number of nodes in each zone of the pool. Autoscaling allows it (kubernetes-sigs/cluster-api-provider-gcp #1134). */
  setNodePoolSize(name: string, nodeCount: number): JsonMap {
    const found = this.#nodePool(name);
    checkSize(nodeCount);
    if (nodeCount > 0 && flagAt(found.pool.spec, 'config.flexStart')) reject(flexStartHasNoSize);
    this.#admit(found.cluster, 'SET_NODE_POOL_SIZE', found.pool.name);
    if (growsBeyond(found.pool, nodeCount)) checkReservation(this.#context, found.pool, nodeCount);
    const operation = startResize(this.#context, found, nodeCount);
    this.#record('setNodePoolSize', found.pool.path);
    return operation;
  }

  /** The machines stay as they are. */
  setNodePoolAutoscaling(name: string, autoscaling: JsonMap): JsonMap {
    const found = this.#nodePool(name);
    const operation = startAutoscalingChange(this.#context, found, autoscaling);
    this.#record('setNodePoolAutoscaling', found.pool.path);
    return operation;
  }

  getOperation(name: string): JsonMap {
    const { location, operation } = this.#parse(name, 'operation');
    return this.#context.operations.find(location, operation) ?? reject(notFound, name);
  }

  /** The location may be `-`. */
  listOperations(parent: string): JsonMap {
    return { operations: this.#context.operations.list(this.#parse(parent, 'location').location) };
  }

  /** Versions are the same everywhere; `name` is a location. */
  getServerConfig(name: string): JsonMap {
    findLocation(this.#context.facts, this.#parse(name, 'location').location);
    return toServerConfig(this.#context.facts);
  }

  /** Somebody else's operation, e.g. `UPGRADE_MASTER`; `cluster` is a short name, or `cluster/pool` for one on a node pool. */
  startForeignOperation(cluster: string, type: string, durationMs: number): void {
    const [clusterName, nodePool] = cluster.split('/');
    const found = [...this.#context.clusters.values()].find(({ name }) => name === clusterName);
    if (found === undefined) throw new Error(`starting ${type} on cluster ${cluster}: there is no such cluster`);
    startForeign(this.#context, { cluster: found, nodePool }, { type, durationMs });
  }

  /** From now on a zone has so many more machines of a type for whoever asks, by reservation too; undefined: as many as wanted. */
  limitStock(shelf: Shelf, machines: number | undefined): void {
    this.#context.stock.limit(shelf, machines);
  }

  /** A machine is taken back or breaks; `name` is also that of its node. */
  loseInstance(name: string, loss: InstanceLoss): void {
    const found = findMachine(this.#context, name);
    const instance = found?.pool.instances.find((one) => one.name === name);
    if (found === undefined || instance === undefined)
      throw new Error(`losing machine ${name}: there is no such machine`);
    loseInstance(this.#context, found, { instance, loss });
  }

  /** Clients that send no node pools, only the older `initialNodeCount` and `nodeConfig`, get the pool that GKE names so. */
  #defaultPool(cluster: ClusterState): NodePoolState {
    const initialNodeCount = numberAt(cluster.spec, 'initialNodeCount');
    if (initialNodeCount <= 0) reject(noNodes);
    const config = mapAt(cluster.spec, 'nodeConfig');
    return toNodePool(this.#context, cluster, { name: 'default-pool', initialNodeCount, config });
  }

  /** Whether an operation that makes nodes may begin now. */
  #admit(cluster: ClusterState, type: string, nodePool: string): void {
    this.#context.operations.admit(poolScope(cluster, type, nodePool));
    if (cluster.status === 'ERROR') reject(clusterNotRunning, cluster.name, cluster.status);
  }

  #checkNewName(name: string, path: string): void {
    if (this.#context.clusters.has(path)) reject(alreadyExists, path);
    const other = [...this.#context.clusters.values()].find((cluster) => cluster.name === name);
    if (other !== undefined) reject(nameTakenElsewhere, other.path);
  }

  #parse(name: string, kind: NameKind): ParsedName {
    return parseKnown(this.#context, name, kind);
  }

  #cluster(name: string): ClusterState {
    return findCluster(this.#context, name);
  }

  #nodePool(name: string): PoolOfCluster {
    return findNodePool(this.#context, name);
  }

  #record(method: string, resource: string): void {
    this.#context.base.journal.record({ service: 'container', method, resource, effect: true });
  }
}
