import type { OperationReading } from '../domain/operation.ts';
import type { ClusterRef } from './clusters.ts';
import type { FencedCall } from './fence.ts';

export interface PoolRef extends ClusterRef {
  readonly pool: string;
}

/** Machines of one zone of a pool: the managed instance group that GKE keeps for it. */
export interface InstanceGroup {
  readonly project: string;
  readonly zone: string;
  /** Name of the instance group manager. */
  readonly name: string;
}

export interface InstanceGroupSize {
  readonly group: InstanceGroup;
  /** Machines that the group is to have; those still being made included. */
  readonly targetSize: number;
}

/** Sizes of node pools. All methods throw `AutomationError` only. Operations of GKE are read through `Clusters`. */
export interface NodePoolSizes {
  /**
   * Sets the number of nodes in each zone and returns the operation's short name. Which nodes leave when it shrinks is GKE's
   * choice, so it is used to grow only. Throws `busy` while the pool or cluster is operated on.
   */
  setNodesPerZone(ref: PoolRef, nodesPerZone: number, call: FencedCall): Promise<string>;
  /**
   * Sets the bounds within which GKE's own autoscaler keeps the pool and returns the operation's short name. The machines stay as they
   * are. Throws `busy` while the pool or cluster is operated on, `permanent` for bounds that make no sense.
   */
  setAutoscalingBounds(ref: PoolRef, bounds: AutoscalingBounds, call: FencedCall): Promise<string>;
  /** Sizes of the groups behind a pool, in the order given. Throws `gone` if one of them does not exist. */
  readGroups(groups: readonly InstanceGroup[]): Promise<readonly InstanceGroupSize[]>;
  /**
   * Deletes exactly these machines and lowers the group's size by as many at once. A machine that is not there any more, or is being
   * deleted already, is skipped. Repeating it with the same `requestId` has no second effect. Returns the operation's name; when
   * that is over the machines are still on their way out for a minute or two.
   */
  deleteInstances(group: InstanceGroup, request: DeleteInstances, call: FencedCall): Promise<string>;
  /** State of an operation that `deleteInstances` returned. */
  readGroupOperation(group: InstanceGroup, operation: string): Promise<OperationReading>;
}

export interface AutoscalingBounds {
  /** Nodes of all zones together. */
  readonly min: number;
  /** At least 1. */
  readonly max: number;
  /** `autoscaling.locationPolicy` as the pool has it: the whole setting is replaced, so what is not sent may be reset. */
  readonly locationPolicy?: string;
}

export interface DeleteInstances {
  /** Names of machines, which are those of the nodes. */
  readonly instances: readonly string[];
  /** UUID; Compute Engine remembers it. */
  readonly requestId: string;
}
