import { labelsKey, type Labels } from '../series.ts';
import { bucketQuantile, rangeFunctions } from './functions.ts';
import { applyAggregate, applyBinary } from './operators.ts';
import type { Call, Expression, Fail, Selector } from './syntax.ts';
import { type Element, type Result, type SampledSeries, withoutName } from './values.ts';

/** How far back an instant selector looks for the last value (Prometheus, `--query.lookback-delta`, and Managed Prometheus alike). */
const LOOKBACK_MS = 5 * 60_000;

export interface Evaluation {
  readonly nowMs: number;
  /** Samples of the series that a selector names in `(startMs, nowMs]`, and whose labels fit; the name is among the labels. */
  readonly read: (selector: Selector, startMs: number) => readonly SampledSeries[];
  readonly fail: Fail;
}

/** The value of an expression now. */
export function evaluate(expression: Expression, evaluation: Evaluation): Result {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'selector':
      return vectorOf(selectInstant(expression, evaluation));
    case 'negation':
      return applyBinary('*', evaluate(expression.operand, evaluation), { kind: 'scalar', value: -1 });
    case 'binary': {
      const left = evaluate(expression.left, evaluation);
      return applyBinary(expression.operator, left, evaluate(expression.right, evaluation));
    }
    case 'aggregate':
      return vectorOf(applyAggregate(expression, vector(expression.operand, evaluation)));
    case 'call':
      return call(expression, evaluation);
  }
}

function vectorOf(elements: readonly Element[]): Result {
  return { kind: 'vector', elements };
}

function vector(expression: Expression | undefined, evaluation: Evaluation): readonly Element[] {
  if (expression === undefined) return evaluation.fail('an argument is missing');
  const result = evaluate(expression, evaluation);
  return result.kind === 'vector' ? result.elements : evaluation.fail('expected a vector, not a number');
}

function scalar(expression: Expression | undefined, evaluation: Evaluation): number {
  if (expression === undefined) return evaluation.fail('an argument is missing');
  const result = evaluate(expression, evaluation);
  return result.kind === 'scalar' ? result.value : evaluation.fail('expected a number, not a vector');
}

function selectInstant(selector: Selector, evaluation: Evaluation): readonly Element[] {
  if (selector.rangeMs !== undefined) {
    return evaluation.fail(`the range ${selector.name}[…] stands outside of a function over time`);
  }
  return evaluation.read(selector, evaluation.nowMs - LOOKBACK_MS).flatMap(({ labels, samples }) => {
    const last = samples.at(-1);
    return last === undefined ? [] : [{ labels, value: last.value }];
  });
}

function call(expression: Call, evaluation: Evaluation): Result {
  const { name, args } = expression;
  const [first, second] = args;
  if (Object.hasOwn(rangeFunctions, name)) return vectorOf(overTime(expression, evaluation));
  switch (name) {
    case 'vector':
      return vectorOf([{ labels: {}, value: scalar(first, evaluation) }]);
    case 'scalar': {
      const elements = vector(first, evaluation);
      return { kind: 'scalar', value: elements.length === 1 && elements[0] ? elements[0].value : Number.NaN };
    }
    case 'absent':
      return vectorOf(vector(first, evaluation).length > 0 ? [] : [{ labels: labelsOfAbsent(first), value: 1 }]);
    case 'clamp_min':
    case 'clamp_max': {
      const limit = scalar(second, evaluation);
      const clamp = name === 'clamp_min' ? Math.max : Math.min;
      return vectorOf(
        vector(first, evaluation).map(({ labels, value }) => ({
          labels: withoutName(labels),
          value: clamp(value, limit),
        })),
      );
    }
    case 'histogram_quantile':
      return vectorOf(histogramQuantile(scalar(first, evaluation), vector(second, evaluation)));
    default:
      return evaluation.fail(`the function ${name} is not served`);
  }
}

function overTime({ name, args }: Call, evaluation: Evaluation): readonly Element[] {
  const [selector] = args;
  const apply = rangeFunctions[name];
  if (apply === undefined || selector?.kind !== 'selector' || selector.rangeMs === undefined || args.length > 1) {
    return evaluation.fail(`${name} takes one selector with a range, such as ${name}(metric[5m])`);
  }
  const window = { startMs: evaluation.nowMs - selector.rangeMs, endMs: evaluation.nowMs };
  return evaluation.read(selector, window.startMs).flatMap(({ labels, samples }) => {
    const value = samples.length === 0 ? undefined : apply(samples, window);
    return value === undefined ? [] : [{ labels: withoutName(labels), value }];
  });
}

/** `absent(up{job="a"})` yields the labels that the selector asks for by equality. */
function labelsOfAbsent(expression: Expression | undefined): Labels {
  if (expression?.kind !== 'selector') return {};
  const equal = expression.matchers.filter(({ operator }) => operator === '=');
  return Object.fromEntries(equal.map(({ label, value }) => [label, value]));
}

function histogramQuantile(quantile: number, elements: readonly Element[]): readonly Element[] {
  const histograms = new Map<string, { labels: Labels; buckets: { upperBound: number; accumulated: number }[] }>();
  for (const { labels: all, value } of elements) {
    const { le, ...labels } = withoutName(all);
    if (le === undefined) continue;
    const key = labelsKey(labels);
    const histogram = histograms.get(key) ?? { labels, buckets: [] };
    histogram.buckets.push({ upperBound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), accumulated: value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()].flatMap(({ labels, buckets }) => {
    const value = bucketQuantile(
      quantile,
      buckets.sort((a, b) => a.upperBound - b.upperBound),
    );
    return value === undefined ? [] : [{ labels, value }];
  });
}
