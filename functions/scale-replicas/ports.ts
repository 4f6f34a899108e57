import type { LoopPorts } from '#shared/automation.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters } from '#shared/ports/clusters.ts';
import type { SignalStore } from '#shared/ports/serving-signals.ts';
import type { PodTexts, Workloads } from '#shared/ports/workloads.ts';

/** The parts of the world that sizes of roles are decided by and set in. */
export interface ScaleReplicasCloud {
  /** Asked only for the address of a cluster, and seldom: it is remembered. */
  clusters(): Promise<Pick<Clusters, 'read'>>;
  readonly objects: Pick<ClusterObjects, 'read' | 'list'>;
  readonly workloads: Pick<Workloads, 'scale' | 'annotatePod'>;
  readonly podTexts: PodTexts;
  /** Loaded only when pods themselves did not say enough. */
  signalStore(): Promise<SignalStore>;
}

export type ScaleReplicasPorts = ScaleReplicasCloud & LoopPorts;
