/** What the size of a node pool is decided from, and what is decided. Plain data: the memory goes into the ledger as it is. */
import type { DemandItem } from '../pool-demand.ts';
import type { Term } from '../scaling/types.ts';
import type { NeedWindow } from './need-window.ts';

/** A pod that somebody has to move before its node may go: pods of DaemonSets and static pods are none. */
export interface PodOnNode {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** 0: it is moved, but no node is needed for it. */
  readonly gpus: number;
  /** Absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent: nobody says. */
  readonly createdAtMs?: number;
  /** By its own Ready condition: it serves. */
  readonly isReady: boolean;
  /** What makes it again, e.g. `deployment/llama`: pods of one workload in one namespace are replicas of each other. */
  readonly workload: string;
  /** Being deleted: its GPUs are taken until this instant at the latest, Unix ms. */
  readonly terminatesAtMs?: number;
  /** Pods that are made anew together (a LeaderWorkerSet group); of other pods their own uid. */
  readonly group: string;
  /** Pods that its group has when it is whole; absent: not known, or it is no group. */
  readonly groupSize?: number;
  /** Why nobody may evict it; absent: its disruption budget decides. */
  readonly keptBecause?: string;
}

/** One on a node of another pool; pods on nodes that are cordoned there are none, but for those that `yields` tells. */
export interface PodElsewhere extends PodOnNode {
  /** Its node was cordoned for a pool whose name comes after ours: where both need its pods, that pool takes its node back. */
  readonly yields?: true;
}

export interface NodeFacts {
  readonly name: string;
  readonly isReady: boolean;
  /** Allocatable ones: a node that is Ready offers none until its driver and device plugin run (kubernetes/autoscaler issue 1659). */
  readonly gpus: number;
  readonly isCordoned: boolean;
  /** Target of the pool for which we have cordoned it; absent: not by us. The mark outlives a person's uncordoning. */
  readonly cordonedFor?: string;
  /** Why it cannot be removed, whatever runs on it; absent: it can. */
  readonly keptBecause?: string;
  readonly pods: readonly PodOnNode[];
}

/** A pod without a node that may come to this pool. */
export interface PendingPod {
  readonly namespace: string;
  readonly name: string;
  readonly gpus: number;
  /** Absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Of a workload in rollout, whose controller waits for it before it takes away one of the older revision; absent: it is none. */
  readonly isOfRollout?: true;
}

export interface DemandFacts {
  /** Target of the service that asks. */
  readonly from: string;
  /** Namespace of its pods. */
  readonly namespace: string;
  readonly items: readonly DemandItem[];
  /** When it last changed, Unix ms. */
  readonly decidedAtMs: number;
  /** Why it cannot be relied on to be all that is needed; absent: whoever decides it has looked a moment ago. */
  readonly doubt?: string;
}

/** Machines that one zone's group is to have, those still being made included. */
export interface ZoneSize {
  readonly zone: string;
  readonly targetSize: number;
}

/** A size that was refused for want of machines. */
export interface RefusedSize {
  readonly nodesPerZone: number;
  /** Machines that a zone could have had besides its own; absent: nobody says. */
  readonly freePerZone?: number;
}

/** A node that we have chosen to remove. */
export type ChosenNode = {
  readonly name: string;
  /** Tells two removals of one name apart: a lost machine is made anew under its old name. */
  readonly chosenAtMs: number;
  /** Needed after all: it is only kept in mind until it takes pods again. */
  readonly isReturning: boolean;
  /** It is broken, and goes so that another one may be bought in its place; absent: because it is spare. */
  readonly isReplaced?: true;
};

/** What one decision hands to the next. */
export type PoolMemory = {
  /** Absent: the need has not been known yet. */
  readonly need?: NeedWindow;
  /** Since when a node has been seen without what makes it one of ours: ready, with GPUs. */
  readonly unfitSinceMs: Readonly<Record<string, number>>;
  readonly lastGrowthAtMs?: number;
  readonly chosen: readonly ChosenNode[];
};

export interface PoolInput {
  readonly nowMs: number;
  /** Nodes of the whole pool. */
  readonly size: { readonly min: number; readonly max: number };
  readonly zones: readonly ZoneSize[];
  /** GKE makes broken nodes anew by itself. */
  readonly isAutoRepaired: boolean;
  /** Undefined: neither the pool nor its nodes say so. */
  readonly gpusPerNode: number | undefined;
  readonly nodes: readonly NodeFacts[];
  /** On nodes that are none of the pool's. */
  readonly podsElsewhere: readonly PodElsewhere[];
  readonly pendingPods: readonly PendingPod[];
  readonly demands: readonly DemandFacts[];
  /** On other pools: nothing is bought for them here, but what they ask for stays in service, on whichever nodes it is. */
  readonly demandsElsewhere: readonly DemandFacts[];
  /** Demands that nobody can read: each asks for something. */
  readonly unreadableDemands: number;
  /** Nodes whose deletion was asked for: they go, whatever is decided. */
  readonly leaving: ReadonlySet<string>;
  /** How many of them may still be counted in their zone's size: whether the call was accepted is not known. */
  readonly unconfirmed: number;
  /** Absent: the latest call was not refused for want of machines. */
  readonly refused?: RefusedSize;
  /** Why no further node may be chosen or removed now, e.g. somebody's operation on the pool. */
  readonly blockedBy?: string;
  readonly memory: PoolMemory;
}

/** What kept the size from what is needed, or from going lower. The README says of each what it means and what to do. */
export type PoolLimit =
  | 'gpusUnknown'
  | 'ceiling'
  | 'floor'
  | 'zones'
  /** Fewer are asked for than are needed, since more were refused. */
  | 'stock'
  | 'podTooLarge'
  | 'doubtfulDemand'
  | 'gpusDiffer'
  | 'afterGrowth'
  | 'unneededWait'
  /** Nobody has asked for nodes of it yet. */
  | 'noDemand'
  | 'unreadyNodes'
  | 'podsWait'
  | 'operation'
  | 'noRemovableNode';

export interface PoolCounts {
  /** Ready, with GPUs on offer. */
  readonly ready: number;
  /** On their way: not there yet, or there without GPUs. */
  readonly coming: number;
  /** For too long without what makes them nodes of ours, or kept from pods by somebody else. */
  readonly unusable: number;
  /** Chosen by us to go, or going. */
  readonly leaving: number;
}

export interface PoolDecision {
  readonly action: 'up' | 'down' | 'keep' | 'hold';
  /** Nodes that the demands and everybody else's pods take; undefined: unknown. */
  readonly needNodes: number | undefined;
  /** Machines that the pool is to have now. */
  readonly presentNodes: number;
  /** What it is to have after this decision. */
  readonly wantedNodes: number;
  /** Set to grow: absolute, the same in every zone, never below what any zone has. */
  readonly nodesPerZone?: number;
  /** Nodes that are to go, those in progress included. */
  readonly chosen: readonly ChosenNode[];
  /** Why the removal of chosen nodes goes no further now. */
  readonly removalWaits?: string;
  readonly limitedBy?: PoolLimit;
  readonly counts: PoolCounts;
  readonly terms: readonly Term[];
  /** One sentence. */
  readonly why: string;
  readonly memory: PoolMemory;
}
