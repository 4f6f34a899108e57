import { listOf, mapOf, textOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { aggregate, type Aggregation, LOOKBACK_MS, readAggregation } from './aggregation.ts';
import type { Descriptors } from './descriptors.ts';
import { MAX_SERIES_PER_WRITE, type MonitoringFacts } from './facts.ts';
import { type Filter, parseFilter } from './filter.ts';
import type { Misfortunes } from './misfortunes.ts';
import { pageOfSeries } from './pages.ts';
import { checkProject } from './projects.ts';
import {
  invalidField,
  metricNotFound,
  missingField,
  notServed,
  notWritten,
  severalMetrics,
  tooManySeries,
} from './rejections.ts';
import type { TimeRange, TimeSeries } from './series.ts';
import type { SeriesStore } from './series-store.ts';
import { timeMsOf } from './time-series-json.ts';
import { checkWrite } from './writes.ts';

export interface MetricParts {
  readonly base: WorldBase;
  readonly facts: MonitoringFacts;
  readonly descriptors: Descriptors;
  readonly store: SeriesStore;
  readonly misfortunes: Misfortunes;
}

/** google.monitoring.v3.MetricService over the series of the world; requests and answers are proto3 JSON. */
export class MetricService {
  readonly #parts: MetricParts;

  constructor(parts: MetricParts) {
    this.#parts = parts;
  }

  /** A metric without a descriptor is NOT_FOUND; one without visible points in the interval is an empty list. */
  listTimeSeries(request: JsonMap): JsonMap {
    this.#enter(request, 'monitoring.timeSeries.list');
    if (textOf(request, 'orderBy') !== undefined) reject(notServed, 'orderBy of ListTimeSeries');
    const range = readRange(request);
    const filter = parseFilter(textOf(request, 'filter') ?? reject(missingField, 'filter'));
    const first = readAggregation(mapOf(request, 'aggregation'), 'aggregation');
    const second = readAggregation(mapOf(request, 'secondaryAggregation'), 'secondaryAggregation');
    const aligned = this.query(
      filter,
      range,
      [first, second].filter((one) => one !== undefined),
    );
    return pageOfSeries(aligned, request);
  }

  /** What a filter yields in a range, after the aggregations in their order; points oldest first. */
  query(filter: Filter, range: TimeRange, aggregations: readonly Aggregation[]): readonly TimeSeries[] {
    const type = this.metricTypeOf(filter);
    const startMs = aggregations.length > 0 ? range.startMs - LOOKBACK_MS : range.startMs;
    const raw = this.#parts.store.select(type, { ...range, startMs }, (identity) => filter.matches(identity));
    return aggregations.reduce<readonly TimeSeries[]>((series, one) => aggregate(series, one, range), raw);
  }

  /** The one metric type that the filter names. */
  metricTypeOf({ metricType }: Filter): string {
    if (metricType === undefined) return reject(missingField, 'filter', 'It must restrict metric.type.');
    const types = this.#parts.descriptors.typesMatching((type) => metricType.matches(type));
    const [type] = types;
    if (type === undefined) return reject(metricNotFound, metricType.exact ?? '');
    return types.length > 1 ? reject(severalMetrics) : type;
  }

  /** Writes what can be written and then says what could not, as the service does (CreateTimeSeriesSummary). */
  createTimeSeries(request: JsonMap): void {
    const name = this.#enter(request, 'monitoring.timeSeries.create');
    const all = listOf(request, 'timeSeries');
    if (all.length === 0) reject(missingField, 'timeSeries');
    if (all.length > MAX_SERIES_PER_WRITE) reject(tooManySeries, MAX_SERIES_PER_WRITE);
    const { base, descriptors, store } = this.#parts;
    const context = { ...this.#parts, project: base.project, nowMs: base.clock.nowMs() };
    const failures: string[] = [];
    for (const [index, json] of all.entries()) {
      const checked = checkWrite(json, index, context);
      if (typeof checked === 'string') {
        failures.push(checked);
        continue;
      }
      const { identity, shape, point } = checked;
      descriptors.note(identity.metric.type, shape, identity.metric.labels);
      store.append(identity, shape, point);
    }
    const effect = failures.length < all.length;
    if (effect) base.journal.record({ service: 'monitoring', method: 'createTimeSeries', resource: name, effect });
    if (failures.length > 0) reject(notWritten, failures);
  }

  createMetricDescriptor(request: JsonMap): JsonMap {
    const name = this.#enter(request, 'monitoring.metricDescriptors.create');
    const created = this.#parts.descriptors.create(mapOf(request, 'metricDescriptor') ?? {});
    const resource = textOf(created, 'name') ?? name;
    this.#parts.base.journal.record({
      service: 'monitoring',
      method: 'createMetricDescriptor',
      resource,
      effect: true,
    });
    return created;
  }

  getMetricDescriptor(request: JsonMap): JsonMap {
    return this.#parts.descriptors.get(this.#enter(request, 'monitoring.metricDescriptors.get'));
  }

  listMetricDescriptors(request: JsonMap): readonly JsonMap[] {
    this.#enter(request, 'monitoring.metricDescriptors.list');
    return this.#parts.descriptors.list(textOf(request, 'filter') ?? '');
  }

  /** Returns the name in the request. */
  #enter(request: JsonMap, permission: string): string {
    const name = textOf(request, 'name') ?? reject(missingField, 'name');
    this.#parts.misfortunes.refuse(permission);
    checkProject(name, this.#parts.base, permission);
    return name;
  }
}

function readRange(request: JsonMap): TimeRange {
  const interval = mapOf(request, 'interval') ?? {};
  const endMs = timeMsOf(interval, 'endTime') ?? reject(missingField, 'interval.endTime');
  const startMs = timeMsOf(interval, 'startTime') ?? endMs;
  if (startMs > endMs) {
    const value = new Date(startMs).toISOString();
    reject(invalidField, 'interval.startTime', value, 'The start time must not be later than the end time.');
  }
  return { startMs, endMs };
}
