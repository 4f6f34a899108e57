/** The vocabulary of sizing a service: its steps, what one look sees, and what is remembered for the next one. */
import type { ServingSignals } from '#shared/domain/metrics/serving-signals.ts';
import type { CounterMemory } from '#shared/domain/metrics/counters.ts';
import type { ResolvedModelService, ResolvedRole, RoleName } from '#shared/domain/model-service.ts';
import type { PoolDemand } from '#shared/domain/pool-demand.ts';
import type { ServiceSignals } from '#shared/domain/scaling/signals.ts';
import type { ScalingMemory } from '#shared/domain/scaling/types.ts';
import type { Step } from '#shared/domain/step.ts';
import type { ClusterConnection, ObjectRef } from '#shared/ports/cluster-objects.ts';
import type { PodFacts } from './pods.ts';
import type { WorkloadFacts } from './workload.ts';

export type ScaleStep =
  | (Step & {
      readonly kind: 'scale';
      readonly connection: ClusterConnection;
      readonly workload: ObjectRef;
      readonly replicas: number;
      /** Of the workload that the decision was made about. */
      readonly resourceVersion: string;
      /** To be set before it, so that the right pods go; absent: there is nothing to choose. */
      readonly marks?: readonly PodMark[];
    })
  /** Takes back marks of pods that have not gone. */
  | (Step & {
      readonly kind: 'unmark';
      readonly connection: ClusterConnection;
      readonly namespace: string;
      readonly marks: readonly PodMark[];
    })
  /** Tells `scale-node-pool` what its pool will have to hold, ahead of the pods. */
  | (Step & { readonly kind: 'demand'; readonly demand: PoolDemand });

/** Whether a pod is to bear our mark. */
export interface PodMark {
  readonly pod: string;
  readonly goesFirst: boolean;
}

/** A pod with GPUs on a node, of whomever. */
export interface GpuPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly gpus: number;
}

/** What else is on the nodes, ours included. */
export type Surroundings =
  | { readonly kind: 'known'; readonly pods: readonly GpuPod[]; readonly cordoned: ReadonlySet<string> }
  | { readonly kind: 'unknown'; readonly reason: string };

/** One role of the service, as it is in the cluster. */
export interface RoleObserved {
  readonly role: ResolvedRole;
  /** Undefined: the workload does not exist. */
  readonly workload: WorkloadFacts | undefined;
  readonly pods: readonly PodFacts[];
  /** Another scaler on the same workload. */
  readonly foreignScaler: string | undefined;
  /** Undefined: nobody knows. */
  readonly usdPerGpuHour: number | undefined;
}

/** What one look read from the world. */
export interface Observed {
  readonly service: ResolvedModelService;
  readonly connection: RememberedConnection;
  readonly roles: readonly RoleObserved[];
  readonly prices: GpuPrices;
  readonly signals: Pick<ServingSignals, 'roles' | 'service'>;
  readonly counters: CounterMemory;
  /** Pods that did not answer when they were last asked. */
  readonly silent: readonly string[];
  /** Absent: the document states no objectives, or nobody could be asked yet. */
  readonly quantiles?: RememberedQuantiles;
  /** What the ledger says that each pool was told, by pool target. */
  readonly demands: ReadonlyMap<string, PoolDemand>;
  /** Absent: no role gives back pods that may be chosen. */
  readonly surroundings?: Surroundings;
}

/** Address of the cluster's API server, and when it was asked for (Unix ms). */
export interface RememberedConnection {
  /** `<project>/<location>/<name>`: another cluster may bear the same name elsewhere. */
  readonly cluster: string;
  readonly connection: ClusterConnection;
  readonly readAtMs: number;
}

/** USD per GPU and hour, by pool, as the newest node of each pool had it; none where the document states it or nobody knows. */
export type GpuPrices = { readonly [pool: string]: number };

/** How objectives were met when Cloud Monitoring was last asked. */
export interface RememberedQuantiles extends Pick<ServiceSignals, 'ttftP90Seconds' | 'tpotP90Seconds'> {
  readonly askedAtMs: number;
}

/** What one look hands to the next; plain JSON in the ledger. */
export type Carry = {
  /** Another number means another form: what an older version remembered is then forgotten. */
  readonly version: 1;
  readonly connection: RememberedConnection;
  readonly counters: CounterMemory;
  readonly quantiles?: RememberedQuantiles;
  /** Absent: all that were asked have answered. */
  readonly silent?: readonly string[];
  /** Absent in what an older version remembered. */
  readonly prices?: GpuPrices;
  readonly scaling: ScalingMemory;
};

/** Sizes that a person asked for, by role. */
export type RoleOverrides = { readonly [R in RoleName]?: { readonly replicas: number; readonly untilMs: number } };
