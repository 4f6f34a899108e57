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
    return toSample(combine(series, rule.combine), { name, max: rule.max, source, atMs });
  }
  return { kind: 'missing', reason: `no series of ${rule.names.map(({ name }) => name).join(' or ')}` };
}

function hasLabels({ labels }: PrometheusSeries, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function combine(series: readonly PrometheusSeries[], how: GaugeRule['combine']): number {
  const values = series.map(({ value }) => value);
  // Math.max leaves NaN NaN, as a sum does: one series that is no number makes the sample invalid.
  if (how === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return how === 'sum' ? sum : sum / values.length;
}

function toSample(
  value: number,
  { name, max, source, atMs }: { name: string; max: number | undefined; source: SignalSource; atMs: number },
): Sample {
  if (!Number.isFinite(value) || value < 0) return { kind: 'invalid', reason: `${name} is ${value}`, source };
  if (max !== undefined && value > max) {
    return { kind: 'invalid', reason: `${name} is ${value}, above ${max}`, source };
  }
  return { kind: 'value', value, atMs, source };
}

/** Marks what is older than allowed; what a later clock would have measured (clocks differ) counts as just measured. */
export function withAgeLimit(sample: Sample, nowMs: number, maxAgeMs: number): Sample {
  if (sample.kind !== 'value' || nowMs - sample.atMs <= maxAgeMs) return sample;
  return { ...sample, kind: 'stale' };
}
