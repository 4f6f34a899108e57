import { labelsKey, type Labels } from '../series.ts';

/** One value at one instant. */
export interface Sample {
  readonly atMs: number;
  readonly value: number;
  /** When a counter began at zero; absent for gauges. */
  readonly startMs?: number;
}

/** One element of an instant vector; the metric's name is the label `__name__` as long as the value is the metric's own. */
export interface Element {
  readonly labels: Labels;
  readonly value: number;
}

/** What an expression yields at one instant. */
export type Result =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'vector'; readonly elements: readonly Element[] };

/** Raw samples of one series, oldest first. */
export interface SampledSeries {
  readonly labels: Labels;
  readonly samples: readonly Sample[];
}

/** Calculations drop the name: the result is no longer that metric. */
export function withoutName(labels: Labels): Labels {
  const { __name__: _, ...rest } = labels;
  return rest;
}

/** What two elements must have in common to be matched: all labels but the name. */
export function matchKey(labels: Labels): string {
  return labelsKey(withoutName(labels));
}
