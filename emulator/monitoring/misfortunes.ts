import type { WorldClock } from '../world/clock.ts';
import type { KeyedRandom } from '../world/random.ts';
import { reject } from '../world/rejection.ts';
import { blackoutDenied, blackoutUnavailable } from './rejections.ts';
import { type SeriesIdentity, seriesKey } from './series.ts';

/**
 * What a blackout looks like from outside:
 * `unavailable` and `permissionDenied`: calls to the metric service are refused;
 * `silent`: calls are answered, but nothing that arrives while it lasts can be seen before it is over.
 */
export type Blackout = 'unavailable' | 'permissionDenied' | 'silent';

export type SeriesMatch = (identity: SeriesIdentity) => boolean;

/** Ends what it came from. */
export type End = () => void;

const everySeries: SeriesMatch = () => true;

/** Levers: what goes wrong between the pods and whoever reads the metrics. Alert policies see the same silence as callers. */
export class Misfortunes {
  readonly #clock: WorldClock;
  readonly #random: KeyedRandom;
  readonly #refusals = new Set<Exclude<Blackout, 'silent'>>();
  readonly #silences = new Set<{ readonly sinceMs: number; readonly matches: SeriesMatch }>();
  readonly #losses = new Set<{ readonly share: number; readonly matches: SeriesMatch }>();

  constructor(clock: WorldClock, random: KeyedRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  /** From now until the returned function is called; `matches` narrows a silence to some series. */
  blackout(kind: Blackout, matches: SeriesMatch = everySeries): End {
    if (kind === 'silent') {
      const silence = { sinceMs: this.#clock.nowMs(), matches };
      this.#silences.add(silence);
      return () => void this.#silences.delete(silence);
    }
    this.#refusals.add(kind);
    return () => void this.#refusals.delete(kind);
  }

  /** From now on so large a share (0..1) of the scraped points of the matching series is lost for good. */
  lose(share: number, matches: SeriesMatch = everySeries): End {
    const loss = { share, matches };
    this.#losses.add(loss);
    return () => void this.#losses.delete(loss);
  }

  /** Called at the head of every call to the metric service. */
  refuse(permission: string): void {
    if (this.#refusals.has('unavailable')) reject(blackoutUnavailable);
    if (this.#refusals.has('permissionDenied')) reject(blackoutDenied, permission);
  }

  /** Nothing of the series that arrived later than this can be seen. */
  hiddenSinceMs(identity: SeriesIdentity): number {
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const silence of this.#silences) {
      if (silence.matches(identity)) sinceMs = Math.min(sinceMs, silence.sinceMs);
    }
    return sinceMs;
  }

  /** Keyed by series and instant, so that one lost point changes no other. */
  loses(identity: SeriesIdentity, atMs: number): boolean {
    if (this.#losses.size === 0) return false;
    const draw = this.#random.draw('monitoring', 'loss', seriesKey(identity), atMs);
    return [...this.#losses].some(({ share, matches }) => matches(identity) && draw < share);
  }
}
