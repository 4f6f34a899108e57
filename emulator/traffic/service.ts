import type { RequestStream } from '../../shared/simulation/arrivals.ts';
import type { KvTransfer } from '../../shared/simulation/engine-contract.ts';
import type { MetricNames } from '../../shared/simulation/metrics-text.ts';
import type { PerformanceProfile } from '../../shared/simulation/performance.ts';
import type { ServingObjectives } from '../../shared/simulation/score.ts';

export type ServedRole = 'aggregated' | 'prefill' | 'decode';

/** Labels that all pods of something have. */
export type PodLabels = Readonly<Record<string, string>>;

export interface ServedRoleFacts {
  readonly role: ServedRole;
  readonly pods: PodLabels;
  /** Where its model server answers `/metrics`. */
  readonly metricsPort: number;
  /** One replica: a pod, or all pods of a LeaderWorkerSet group. */
  readonly performance: PerformanceProfile;
}

/** A model in the world: its pods, how fast they are, and what comes in. */
export interface ServedService {
  readonly cluster: string;
  /** Region or zone of the cluster. */
  readonly location: string;
  readonly namespace: string;
  readonly servedModelName: string;
  readonly roles: readonly ServedRoleFacts[];
  /** Without one requests go straight to the model servers. */
  readonly endpointPicker?: ServedPickerFacts;
  readonly objectives: ServingObjectives;
  readonly kvTransfer: KvTransfer;
  readonly requests: RequestStream;
  /** The names that its programs give their metrics; `current` unless given. */
  readonly metricNames?: MetricNames;
}

export interface ServedPickerFacts {
  readonly pods: PodLabels;
  readonly inferencePool: string;
  readonly metricsPort: number;
  readonly flowControl: boolean;
}

/**
 * KV over RDMA on 400 Gbit/s: 1 ms to set up, 40 GB/s, and 327,680 bytes for each token of a 70B model
 * (llm-d/llm-d-inference-sim docs/latency-profiles.md).
 */
export const kvOverRdma: KvTransfer = { setupMs: 1, perTokenMs: 0.008 };
