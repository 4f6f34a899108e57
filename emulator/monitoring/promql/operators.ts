/** Binary operators and aggregations ("Operators", Prometheus documentation). */
import { labelsKey, type Labels } from '../series.ts';
import type { Aggregate, AggregateOperator, BinaryOperator, Comparison } from './syntax.ts';
import { type Element, matchKey, type Result, withoutName } from './values.ts';

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

const COMPARISONS: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
};

/** Vectors are matched one to one by all their labels; what has no partner is left out. */
export function applyBinary(operator: BinaryOperator, left: Result, right: Result): Result {
  if (operator === 'and' || operator === 'or' || operator === 'unless') {
    return { kind: 'vector', elements: applySet(operator, elementsOf(left), elementsOf(right)) };
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    return { kind: 'scalar', value: combine(operator, left.value, right.value) ?? Number.NaN };
  }
  const partners = right.kind === 'vector' ? byKey(right.elements) : undefined;
  if (left.kind === 'scalar') {
    return {
      kind: 'vector',
      elements: elementsOf(right).flatMap((one) => paired(operator, one, [left.value, one.value])),
    };
  }
  const elements = left.elements.flatMap((one) => {
    const other = right.kind === 'scalar' ? right.value : partners?.get(matchKey(one.labels))?.value;
    return other === undefined ? [] : paired(operator, one, [one.value, other]);
  });
  return { kind: 'vector', elements };
}

/** A comparison keeps the element as it is or drops it; arithmetic makes a new one without a name. */
function paired(
  operator: BinaryOperator,
  element: Element,
  [left, right]: readonly [number, number],
): readonly Element[] {
  if (isComparison(operator)) return COMPARISONS[operator](left, right) ? [element] : [];
  const value = combine(operator, left, right);
  return value === undefined ? [] : [{ labels: withoutName(element.labels), value }];
}

/** Two numbers; a comparison of them is 1 or 0. */
function combine(operator: BinaryOperator, left: number, right: number): number | undefined {
  if (isComparison(operator)) return COMPARISONS[operator](left, right) ? 1 : 0;
  return ARITHMETIC[operator]?.(left, right);
}

function isComparison(operator: BinaryOperator): operator is Comparison {
  return Object.hasOwn(COMPARISONS, operator);
}

function applySet(
  operator: 'and' | 'or' | 'unless',
  left: readonly Element[],
  right: readonly Element[],
): readonly Element[] {
  const inLeft = byKey(left);
  const inRight = byKey(right);
  if (operator === 'or') return [...left, ...right.filter(({ labels }) => !inLeft.has(matchKey(labels)))];
  return left.filter(({ labels }) => inRight.has(matchKey(labels)) === (operator === 'and'));
}

function byKey(elements: readonly Element[]): ReadonlyMap<string, Element> {
  return new Map(elements.map((element) => [matchKey(element.labels), element]));
}

function elementsOf(result: Result): readonly Element[] {
  return result.kind === 'vector' ? result.elements : [];
}

const AGGREGATES: Readonly<Record<AggregateOperator, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  avg: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  count: (values) => values.length,
};

/** An empty vector stays empty: the sum of nothing is not zero. */
export function applyAggregate(
  { operator, grouping }: Pick<Aggregate, 'operator' | 'grouping'>,
  elements: readonly Element[],
): readonly Element[] {
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels: all, value } of elements) {
    const labels = groupLabels(withoutName(all), grouping);
    const key = labelsKey(labels);
    const group = groups.get(key) ?? { labels, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: AGGREGATES[operator](values) }));
}

function groupLabels(labels: Labels, { by, labels: names }: Aggregate['grouping']): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name) === by));
}
