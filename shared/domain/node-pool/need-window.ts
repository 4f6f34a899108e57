/** The highest need of the last minutes: a node goes only when nobody has needed it for that long. Pure. */

/** Plain JSON, hence type aliases. */
export type NeedWindow = {
  /** Since when needs have been looked at without a long gap. */
  readonly sinceMs: number;
  readonly lookedAtMs: number;
  /** Falling in need and rising in time: when each was last needed. A need that a later one has reached is left out. */
  readonly peaks: readonly { readonly atMs: number; readonly nodes: number }[];
};

/** Cluster Autoscaler's `--scale-down-unneeded-time` (kubernetes/autoscaler cluster-autoscaler/FAQ.md), ms. */
export const SCALE_IN_DELAY_MS = 10 * 60_000;

/** Without a look for so long (ms) nothing is known of the time between: the window begins anew. Five looks of a quiet pool. */
const LONGEST_GAP_MS = 5 * 60_000;

export function rememberNeed(window: NeedWindow | undefined, nodes: number, nowMs: number): NeedWindow {
  const now = { atMs: nowMs, nodes };
  if (window === undefined || nowMs - window.lookedAtMs > LONGEST_GAP_MS) {
    return { sinceMs: nowMs, lookedAtMs: nowMs, peaks: [now] };
  }
  const standing = window.peaks.filter((peak) => peak.nodes > nodes && nowMs - peak.atMs < SCALE_IN_DELAY_MS);
  return { sinceMs: window.sinceMs, lookedAtMs: nowMs, peaks: [...standing, now] };
}

/** Example: needs of 5, 3 and 4 nodes, one minute apart → 5; nine minutes later 4. */
export function highestNeed({ peaks }: NeedWindow): number {
  return Math.max(...peaks.map(({ nodes }) => nodes));
}

/** Seconds until the window reaches back far enough; 0: it does. */
export function secondsToFullWindow({ sinceMs }: NeedWindow, nowMs: number): number {
  return Math.max(0, Math.ceil((sinceMs + SCALE_IN_DELAY_MS - nowMs) / 1000));
}
