/**
 * What one metric proposes, as the Horizontal Pod Autoscaler computes it: kubernetes/kubernetes v1.35.4,
 * pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go. Test vectors of that code replay through these
 * functions, odd corners included, so nothing here is "improved".
 */

/** Part of the target by which usage may miss it without a change, per direction (`--horizontal-pod-autoscaler-tolerance`: 0.1). */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** What one metric asks for. `failed` is no proposal of zero: it keeps others from shrinking the workload. */
export type HpaProposal =
  | {
      readonly kind: 'proposal';
      readonly replicas: number;
      /** What the status shows as the current value, in the metric's unit. */
      readonly usage: number;
      /** Whether `replicas` is the current count because the metric asks for no change. */
      readonly keeps: boolean;
    }
  | { readonly kind: 'failed'; readonly reason: string };

/** A metric that every pod has, with its target for the mean of them. */
export interface PodsMetric {
  readonly currentReplicas: number;
  readonly target: number;
  readonly tolerance: Tolerance;
  /** One entry per running pod, absent where it gave no sample. Pods that failed or are being deleted are left out. */
  readonly samples: readonly (number | undefined)[];
  /** Pods that do not run yet: they count as idle when the rest is above the target, else not at all. */
  readonly pendingPods: number;
}

/** One number for the whole workload, compared with a target for each replica. */
export interface SumMetric {
  readonly usage: number;
  readonly target: number;
  readonly tolerance: Tolerance;
}

/** One number for the whole workload, compared with one target: the ratio of the two multiplies the ready pods. */
export interface ValueMetric extends SumMetric {
  readonly currentReplicas: number;
  readonly readyPods: number;
  readonly pods: number;
}

/**
 * A `Pods` metric with a target `AverageValue`. Pods without a sample count as exactly at the target when the rest is below it, and as
 * idle when the rest is above it: doubt never adds to a change.
 * Example: 4 pods at 0.91, target 0.7 → 0.91 / 0.7 · 4 = 5.2 → 6.
 */
export function proposeForPods(metric: PodsMetric): HpaProposal {
  const { samples, pendingPods, currentReplicas, tolerance } = metric;
  if (samples.length + pendingPods === 0) return { kind: 'failed', reason: 'no pods' };
  const values = samples.filter((sample) => sample !== undefined).map(toThousandths);
  if (values.length === 0) return { kind: 'failed', reason: 'no sample of any running pod' };
  const target = toThousandths(metric.target);
  const mean = truncatedMean(values);
  const ratio = mean / target;
  const usage = mean / 1000;
  const keep: HpaProposal = { kind: 'proposal', replicas: currentReplicas, usage, keeps: true };
  const missingPods = samples.length - values.length;
  const idlePods = ratio > 1 ? pendingPods : 0;
  if (missingPods === 0 && idlePods === 0) {
    if (isWithin(ratio, tolerance)) return keep;
    return { kind: 'proposal', replicas: Math.ceil(ratio * values.length), usage, keeps: false };
  }
  const missing = repeat(ratio < 1 ? target : 0, missingPods);
  const counted = [...values, ...missing, ...repeat(0, idlePods)];
  const countedRatio = truncatedMean(counted) / target;
  if (isWithin(countedRatio, tolerance) || isOpposite(ratio, countedRatio)) return keep;
  const replicas = Math.ceil(countedRatio * counted.length);
  // Another number of pods than the replicas asked for may turn the direction: then nothing changes either.
  if (countedRatio < 1 ? replicas > currentReplicas : replicas < currentReplicas) return keep;
  return { kind: 'proposal', replicas, usage, keeps: false };
}

/** An `Object` or `External` metric with a target `Value`: a ratio that does not grow with the pool. Example: 0.9 / 0.7 · 4 ready → 6. */
export function proposeForValue(metric: ValueMetric): HpaProposal {
  const usage = toThousandths(metric.usage);
  const ratio = usage / toThousandths(metric.target);
  const shown = { kind: 'proposal', usage: usage / 1000 } as const;
  if (metric.currentReplicas === 0) return { ...shown, replicas: Math.ceil(ratio), keeps: false };
  if (isWithin(ratio, metric.tolerance)) return { ...shown, replicas: metric.currentReplicas, keeps: true };
  if (metric.pods === 0) return { kind: 'failed', reason: 'no pods' };
  return { ...shown, replicas: Math.ceil(ratio * metric.readyPods), keeps: false };
}

/**
 * An `Object` or `External` metric with a target `AverageValue`: a sum over the pool, so the answer does not depend on the pool's size
 * but for the tolerance. Example: 65 running, target 16 → 4.06 → 5.
 */
export function proposeForAverage(metric: SumMetric & { readonly statusReplicas: number }): HpaProposal {
  const { statusReplicas } = metric;
  const usage = toThousandths(metric.usage);
  const target = toThousandths(metric.target);
  const shown = { kind: 'proposal', usage: Math.ceil(usage / statusReplicas) / 1000 } as const;
  if (isWithin(usage / (target * statusReplicas), metric.tolerance)) {
    return { ...shown, replicas: statusReplicas, keeps: true };
  }
  return { ...shown, replicas: Math.ceil(usage / target), keeps: false };
}

/** The autoscaler computes in integer thousandths (`resource.Quantity.MilliValue`). */
function toThousandths(value: number): number {
  return Math.round(value * 1000);
}

function truncatedMean(thousandths: readonly number[]): number {
  return Math.trunc(thousandths.reduce((sum, value) => sum + value, 0) / thousandths.length);
}

function isWithin(ratio: number, tolerance: Tolerance): boolean {
  return 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up;
}

function isOpposite(before: number, after: number): boolean {
  return (before < 1 && after > 1) || (before > 1 && after < 1);
}

function repeat(value: number, times: number): readonly number[] {
  return Array.from({ length: times }, () => value);
}
