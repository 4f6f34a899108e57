/** CreateTimeSeries: what a client may write, series by series. */
import { listOf, mapOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { type Descriptors, isKind } from './descriptors.ts';
import type { MonitoringFacts } from './facts.ts';
import { metricTypeInvalid, missingField } from './rejections.ts';
import { PROJECT_LABEL, WRITABLE_METRIC, writableResources } from './resource-types.ts';
import type { MetricKind, Point, SeriesIdentity } from './series.ts';
import type { MetricShape, SeriesStore } from './series-store.ts';
import { readLabelled, readValue, timeMsOf } from './time-series-json.ts';

export interface WriteContext {
  readonly project: string;
  readonly nowMs: number;
  readonly facts: MonitoringFacts;
  readonly descriptors: Descriptors;
  readonly store: SeriesStore;
}

/** A point that may be appended. */
export interface AcceptedWrite {
  readonly identity: SeriesIdentity;
  readonly shape: MetricShape;
  readonly point: Point;
}

/**
 * Why a point was not written; the texts are those of the service where one is quoted
 * (GoogleCloudPlatform/opentelemetry-operations-python #431 and -java #46, #225, #247; googleapis/python-monitoring #57).
 */
class WriteProblem extends Error {
  override readonly name = 'WriteProblem';
}

/** The point of one `TimeSeries`, or why it cannot be written, worded as the answer has it. */
export function checkWrite(json: JsonMap, index: number, context: WriteContext): AcceptedWrite | string {
  try {
    return acceptWrite(json, index, context);
  } catch (thrown) {
    if (!(thrown instanceof WriteProblem)) throw thrown;
    return thrown.message;
  }
}

function acceptWrite(json: JsonMap, index: number, context: WriteContext): AcceptedWrite {
  const identity = readIdentity(json, index, context.project);
  const points = listOf(json, 'points');
  const [written] = points;
  const field = `timeSeries[${index}]`;
  if (written === undefined || points.length > 1) {
    throw new WriteProblem(
      `Field ${field}.points had an invalid value: Only one point can be written per TimeSeries per request.`,
    );
  }
  const read = readValue(mapOf(written, 'value'));
  if (read === undefined) {
    throw new WriteProblem(
      `Field ${field}.points[0].value had an invalid value: The value is missing or not supported.`,
    );
  }
  const shape = { metricKind: readKind(json, identity, context), valueType: read.valueType };
  checkShape(identity, shape, context.descriptors);
  const point = { ...readInterval(written, field, shape.metricKind), value: read.value };
  checkTime(point, field, context);
  checkOrder({ identity, shape, point }, index, context);
  return { identity, shape, point };
}

function readIdentity(json: JsonMap, index: number, project: string): SeriesIdentity {
  const metric = readLabelled(mapOf(json, 'metric'));
  const resource = readLabelled(mapOf(json, 'resource'));
  if (!WRITABLE_METRIC.test(metric.type)) {
    throw new WriteProblem(metricTypeInvalid.message(`timeSeries[${index}].metric.type`, metric.type));
  }
  const known = writableResources.get(resource.type);
  if (known === undefined)
    throw new WriteProblem(`Unrecognized resource type: ${resource.type}.: timeSeries[${index}]`);
  const unknown = Object.keys(resource.labels).filter((label) => !known.includes(label));
  if (unknown.length > 0) {
    throw new WriteProblem(`Unrecognized resource labels: [${unknown.join(', ')}].: timeSeries[${index}]`);
  }
  const labels = { [PROJECT_LABEL]: project, ...resource.labels };
  const missing = known.filter((label) => !Object.hasOwn(labels, label));
  if (missing.length > 0) {
    throw new WriteProblem(
      `The set of resource labels is incomplete. Missing labels: (${missing.join(' ')}).: timeSeries[${index}]`,
    );
  }
  return { metric, resource: { type: resource.type, labels } };
}

/** GAUGE unless said otherwise or known of the metric (comment of TimeSeries.metric_kind). */
function readKind(json: JsonMap, { metric }: SeriesIdentity, { descriptors }: WriteContext): MetricKind {
  const said = textOf(json, 'metricKind');
  return said !== undefined && isKind(said) ? said : (descriptors.shapeOf(metric.type)?.metricKind ?? 'GAUGE');
}

function checkShape({ metric }: SeriesIdentity, shape: MetricShape, descriptors: Descriptors): void {
  const known = descriptors.shapeOf(metric.type);
  if (known === undefined) return;
  if (known.valueType !== shape.valueType) {
    throw new WriteProblem(
      `Value type for metric ${metric.type} must be ${known.valueType}, but is ${shape.valueType}.`,
    );
  }
  if (known.metricKind !== shape.metricKind) {
    throw new WriteProblem(
      `Metric kind for metric ${metric.type} must be ${known.metricKind}, but is ${shape.metricKind}.`,
    );
  }
}

function readInterval(written: JsonMap, field: string, kind: MetricKind): Omit<Point, 'value'> {
  const interval = mapOf(written, 'interval') ?? {};
  const endMs = timeMsOf(interval, 'endTime');
  if (endMs === undefined) throw new WriteProblem(missingField.message(`${field}.points[0].interval.endTime`));
  const startMs = timeMsOf(interval, 'startTime') ?? endMs;
  const fits = kind === 'GAUGE' ? startMs === endMs : startMs < endMs;
  if (!fits) {
    throw new WriteProblem(
      `Field ${field}.points[0].interval.start_time had an invalid value of "${new Date(startMs).toISOString()}": The start time must be ${kind === 'GAUGE' ? 'equal to' : 'before'} the end time (${new Date(endMs).toISOString()}) for the ${kind.toLowerCase()} metric.`,
    );
  }
  return { startMs, endMs };
}

function checkTime({ endMs }: Point, field: string, { nowMs, facts }: WriteContext): void {
  const problem = (text: string) =>
    new WriteProblem(
      `Field ${field}.points[0].interval.end_time had an invalid value of "${new Date(endMs).toISOString()}": ${text}`,
    );
  if (endMs < nowMs - facts.oldestWriteMs) {
    throw problem(`Data points cannot be written more than ${facts.oldestWriteMs / 3_600_000}h in the past.`);
  }
  if (endMs > nowMs + facts.newestWriteMs) {
    throw problem(`Data points cannot be written more than ${facts.newestWriteMs / 60_000}m in the future.`);
  }
}

/** A point must end after the last one of its series, and not too soon after it. */
function checkOrder({ identity, shape, point }: AcceptedWrite, index: number, { store, facts }: WriteContext): void {
  const newest = store.newest(identity);
  if (newest === undefined) return;
  const inOrder = shape.metricKind === 'GAUGE' || point.startMs === newest.startMs || point.startMs >= newest.endMs;
  if (point.endMs <= newest.endMs || !inOrder) {
    const what = point.endMs <= newest.endMs ? 'end' : 'start';
    throw new WriteProblem(
      failedWrite(
        identity,
        index,
        `Points must be written in order. One or more of the points specified had an older ${what} time than the most recent point.`,
      ),
    );
  }
  if (point.endMs - newest.endMs < facts.minimumWriteIntervalMs) {
    throw new WriteProblem(
      failedWrite(
        identity,
        index,
        `One or more points were written more frequently than the maximum sampling period configured for the metric.`,
      ),
    );
  }
}

function failedWrite({ metric, resource }: SeriesIdentity, index: number, why: string): string {
  const labels = JSON.stringify(metric.labels);
  const place = Object.entries(resource.labels).map(([name, value]) => `${name}:${value}`);
  return `timeSeries[${index}] (example metric.type="${metric.type}", metric.labels=${labels}): write for resource=${resource.type}{${place.join(',')}} failed with: ${why}`;
}
