/** Syntax trees of the part of PromQL that the local cloud evaluates ("Querying basics", Prometheus documentation). */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | Selector
  | { readonly kind: 'negation'; readonly operand: Expression }
  | Binary
  | Aggregate
  | Call;

export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector {
  readonly kind: 'selector';
  /** Metric name in its PromQL spelling. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Of a range selector (`[5m]`); undefined for an instant one. */
  readonly rangeMs?: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | Comparison | 'and' | 'or' | 'unless';
export type Comparison = '==' | '!=' | '>' | '<' | '>=' | '<=';

export interface Binary {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly operator: AggregateOperator;
  readonly operand: Expression;
  /** `by (…)` keeps these labels, `without (…)` drops them; neither keeps none. */
  readonly grouping: { readonly by: boolean; readonly labels: readonly string[] };
}

export const aggregateOperators = ['sum', 'avg', 'min', 'max', 'count'] as const;
export type AggregateOperator = (typeof aggregateOperators)[number];

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

/** Told of what is wrong with a query; never returns. */
export type Fail = (problem: string) => never;

/** Every selector of an expression, in the order of the text. */
export function selectorsOf(expression: Expression): readonly Selector[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'selector':
      return [expression];
    case 'negation':
    case 'aggregate':
      return selectorsOf(expression.operand);
    case 'binary':
      return [...selectorsOf(expression.left), ...selectorsOf(expression.right)];
    case 'call':
      return expression.args.flatMap(selectorsOf);
  }
}
