/** Reads samples without ever taking doubt for a number, and writes them down for the explanation. */
import type { Sample, SignalSource } from './signals.ts';
import type { TermInput } from './types.ts';
import { counted } from '../counted.ts';

/** The number, if it is one that may be acted on. */
export function freshValue(sample: Sample): number | undefined {
  return sample.kind === 'value' ? sample.value : undefined;
}

/** A sample as one input of a term: value and age, or why there is none. */
export function describeSample(name: string, sample: Sample, nowMs: number): TermInput {
  if (sample.kind === 'missing') return { name, state: 'missing', note: sample.reason };
  if (sample.kind === 'invalid') return { name, state: 'invalid', source: sample.source, note: sample.reason };
  const { value, source, atMs } = sample;
  return { name, state: sample.kind, value: round(value), source, ageSeconds: ageSeconds(atMs, nowMs) };
}

export interface SampleSum {
  /** Of the fresh ones. */
  readonly sum: number;
  readonly fresh: number;
  readonly total: number;
  readonly isComplete: boolean;
}

/** `expected`: how many there should be; those that are not even listed are missing. */
export function sumSamples(samples: readonly Sample[], expected: number): SampleSum {
  const values = samples.map(freshValue).filter((value) => value !== undefined);
  const total = Math.max(samples.length, expected);
  const sum = values.reduce((before, value) => before + value, 0);
  return { sum, fresh: values.length, total, isComplete: values.length === total };
}

/** One line for the same signal of many pods: the sum, of how many, the oldest age, and where they come from if from one source. */
export function describeSum(
  name: string,
  samples: readonly Sample[],
  moment: { nowMs: number; expected: number },
): TermInput {
  const { sum, fresh, total, isComplete } = sumSamples(samples, moment.expected);
  const values = samples.filter((sample) => sample.kind === 'value');
  const sources = new Set<SignalSource>(values.map(({ source }) => source));
  const [source] = sources;
  const note = `sum of ${fresh} of ${counted(total, 'pod')}`;
  if (values.length === 0) return { name, state: 'missing', note };
  const ages = values.map(({ atMs }) => ageSeconds(atMs, moment.nowMs));
  return {
    name,
    state: isComplete ? 'value' : 'missing',
    value: round(sum),
    ...(source !== undefined && sources.size === 1 && { source }),
    ageSeconds: Math.max(...ages),
    note,
  };
}

/** Three decimals: as many as the arithmetic uses. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function ageSeconds(atMs: number, nowMs: number): number {
  return Math.max(0, Math.round((nowMs - atMs) / 1000));
}
