import type { WorldClock } from '../world/clock.ts';
import type { MonitoringFacts } from './facts.ts';
import { type Misfortunes } from './misfortunes.ts';
import {
  type MetricKind,
  type Point,
  type SeriesIdentity,
  seriesKey,
  type TimeRange,
  type TimeSeries,
  type ValueType,
} from './series.ts';

/** Descriptor facts of a metric; all its series share them. */
export interface MetricShape {
  readonly metricKind: MetricKind;
  readonly valueType: ValueType;
}

interface StoredPoint extends Point {
  readonly arrivedAtMs: number;
}

interface StoredSeries {
  readonly identity: SeriesIdentity;
  readonly shape: MetricShape;
  /** Oldest first. */
  readonly points: StoredPoint[];
  readonly firstArrivedAtMs: number;
}

/** Every point of the world, for a bounded time, and who can see it when. */
export class SeriesStore {
  readonly #clock: WorldClock;
  readonly #facts: MonitoringFacts;
  readonly #misfortunes: Misfortunes;
  readonly #byMetric = new Map<string, Map<string, StoredSeries>>();

  constructor(clock: WorldClock, facts: MonitoringFacts, misfortunes: Misfortunes) {
    this.#clock = clock;
    this.#facts = facts;
    this.#misfortunes = misfortunes;
  }

  /** Every metric type that was ever written. */
  get metricTypes(): readonly string[] {
    return [...this.#byMetric.keys()];
  }

  /** The last point of a series, visible or not: what a writer must come after. */
  newest(identity: SeriesIdentity): Point | undefined {
    return this.#byMetric.get(identity.metric.type)?.get(seriesKey(identity))?.points.at(-1);
  }

  /** The caller has checked that the point is newer than the last one. */
  append(identity: SeriesIdentity, shape: MetricShape, point: Point): void {
    const arrivedAtMs = this.#clock.nowMs();
    const { points } = this.#seriesOf(identity, shape, arrivedAtMs);
    points.push({ ...point, arrivedAtMs });
    const oldestMs = arrivedAtMs - this.#facts.retentionMs;
    const kept = points.findIndex(({ endMs }) => endMs >= oldestMs);
    if (kept > 0) points.splice(0, kept);
  }

  /**
   * Series of one metric type with what can be seen of them now in `(startMs, endMs]`, in the order of their first point.
   * Series without a visible point in the range are left out (ListTimeSeriesRequest.interval).
   */
  select(metricType: string, range: TimeRange, matches: (identity: SeriesIdentity) => boolean): readonly TimeSeries[] {
    const selected: TimeSeries[] = [];
    for (const series of this.#byMetric.get(metricType)?.values() ?? []) {
      if (!matches(series.identity)) continue;
      const points = this.#visible(series, range);
      if (points.length > 0) selected.push({ ...series.identity, ...series.shape, points });
    }
    return selected;
  }

  #visible({ identity, points, firstArrivedAtMs }: StoredSeries, { startMs, endMs }: TimeRange): readonly Point[] {
    const nowMs = this.#clock.nowMs();
    if (nowMs < firstArrivedAtMs + this.#facts.newSeriesVisibilityDelayMs) return [];
    const lastArrivalMs = Math.min(nowMs - this.#facts.visibilityDelayMs, this.#misfortunes.hiddenSinceMs(identity));
    const visible: Point[] = [];
    // From the newest on: a range is short and recent, a series long.
    for (let index = points.length - 1; index >= 0; index--) {
      const point = points[index];
      if (point === undefined || point.endMs < startMs || (point.endMs === startMs && startMs !== endMs)) break;
      if (point.endMs <= endMs && point.arrivedAtMs <= lastArrivalMs) visible.push(point);
    }
    return visible.reverse();
  }

  #seriesOf(identity: SeriesIdentity, shape: MetricShape, firstArrivedAtMs: number): StoredSeries {
    const { type } = identity.metric;
    const ofMetric = this.#byMetric.get(type) ?? new Map<string, StoredSeries>();
    this.#byMetric.set(type, ofMetric);
    const key = seriesKey(identity);
    const series = ofMetric.get(key) ?? { identity, shape, points: [], firstArrivedAtMs };
    if (!ofMetric.has(key)) {
      this.#forgetOld(ofMetric);
      ofMetric.set(key, series);
    }
    return series;
  }

  /** A deleted series is gone (page "Retention and latency of metric data"); looked for when a pod brings a new one. */
  #forgetOld(ofMetric: Map<string, StoredSeries>): void {
    const oldestMs = this.#clock.nowMs() - this.#facts.retentionMs;
    for (const [key, { points }] of ofMetric) {
      if ((points.at(-1)?.endMs ?? 0) < oldestMs) ofMetric.delete(key);
    }
  }
}
