/** What a condition of an alert policy is, whatever it compares. */
import type { JsonMap } from '../world/json.ts';
import type { MonitoringFacts } from './facts.ts';
import type { MetricService } from './metric-service.ts';
import type { Labelled } from './series.ts';
import type { SeriesStore } from './series-store.ts';

/** One time series of a condition at one evaluation. */
export interface Observation {
  /** Tells the series of a condition apart. */
  readonly key: string;
  readonly isMet: boolean;
  readonly value: number;
  readonly metric: Labelled;
  readonly resource: Labelled;
}

export interface Condition {
  /** `projects/…/alertPolicies/…/conditions/…` */
  readonly name: string;
  /** As stored and shown. */
  readonly json: JsonMap;
  /** How often it is evaluated. */
  readonly everyMs: number;
  /** How long it must be met before an incident opens. */
  readonly durationMs: number;
  /** What a series that was observed before and is not there any more counts as. */
  readonly whenMissing: 'met' | 'notMet' | 'unknown';
  readonly observe: (nowMs: number) => readonly Observation[];
}

export interface ConditionContext {
  readonly facts: MonitoringFacts;
  readonly metrics: MetricService;
  readonly store: SeriesStore;
}
