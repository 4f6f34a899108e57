/** What a decision about sizes is made from, and what it says. Plain JSON: inputs, memory and decisions go into the ledger as they are. */
import type { HpaMemory } from './hpa-behavior.ts';
import type { ResolvedScaling, RoleName, RoleOwner } from '../model-service.ts';
import type { RoleSignals, ServiceSignals, SignalSource } from './signals.ts';

export type { RoleName } from '../model-service.ts';

export interface ServiceSettings extends ResolvedScaling {
  /** Whether requests come in through an endpoint picker (EPP). Without one the model servers' own queues are read. */
  readonly hasEndpointPicker: boolean;
  readonly spendCapUsdPerHour?: number;
}

export interface PendingReplica {
  /** Of a LeaderWorkerSet group: the leader's. */
  readonly pod: string;
  /** Since when it does not serve. */
  readonly sinceMs: number;
}

/** One role as one look saw it. */
export interface RoleInput {
  readonly role: RoleName;
  readonly owner: RoleOwner;
  readonly size: { readonly min: number; readonly max: number };
  /** All pods of one replica together. */
  readonly gpusPerReplica: number;
  readonly startupSeconds: number;
  /** V_P of llm-d's token-aware guide; absent: no backlog in seconds can be computed. */
  readonly peakPrefillTokensPerSecond?: number;
  /** Absent: unknown. */
  readonly usdPerGpuHour?: number;
  /** Replicas that the workload was last told to have. */
  readonly currentReplicas: number;
  /** Serving ones, those being deleted left out. */
  readonly readyReplicas: number;
  readonly pending: readonly PendingReplica[];
  /** Pods being deleted; of a group the leader's. They serve nothing new and are no supply. */
  readonly terminating: readonly string[];
  readonly rolloutInProgress: boolean;
  /** Another scaler found on the same workload, e.g. `HorizontalPodAutoscaler serving/llama`. */
  readonly foreignScaler?: string;
  readonly override?: { readonly replicas: number; readonly untilMs: number };
  readonly signals: RoleSignals;
}

/** All that a decision may depend on. */
export interface ScalingInput {
  readonly nowMs: number;
  readonly settings: ServiceSettings;
  /** One aggregated role, or prefill and decode. */
  readonly roles: readonly RoleInput[];
  readonly signals: ServiceSignals;
  /** Absent: the service is seen for the first time. */
  readonly memory?: ScalingMemory;
}

/** What the next look needs to know of this one, per role; instants are Unix ms. */
export interface RoleMemory extends HpaMemory {
  readonly lastUpAtMs?: number;
  readonly lastDownAtMs?: number;
  /** A size that was asked for by the last decision; if the next look finds the old one, nothing of it happened. */
  readonly asked?: {
    readonly fromReplicas: number;
    readonly toReplicas: number;
    readonly atMs: number;
    /** What was remembered until then: it holds again if nothing happened. */
    readonly before: Pick<RoleMemory, 'ups' | 'downs' | 'lastUpAtMs' | 'lastDownAtMs' | 'tooFew'>;
  };
  /** A size that was gone down to and had to be left again soon after. */
  readonly tooFew?: { readonly replicas: number; readonly untilMs: number };
}

export interface ScalingMemory {
  readonly roles: { readonly [R in RoleName]?: RoleMemory };
  /** Since when the service is proven idle. */
  readonly idleSinceMs?: number;
}

/** What kept a size from what the rule wanted. The README says of each what it means and what to do. */
export type LimitedBy =
  | 'owner'
  | 'foreignScaler'
  | 'override'
  | 'floor'
  | 'ceiling'
  | 'noSignal'
  | 'unprovenSignal'
  | 'decodeBottleneck'
  | 'tolerance'
  | 'tooFew'
  | 'stabilization'
  | 'rateLimit'
  | 'cooldown'
  | 'rollout'
  | 'spendCap'
  | 'priceUnknown'
  | 'pair';

/** `keep`: the size is as it should be; `hold`: a limit stopped a change, or nobody knows enough for one. */
export type ScalingAction = 'up' | 'down' | 'keep' | 'hold';

/** One number of a term, or why there is none. */
export interface TermInput {
  readonly name: string;
  readonly state: 'value' | 'stale' | 'missing' | 'invalid';
  readonly value?: number;
  readonly source?: SignalSource;
  readonly ageSeconds?: number;
  /** Of how many pods, or why there is no value. */
  readonly note?: string;
}

/** One line of the arithmetic. */
export interface Term {
  readonly name: string;
  readonly inputs: readonly TermInput[];
  /** In words, with the numbers. */
  readonly formula: string;
  readonly result: string;
}

/** The size of one role, and every step of the arithmetic that led to it. */
export interface RoleDecision {
  readonly role: RoleName;
  readonly desiredReplicas: number;
  readonly action: ScalingAction;
  readonly limitedBy?: LimitedBy;
  readonly terms: readonly Term[];
  readonly why: string;
}

export interface ScalingDecision {
  readonly roles: readonly RoleDecision[];
  readonly memory: ScalingMemory;
  /** One line for the log, the status page and chat. */
  readonly summary: string;
}
