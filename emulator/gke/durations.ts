/** How long GKE takes, in world milliseconds. */
import type { KeyedRandom } from '../world/random.ts';

const minuteMs = 60_000;

/** Assumed: an operation is queued for a moment before it runs. */
export const PENDING_MS = 2_000;

/**
 * An operation that makes nodes ends this long after the last machine of it was started, which is the time that a machine
 * has to boot and to become a Ready node.
 */
export const BOOT_MARGIN_MS = 3 * minuteMs;

/** The control plane answers before the cluster is RUNNING: assumed, at this part of the creation. */
export const CONTROL_PLANE_UP_RATIO = 0.6;

/** What takes time. `gpuNodes`: those of a new pool; `growGpuNodes`: more of them; `cpuNodes`: both. */
export type Work = 'cluster' | 'gpuNodes' | 'growGpuNodes' | 'cpuNodes' | 'removeNodes' | 'removeCluster';

/**
 * Medians: a cluster 26 min (NVIDIA/aicr #2764: 02:56 to 03:22), a new pool of GPU nodes 35 min (NVIDIA/aicr #2065), more A3 Ultra
 * nodes 12 min (within the 10 to 15 min of maci0/gke-inference-from-scratch part1; that a larger pool takes as long is assumed).
 * Assumed: CPU nodes 5 min, removals 5 and 8 min ("minutes" in the documentation).
 */
export const realMediansMs: Readonly<Record<Work, number>> = {
  cluster: 26 * minuteMs,
  gpuNodes: 35 * minuteMs,
  growGpuNodes: 12 * minuteMs,
  cpuNodes: 5 * minuteMs,
  removeNodes: 5 * minuteMs,
  removeCluster: 8 * minuteMs,
};

/** Assumed: an operation that changes settings and no machine. */
export const SETTINGS_MS = 8_000;

/** An instance group tries again about so often to make a machine that it could not get (GoogleCloudPlatform/cluster-toolkit #6278). */
export const RETRY_MS = 4 * minuteMs;

/** Assumed: from the request to delete a machine until it has stopped and its node is gone. */
export const deletionMs = { from: 60_000, to: 120_000 } as const;

/**
 * A machine that goes without being asked, ms from the event. `preemption`: the kubelet reports the shutdown at once, the machine
 * stops after 30 s (page "Use preemptible VMs to run fault-tolerant workloads"). `hostError`: nothing reports until the node controller
 * misses the heartbeats, 50 s (kubernetes/kubernetes cmd/kube-controller-manager, --node-monitor-grace-period). Assumed: when the
 * node is deleted, which is when the group has noticed, and what making the machine anew takes.
 */
export const lossMs = {
  preemption: { unready: 0, gone: 60_000 },
  hostError: { unready: 50_000, gone: 120_000 },
} as const;
export const RECREATION_MS = 3 * minuteMs;

/** Assumed: durations vary by this share to both sides. */
const spreadRatio = 0.03;

export function durationMs(
  work: Work,
  from: { readonly random: KeyedRandom; readonly mediansMs: Readonly<Record<Work, number>> },
  ...key: readonly (string | number)[]
): number {
  const ratio = from.random.between(1 - spreadRatio, 1 + spreadRatio, 'gke', work, ...key);
  return Math.round(from.mediansMs[work] * ratio);
}

/**
 * When each of `count` machines is started, from the start of an operation of `totalMs`: evenly over the quarter of it
 * that ends `BOOT_MARGIN_MS` before the end. Example: 35 min, 2 machines: after 27.6 and 32 min.
 */
export function startOffsetsMs(totalMs: number, count: number): readonly number[] {
  const lastMs = Math.max(totalMs - BOOT_MARGIN_MS, PENDING_MS);
  const firstMs = Math.max(lastMs - totalMs / 4, PENDING_MS);
  return evenly(firstMs, lastMs, count);
}

/** `count` instants after `fromMs`, the last one at `toMs`. */
export function evenly(fromMs: number, toMs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => fromMs + ((toMs - fromMs) * (index + 1)) / count);
}
