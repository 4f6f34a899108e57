/** From series to samples: which series count, how they are put together, and what cannot be true. */
import type { Sample, SignalSource } from '../scaling/signals.ts';
import type { MetricName } from './names.ts';
import type { PrometheusMetrics, PrometheusSeries } from './prometheus-text.ts';

/** What one pod (or the store) said, and when. */
export interface Reading {
  readonly metrics: PrometheusMetrics;
  readonly source: SignalSource;
  /** When the text was read: it carries no times of its own. */
  readonly atMs: number;
}

/** How one quantity is read. */
export interface GaugeRule {
  readonly names: readonly MetricName[];
  /** Several series of one pod are its engines (data-parallel ranks): requests add up, ratios do not. */
  readonly combine: 'sum' | 'mean' | 'max';
  /** Largest value that can be true; absent: any. */
  readonly max?: number;
  /** Which series count; absent: all. */
  readonly counts?: (labels: Readonly<Record<string, string>>) => boolean;
}

/** One sample; `missing` where no name has a series that counts: absent is not zero (D4). */
export function readGauge({ metrics, source, atMs }: Reading, rule: GaugeRule): Sample {
  for (const { name, labels } of rule.names) {
    const series = (metrics.get(name) ?? []).filter(
      (one) => hasLabels(one, labels ?? {}) && (rule.counts?.(one.labels) ?? true),
    );
    if (series.length === 0) continue;
    // Each by itself: put together, two that cannot be true may make one that could be.
    const untrue = series.map(({ value }) => untruthOf(value, rule.max)).find((why) => why !== undefined);
    if (untrue !== undefined) return { kind: 'invalid', reason: `${name} is ${untrue}`, source };
    return { kind: 'value', value: combine(series, rule.combine), atMs, source };
  }
  return { kind: 'missing', reason: `no series of ${rule.names.map(({ name }) => name).join(' or ')}` };
}

function hasLabels({ labels }: PrometheusSeries, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function combine(series: readonly PrometheusSeries[], how: GaugeRule['combine']): number {
  const values = series.map(({ value }) => value);
  if (how === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return how === 'sum' ? sum : sum / values.length;
}

/** What a value that cannot be true is; undefined: it can be. */
function untruthOf(value: number, max: number | undefined): string | undefined {
  if (!Number.isFinite(value) || value < 0) return `${value}`;
  return max !== undefined && value > max ? `${value}, above ${max}` : undefined;
}

/** Marks what is older than allowed; what a later clock would have measured (clocks differ) counts as just measured. */
export function withAgeLimit(sample: Sample, nowMs: number, maxAgeMs: number): Sample {
  if (sample.kind !== 'value' || nowMs - sample.atMs <= maxAgeMs) return sample;
  return { ...sample, kind: 'stale' };
}
