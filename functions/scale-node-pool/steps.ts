/** The vocabulary of sizing a pool: its steps, and what one look sees. */
import type { DemandFacts, NodeFacts, PendingPod, PodElsewhere } from '#shared/domain/node-pool/types.ts';
import type { ClusterOperation, OperationReading } from '#shared/domain/operation.ts';
import type { PoolSpec } from '#shared/domain/pool-declaration.ts';
import type { Phase, Step } from '#shared/domain/step.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import type { AutoscalingBounds, InstanceGroup, InstanceGroupSize, PoolRef } from '#shared/ports/node-pool-sizes.ts';
import type { FoundPool } from './gke-pool.ts';

interface OnNode extends Step {
  readonly connection: ClusterConnection;
  /** Name of the node, which is its machine's too. */
  readonly node: string;
}

export type PoolStep =
  | (Step & {
      readonly kind: 'resize';
      readonly ref: PoolRef;
      readonly nodesPerZone: number;
      readonly groups: readonly InstanceGroup[];
    })
  /** Tells GKE's own autoscaler its bounds. */
  | (Step & { readonly kind: 'bounds'; readonly ref: PoolRef; readonly bounds: AutoscalingBounds })
  | (OnNode & { readonly kind: 'cordon' })
  | (OnNode & { readonly kind: 'uncordon' })
  | (OnNode & {
      readonly kind: 'drain';
      /** What is to stay in service meanwhile. */
      readonly demands: readonly DemandFacts[];
      readonly demandsElsewhere: readonly DemandFacts[];
      /** Other nodes whose pods are not counted on. */
      readonly others: readonly string[];
      /** What is not ready on the node may become so. */
      readonly isSound: boolean;
    })
  | (OnNode & { readonly kind: 'delete'; readonly group: InstanceGroup; readonly chosenAtMs: number });

/** Annotation of a node that we have cordoned: the pool's target. */
export const CORDONED_FOR = 'inference-fleet/cordoned-for';

export const RESIZE = 'resize';
export const BOUNDS = 'bounds';
export const deleteStepId = (node: string): string => `delete/${node}`;

type DeleteStep = Extract<PoolStep, { kind: 'delete' }>;

/** The same step however far it has come: to be done, being done, or done. */
export function deleteStep(
  of: Pick<DeleteStep, 'connection' | 'node' | 'group' | 'chosenAtMs'>,
  dependsOn: readonly string[] = [],
): DeleteStep {
  return { kind: 'delete', id: deleteStepId(of.node), title: `delete ${of.node}`, dependsOn, ...of };
}

export interface ObservedNode extends NodeFacts {
  /** The group whose machine it is; undefined: unknown, so it cannot be removed. */
  readonly group: InstanceGroup | undefined;
}

/** A pool that stands, and everything in and around it. */
export interface ObservedPool {
  readonly kind: 'pool';
  readonly wanted: PoolSpec;
  readonly pool: FoundPool;
  readonly connection: ClusterConnection;
  readonly groups: readonly InstanceGroupSize[];
  readonly nodes: readonly ObservedNode[];
  /** On nodes of other pools that nobody has cordoned, or only until we need its pods. */
  readonly podsElsewhere: readonly PodElsewhere[];
  readonly pendingPods: readonly PendingPod[];
  readonly demands: readonly DemandFacts[];
  /** On other pools of the cluster. */
  readonly demandsElsewhere: readonly DemandFacts[];
  readonly unreadableDemands: number;
  /** Those on the cluster or on this pool that are not over. */
  readonly operations: readonly ClusterOperation[];
  /** Readings of the operations that the ledger remembers, by step id. */
  readonly readings: ReadonlyMap<string, OperationReading>;
}

/** What one look read from the world. */
export type Observed =
  | ObservedPool
  /** There is no pool whose size could be anybody's business (yet). */
  | { readonly kind: 'absent'; readonly wanted: PoolSpec; readonly phase: Phase; readonly reason: string };
