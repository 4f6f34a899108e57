/** Decisions as custom metrics of Cloud Monitoring. */
import type { JsonObject } from '../domain/json.ts';
import type { DecisionGauges, DecisionMetrics, RoleGauges } from '../ports/decision-metrics.ts';
import { sideBySide } from '../side-by-side.ts';
import { attempt } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { monitoringCallsOf } from './monitoring-calls.ts';

export interface DecisionMetricsOptions {
  readonly connection: GoogleConnection;
  /** Where the metrics are kept. */
  readonly project: string;
}

/** Series of one call (Cloud Monitoring API reference, `projects.timeSeries.create`: "the maximum number … is 200"). */
const SERIES_PER_CALL = 200;

/** Calls at a time. */
const WIDTH = 8;

/** Real time for one call, ms: the next minute writes newer points anyway. */
const TIMEOUT_MS = 5_000;

/** Metrics under this path are made by their first point (Cloud Monitoring documentation, "Create user-defined metrics"). */
const PREFIX = 'custom.googleapis.com/inference_fleet';

export function makeDecisionMetrics({ connection, project }: DecisionMetricsOptions): DecisionMetrics {
  const calls = monitoringCallsOf(connection);
  const name = `projects/${project}`;
  return {
    async write(gauges, atMs) {
      const series = gauges.flatMap((one) => toSeries(one, { project, atMs }));
      const batches = Array.from({ length: Math.ceil(series.length / SERIES_PER_CALL) }, (_, index) =>
        series.slice(index * SERIES_PER_CALL, (index + 1) * SERIES_PER_CALL),
      );
      await sideBySide(batches, WIDTH, (timeSeries) =>
        attempt(`writing ${timeSeries.length} custom metrics`, () =>
          calls.createTimeSeries({ name, timeSeries }, TIMEOUT_MS),
        ),
      );
    },
  };
}

interface Place {
  readonly project: string;
  readonly atMs: number;
}

function toSeries({ target, decisionAgeSeconds, roles }: DecisionGauges, place: Place): readonly JsonObject[] {
  return [
    gauge('decision_age_seconds', { target }, { doubleValue: decisionAgeSeconds }, place),
    ...roles.flatMap((role) => roleSeries(target, role, place)),
  ];
}

/** What limited a size is a label, since a metric has no words as values that could be drawn. */
function roleSeries(target: string, role: RoleGauges, place: Place): readonly JsonObject[] {
  const labels = { target, role: role.role };
  return [
    gauge('desired_replicas', labels, { int64Value: String(role.desiredReplicas) }, place),
    gauge('ready_replicas', labels, { int64Value: String(role.readyReplicas) }, place),
    ...(role.limitedBy === undefined
      ? []
      : [gauge('limited_by', { ...labels, limited_by: role.limitedBy }, { int64Value: '1' }, place)]),
  ];
}

/**
 * `global`: a target belongs to no one resource of Google's (a service may span pools), and our own functions come and go
 * (Cloud Monitoring documentation, "Monitored resource types": a resource when no other fits).
 */
function gauge(metric: string, labels: JsonObject, value: JsonObject, { project, atMs }: Place): JsonObject {
  return {
    metric: { type: `${PREFIX}/${metric}`, labels },
    resource: { type: 'global', labels: { project_id: project } },
    metricKind: 'GAUGE',
    points: [{ interval: { endTime: new Date(atMs).toISOString() }, value }],
  };
}
