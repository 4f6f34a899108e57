/** What the GKE world remembers of clusters and node pools. */
import type { JsonMap } from '../world/json.ts';
import type { WorldBase } from '../world/base.ts';
import type { GkeFacts } from './facts.ts';
import type { Instance } from './instance.ts';
import type { MachineShape } from './machines.ts';
import type { OperationLog } from './operations.ts';
import type { ClusterRuntime, GkeCompute } from './parts.ts';
import type { Stock } from './stock.ts';

/** A subset of google.container.v1.Cluster.Status. */
export type ClusterStatus = 'PROVISIONING' | 'RUNNING' | 'RECONCILING' | 'STOPPING' | 'ERROR';

/** A subset of google.container.v1.NodePool.Status. */
export type NodePoolStatus = 'PROVISIONING' | 'RUNNING' | 'RUNNING_WITH_ERROR' | 'RECONCILING' | 'STOPPING' | 'ERROR';

/** A subset of google.cloud.compute.v1.ManagedInstance.CurrentAction. */
export type MachineAction = 'DELETING' | 'RECREATING';

export interface Vacancy {
  readonly zone: string;
  readonly name: string;
}

export interface NodePoolState {
  readonly name: string;
  /** `projects/P/locations/L/clusters/C/nodePools/N` */
  readonly path: string;
  /** The body as it was sent, with what later calls have set in it. */
  spec: JsonMap;
  readonly zones: readonly string[];
  readonly version: string;
  readonly createdAtMs: number;
  readonly machine: MachineShape;
  /** Hexadecimal; part of the names of its instance groups and instances. */
  readonly hash: string;
  /** By zone: machines that its instance group is to have, or is being brought to. */
  readonly targets: Map<string, number>;
  status: NodePoolStatus;
  statusMessage: string;
  conditions: JsonMap[];
  instances: Instance[];
  /** What is being done to machines, by name; those to which nothing is done are not in it. */
  readonly actions: Map<string, MachineAction>;
  /** Zones in which a machine is on its way, one entry for each of them. */
  coming: string[];
  /** Whether its groups try again from time to time to make what is missing. */
  repairing: boolean;
  /** Machines that were lost: the group makes them again under their names. */
  vacancies: Vacancy[];
  /** Instances ever made, so that no name comes twice. */
  made: number;
}

export interface ClusterState {
  readonly name: string;
  /** `projects/P/locations/L/clusters/C` */
  readonly path: string;
  readonly location: string;
  readonly region: string;
  readonly zones: readonly string[];
  /** The body as it was sent, without its node pools, with what later calls have set in it. */
  spec: JsonMap;
  readonly version: string;
  readonly createdAtMs: number;
  readonly network: JsonMap;
  readonly subnetwork: JsonMap;
  readonly pools: Map<string, NodePoolState>;
  status: ClusterStatus;
  statusMessage: string;
  conditions: JsonMap[];
  /** Whether the control plane answers, so that its address is shown. */
  reachable: boolean;
}

/** A node pool together with the cluster that it belongs to. */
export interface PoolOfCluster {
  readonly cluster: ClusterState;
  readonly pool: NodePoolState;
}

/** What all parts of the GKE world share. */
export interface GkeContext {
  readonly base: WorldBase;
  readonly compute: GkeCompute;
  readonly runtime: ClusterRuntime;
  readonly facts: GkeFacts;
  readonly operations: OperationLog;
  readonly stock: Stock;
  /** By path. */
  readonly clusters: Map<string, ClusterState>;
}

/** What durations are drawn from. */
export function pace(context: GkeContext): {
  readonly random: WorldBase['random'];
  readonly mediansMs: GkeFacts['mediansMs'];
} {
  return { random: context.base.random, mediansMs: context.facts.mediansMs };
}
