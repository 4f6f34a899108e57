import { subtractDistribution } from './distribution.ts';
import { type Point, type SeriesIdentity, seriesKey, type Value } from './series.ts';

/** One counter between two resets. */
interface Run {
  /** When the counter was, or is taken to have been, at `baseline`. */
  readonly startMs: number;
  /** Undefined: the run began at zero. */
  readonly baseline: Value | undefined;
  readonly previous: Value;
  readonly seenAtMs: number;
}

/** A counter that nobody has seen for so long belongs to a pod that is gone. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;

/**
 * Turns counters of scraped pods into cumulative points, by the rule of prometheus-engine (pkg/export/series_cache.go,
 * getResetAdjusted): the first value is only where counting begins; a value below the previous one is a restart, and its run
 * begins a millisecond earlier.
 */
export class CumulativeRuns {
  readonly #runs = new Map<string, Run>();
  #sweptAtMs = 0;

  /** The point to store, undefined when there is none yet. */
  next(identity: SeriesIdentity, value: Value, nowMs: number): Point | undefined {
    this.#forgetOld(nowMs);
    const key = seriesKey(identity);
    const run = this.#runs.get(key);
    if (run === undefined) {
      this.#runs.set(key, { startMs: nowMs, baseline: value, previous: value, seenAtMs: nowMs });
      return undefined;
    }
    if (nowMs <= run.seenAtMs) return undefined;
    const current = sizeOf(value) < sizeOf(run.previous) ? { startMs: nowMs - 1, baseline: undefined } : run;
    this.#runs.set(key, { ...current, previous: value, seenAtMs: nowMs });
    return { startMs: current.startMs, endMs: nowMs, value: since(value, current.baseline) };
  }

  #forgetOld(nowMs: number): void {
    if (nowMs - this.#sweptAtMs < FORGOTTEN_AFTER_MS) return;
    this.#sweptAtMs = nowMs;
    for (const [key, { seenAtMs }] of this.#runs) {
      if (nowMs - seenAtMs > FORGOTTEN_AFTER_MS) this.#runs.delete(key);
    }
  }
}

/** What shrinks at a restart: the value, or the number of observations. */
function sizeOf(value: Value): number {
  return typeof value === 'object' ? value.count : Number(value);
}

function since(value: Value, baseline: Value | undefined): Value {
  if (typeof value !== 'object') return Number(value) - Number(baseline ?? 0);
  return typeof baseline === 'object' ? subtractDistribution(value, baseline) : value;
}
