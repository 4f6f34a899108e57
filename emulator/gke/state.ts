/** What the GKE world remembers of clusters and node pools. */
import type { JsonMap } from '../world/json.ts';
import type { WorldBase } from '../world/base.ts';
import type { GkeFacts } from './facts.ts';
import type { Instance } from './instance.ts';
import type { MachineShape } from './machines.ts';
import type { OperationLog } from './operations.ts';
import type { ClusterRuntime, GkeCompute } from './parts.ts';

/** A subset of google.container.v1.Cluster.Status. */
export type ClusterStatus = 'PROVISIONING' | 'RUNNING' | 'RECONCILING' | 'STOPPING' | 'ERROR';

/** A subset of google.container.v1.NodePool.Status. */
export type NodePoolStatus = 'PROVISIONING' | 'RUNNING' | 'RUNNING_WITH_ERROR' | 'RECONCILING' | 'STOPPING' | 'ERROR';

export interface NodePoolState {
  readonly name: string;
  /** `projects/P/locations/L/clusters/C/nodePools/N` */
  readonly path: string;
  /** The body as it was sent. */
  readonly spec: JsonMap;
  readonly zones: readonly string[];
  readonly version: string;
  readonly machine: MachineShape;
  /** Hexadecimal; part of the names of its instance groups and instances. */
  readonly hash: string;
  /** In each zone; what the pool is to have, or is being brought to. */
  nodesPerZone: number;
  status: NodePoolStatus;
  statusMessage: string;
  conditions: JsonMap[];
  instances: Instance[];
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
  /** The body as it was sent, without its node pools. */
  readonly spec: JsonMap;
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

/** What all parts of the GKE world share. */
export interface GkeContext {
  readonly base: WorldBase;
  readonly compute: GkeCompute;
  readonly runtime: ClusterRuntime;
  readonly facts: GkeFacts;
  readonly operations: OperationLog;
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
