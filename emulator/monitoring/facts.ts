/** What is known of Cloud Monitoring as numbers; each cites its public source or is marked as assumed. */
export interface MonitoringFacts {
  /** From a point's arrival until it can be read, in a series that was there before. */
  readonly visibilityDelayMs: number;
  /** From the first point of a series until anything of that series can be read. */
  readonly newSeriesVisibilityDelayMs: number;
  /** Points older than this are forgotten. */
  readonly retentionMs: number;
  /** How often a condition that compares with a threshold is evaluated. */
  readonly thresholdEvaluationMs: number;
  /** Shortest time between two points of one series that a client writes. */
  readonly minimumWriteIntervalMs: number;
  /** How far a written point may lie in the past and in the future. */
  readonly oldestWriteMs: number;
  readonly newestWriteMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export const monitoringFacts: MonitoringFacts = {
  // Page "Retention and latency of metric data": a new point of an existing user-defined series (Prometheus metrics are among
  // them) can be read "in a few seconds". Assumed: which number of seconds that is.
  visibilityDelayMs: 5 * SECOND_MS,
  // Assumed: the same page gives no number for a new series; a minute keeps callers from relying on seconds.
  newSeriesVisibilityDelayMs: MINUTE_MS,
  // Page "Quotas and limits": Prometheus and user-defined data live for 24 months. Here no query reaches further back than the
  // longest alignment period of an alert policy (25 h), and the memory of a long run must stay bounded. Assumed: 6 h.
  retentionMs: 6 * HOUR_MS,
  // Assumed: page "Behavior of metric-based alerting policies" only says that the frequency is fixed and not the user's to choose.
  thresholdEvaluationMs: MINUTE_MS,
  // Page "Quotas and limits": one point every 5 seconds to one time series.
  minimumWriteIntervalMs: 5 * SECOND_MS,
  // Page "Create user-defined metrics with the API": end times up to 25 h old and up to 5 minutes in the future.
  oldestWriteMs: 25 * HOUR_MS,
  newestWriteMs: 5 * MINUTE_MS,
};

/** Most `TimeSeries` of one CreateTimeSeries call (google/monitoring/v3/metric_service.proto). */
export const MAX_SERIES_PER_WRITE = 200;

/** Points of one page when the caller names no size, and the most that it gets (ListTimeSeriesRequest.page_size). */
export const MAX_POINTS_PER_PAGE = 100_000;

/** How long an incident without data stays open (page "Incidents for metric-based alerting policies": 7 days by default). */
export const DEFAULT_AUTO_CLOSE_MS = 7 * 24 * HOUR_MS;

/** Default of PrometheusQueryLanguageCondition.evaluation_interval, and the number that it must be a multiple of (alert.proto). */
export const EVALUATION_STEP_MS = 30 * SECOND_MS;
