/**
 * Signals of a service from Cloud Monitoring, where Managed Service for Prometheus stores what it scrapes from the pods
 * (GoogleCloudPlatform/prometheus-engine pkg/export). Minutes behind the pods, but there when the cluster cannot be asked.
 */
import type { JsonObject } from '../domain/json.ts';
import { type GaugeRule, readGauge } from '../domain/metrics/gauges.ts';
import {
  endpointPickerMetrics,
  latencyHistograms,
  type MetricName,
  modelServerMetrics,
} from '../domain/metrics/names.ts';
import { finishing, isOneOf, ofModel } from '../domain/metrics/serving-signals.ts';
import type { PodSignals, RoleSignals, Sample } from '../domain/scaling/signals.ts';
import type { MonitoredService, MonitoredSignals, SignalStore } from '../ports/serving-signals.ts';
import { ifThere } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { type MonitoringCalls, monitoringCallsOf } from './monitoring-calls.ts';
import { mergedQuantile, newestOf, podOf, type StoredSeries, sumOfRates } from './time-series.ts';

/** How far back the newest point is looked for, ms: visibility lags by up to 4 minutes (Cloud Monitoring, "Metric data latency"). */
const LOOKBACK_MS = 5 * 60_000;

/** Real time for one query, ms: a look of a few seconds must not hang on the slowest of its sources. */
const QUERY_TIMEOUT_MS = 5_000;

export function makeMonitoringSignals({ connection }: { readonly connection: GoogleConnection }): SignalStore {
  return storeOver(monitoringCallsOf(connection));
}

/** Over any calls of that form; tests ask a world in the same process. */
export function storeOver(calls: MonitoringCalls): SignalStore {
  return { read: (service) => read(service, calls) };
}

async function read(service: MonitoredService, calls: MonitoringCalls): Promise<MonitoredSignals> {
  const query = makeQuery(service, calls);
  const { queuedRequests, runningRequests, kvCacheUsedRatio, completedRequests } = modelServerMetrics;
  const [queued, running, kv, completed, ttft, tpot, picker] = await Promise.all([
    query.gauge(queuedRequests),
    query.gauge(runningRequests),
    query.gauge(kvCacheUsedRatio),
    query.rate(completedRequests[0].name),
    query.quantile(latencyHistograms.timeToFirstToken),
    query.quantile(latencyHistograms.timePerOutputToken),
    readPicker(service, query),
  ]);
  const ending = new Set(finishing(service.pods));
  const roleOf = (pods: readonly string[]): RoleSignals => ({
    pods: pods.map((pod) => podSignals(pod, { queued, running, kv }, service)),
    inflightTokens: picker.inflightTokensOf(new Set(pods)),
  });
  const roles = Object.entries(service.pods).map(([role, pods]): [string, RoleSignals] => [role, roleOf(pods)]);
  return {
    roles: Object.fromEntries(roles),
    service: {
      ...picker.gauges,
      completedRequestsPerSecond: sumOfRates(completed.filter((one) => ending.has(podOf(one) ?? ''))),
      ttftP90Seconds: mergedQuantile(ttft, 0.9),
      tpotP90Seconds: mergedQuantile(tpot, 0.9),
    },
  };
}

function podSignals(
  pod: string,
  stored: Readonly<Record<'queued' | 'running' | 'kv', GaugeSeries>>,
  { servedModelName }: MonitoredService,
): PodSignals {
  const counts = ofModel(servedModelName);
  const of = (series: GaugeSeries, rule: Pick<GaugeRule, 'combine' | 'max'>): Sample =>
    toSample({ ...series, found: series.found.filter((one) => podOf(one) === pod) }, { ...rule, counts });
  return {
    pod,
    queuedRequests: of(stored.queued, { combine: 'sum' }),
    runningRequests: of(stored.running, { combine: 'sum' }),
    kvCacheUsedRatio: of(stored.kv, { combine: 'mean', max: 1 }),
  };
}

async function readPicker(service: MonitoredService, query: Query) {
  const { heldRequests, runningRequests, saturationRatio, inflightTokens } = endpointPickerMetrics;
  const missing: Sample = { kind: 'missing', reason: 'the service has no endpoint picker' };
  if (service.inferencePool === undefined) {
    const gauges = { heldRequests: missing, runningRequests: missing, saturationRatio: missing };
    return { gauges, inflightTokensOf: () => missing };
  }
  const [held, running, saturation, tokens] = await Promise.all([
    query.gauge(heldRequests),
    query.gauge(runningRequests),
    query.gauge(saturationRatio),
    query.gauge(inflightTokens),
  ]);
  const counts = ofModel(service.servedModelName);
  const ofPool = ({ inference_pool }: Readonly<Record<string, string>>) => inference_pool === service.inferencePool;
  return {
    gauges: {
      heldRequests: toSample(held, { combine: 'sum', counts }),
      runningRequests: toSample(running, { combine: 'sum', counts }),
      saturationRatio: toSample(saturation, { combine: 'max', counts: ofPool }),
    },
    inflightTokensOf: (pods: ReadonlySet<string>) =>
      toSample(tokens, { combine: 'sum', counts: ({ endpoint_name = '' }) => isOneOf(pods, endpoint_name) }),
  };
}

interface GaugeSeries {
  readonly names: readonly MetricName[];
  readonly found: readonly StoredSeries[];
}

/** By the rules that hold for the pods' own text. The sample is as old as its oldest series: the others may have moved on since. */
function toSample({ names, found }: GaugeSeries, rule: Omit<GaugeRule, 'names'>): Sample {
  const points = found.flatMap((series) => newestOf(series) ?? []);
  const metrics = Map.groupBy(
    points.map(({ name, labels, value }) => ({ name, labels, value })),
    ({ name }) => name,
  );
  const atMs = Math.min(...points.map((point) => point.atMs));
  return readGauge({ metrics, source: 'monitoring', atMs }, { ...rule, names });
}

interface Query {
  /** Newest points of the first name that has any. */
  gauge(names: readonly MetricName[]): Promise<GaugeSeries>;
  rate(name: string): Promise<readonly StoredSeries[]>;
  quantile(name: string): Promise<readonly StoredSeries[]>;
}

/** Aggregation over the lookback; Cloud Monitoring API reference, `projects.timeSeries`, Aggregation. */
const rateOverLookback = { alignmentPeriod: `${LOOKBACK_MS / 1000}s`, perSeriesAligner: 'ALIGN_RATE' };
const deltaOverLookback = {
  alignmentPeriod: `${LOOKBACK_MS / 1000}s`,
  perSeriesAligner: 'ALIGN_DELTA',
  crossSeriesReducer: 'REDUCE_SUM',
};

function makeQuery(service: MonitoredService, calls: MonitoringCalls): Query {
  const list = async (name: string, kind: string, aggregation?: JsonObject): Promise<readonly StoredSeries[]> => {
    // A metric of which nothing was ever written is answered with NOT_FOUND (seen as "Cannot find metric(s) that match type").
    const series = await ifThere(`reading ${name}`, () =>
      calls.listTimeSeries(
        {
          name: `projects/${service.project}`,
          filter: filterOf(service, `prometheus.googleapis.com/${name}/${kind}`),
          interval: {
            startTime: new Date(service.nowMs - LOOKBACK_MS).toISOString(),
            endTime: new Date(service.nowMs).toISOString(),
          },
          ...(aggregation !== undefined && { aggregation }),
        },
        QUERY_TIMEOUT_MS,
      ),
    );
    return (series ?? []).map((one) => ({ name, series: one }));
  };
  return {
    gauge: async (names) => {
      // One after the other: the older names are asked for only where the newer ones have nothing.
      for (const name of new Set(names.map((one) => one.name))) {
        const found = await list(name, 'gauge');
        if (found.length > 0) return { names, found };
      }
      return { names, found: [] };
    },
    rate: (name) => list(name, 'counter', rateOverLookback),
    quantile: (name) => list(name, 'histogram', deltaOverLookback),
  };
}

/** Metrics of one namespace of one cluster; which model and which pod, the labels of each series say. */
function filterOf({ location, cluster, namespace }: MonitoredService, metricType: string): string {
  return [
    `metric.type = "${metricType}"`,
    'resource.type = "prometheus_target"',
    `resource.labels.location = "${location}"`,
    `resource.labels.cluster = "${cluster}"`,
    `resource.labels.namespace = "${namespace}"`,
  ].join(' AND ');
}
