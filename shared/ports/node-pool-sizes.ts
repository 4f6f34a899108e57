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
  /** Sets the bounds within which GKE's own autoscaler keeps the pool, nodes of all zones together. */
  setAutoscalingBounds(
    ref: PoolRef,
    bounds: { readonly min: number; readonly max: number },
    call: FencedCall,
  ): Promise<string>;
  /** Sizes of the groups behind a pool, in the order given. */
  readGroups(groups: readonly InstanceGroup[]): Promise<readonly InstanceGroupSize[]>;
  /**
   * Deletes exactly these machines and lowers the group's size by as many. A machine that is not there any more is skipped. Repeating
   * it with the same `requestId` has no second effect. Returns the operation's name.
   */
  deleteInstances(group: InstanceGroup, request: DeleteInstances, call: FencedCall): Promise<string>;
  /** State of an operation that `deleteInstances` returned. */
  readGroupOperation(group: InstanceGroup, operation: string): Promise<OperationReading>;
}

export interface DeleteInstances {
  /** Names of machines, which are those of the nodes. */
  readonly instances: readonly string[];
  /** UUID; Compute Engine remembers it. */
  readonly requestId: string;
}
