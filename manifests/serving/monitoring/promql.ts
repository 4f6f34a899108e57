/**
 * PromQL from parts, so that what must give one series does: a scaler that gets two fails (KEDA documentation, "Prometheus"), and text
 * that is glued together shows nobody how many it gives.
 */

/** As many series as there are sources. */
export interface Vector {
  readonly series: 'many';
  readonly promql: string;
}

/** At most one series, without labels: everything else was aggregated away. */
export interface OneSeries {
  readonly series: 'one';
  readonly promql: string;
}

/** Text: equal. `matches`: a regular expression, which must fit the whole value. */
export type Matchers = { readonly [label: string]: string | { readonly matches: string } };

export function select(metric: string, matchers: Matchers): Vector {
  return many(`${metric}${braces(matchers)}`);
}

/** Per second, of a counter; `window`: `5m`. */
export function rate(metric: string, matchers: Matchers, window: string): Vector {
  return many(`rate(${metric}${braces(matchers)}[${window}])`);
}

/** How much a counter grew. */
export function increase(metric: string, matchers: Matchers, window: string): Vector {
  return many(`increase(${metric}${braces(matchers)}[${window}])`);
}

/** How fast a gauge changes, per second. */
export function derivative({ promql }: Vector, window: string): Vector {
  return many(`deriv(${promql}[${window}])`);
}

/** Mean over time of each series. */
export function averageOver(window: string, { promql }: Vector): Vector {
  return many(`avg_over_time(${promql}[${window}])`);
}

export type Aggregation = 'sum' | 'max' | 'avg' | 'count';

export function aggregate(how: Aggregation, of: Vector): OneSeries {
  return one(`${how}(${of.promql})`);
}

/** A series for each set of values of the labels. */
export function aggregateBy(how: Aggregation, labels: readonly string[], of: Vector): Vector {
  return many(`${how} by (${labels.join(', ')}) (${of.promql})`);
}

export interface Quantile {
  /** 0..1. */
  readonly of: number;
  readonly window: string;
}

/** Of a histogram, over all sources together: quantiles of several cannot be averaged. */
export function quantile({ of, window }: Quantile, histogram: string, matchers: Matchers): OneSeries {
  return one(`histogram_quantile(${of}, sum by (le) (rate(${histogram}_bucket${braces(matchers)}[${window}])))`);
}

export function quantileBy(labels: readonly string[], { of, window }: Quantile, histogram: Histogram): Vector {
  const buckets = `rate(${histogram.name}_bucket${braces(histogram.matchers)}[${window}])`;
  return many(`histogram_quantile(${of}, sum by (${['le', ...labels].join(', ')}) (${buckets}))`);
}

export interface Histogram {
  readonly name: string;
  readonly matchers: Matchers;
}

export function dividedBy(dividend: OneSeries, divisor: number): OneSeries {
  return divisor === 1 ? dividend : one(`${dividend.promql} / ${divisor}`);
}

/** The first that is there. In brackets: `or` binds weakest of all. */
export function firstOf(preferred: OneSeries, other: OneSeries): OneSeries {
  return one(`(${preferred.promql} or ${other.promql})`);
}

/** Zero wherever `alive` is there: what has nothing to report is told from what cannot be heard. */
export function zeroWhile(alive: OneSeries): OneSeries {
  return one(`0 * ${alive.promql}`);
}

/** The larger one; either may be missing. Not a number, which a quantile of nothing is, counts as missing. */
export function larger(first: OneSeries, second: OneSeries): OneSeries {
  const marked = [first, second].map(({ promql }, at) => `label_replace(${promql} >= 0, "of", "${at}", "", "")`);
  return one(`max(${marked.join(' or ')})`);
}

/** The same series with a label's value under another name as well. */
export function relabelled({ promql }: Vector, { from, to }: { readonly from: string; readonly to: string }): Vector {
  return many(`label_replace(${promql}, "${to}", "$1", "${from}", "(.+)")`);
}

/** Those of the first that have a counterpart with the same value of the label. */
export function intersection(label: string, first: Vector, second: Vector): Vector {
  return many(`${first.promql} and on (${label}) ${second.promql}`);
}

export function atMost(most: number, of: OneSeries): OneSeries {
  return one(`clamp_max(${of.promql}, ${most})`);
}

function many(promql: string): Vector {
  return { series: 'many', promql };
}

function one(promql: string): OneSeries {
  return { series: 'one', promql };
}

function braces(matchers: Matchers): string {
  const pairs = Object.entries(matchers).map(([label, value]) =>
    typeof value === 'string' ? `${label}=${quoted(value)}` : `${label}=~${quoted(value.matches)}`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** As Go reads text, which JSON writes (Prometheus documentation, "Querying basics", string literals). */
function quoted(text: string): string {
  return JSON.stringify(text);
}
