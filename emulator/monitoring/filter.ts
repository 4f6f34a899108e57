/**
 * The filter language of Cloud Monitoring (page "Monitoring filters"), as far as time series and descriptors need it:
 *
 *   metric.type = "custom.googleapis.com/a" AND resource.type = "global"
 *   metric.labels.role = "decode"     resource.label."cluster" != "a"
 *   metric.type = starts_with("…")    ends_with("…")   has_substring("…")   one_of("a", "b")   monitoring.regex.full_match("…")
 *   metric.labels.model_name : "llama"      contains
 *   NOT a   -a   a AND b   a b   a OR b   (a)        OR binds tighter than AND
 *
 * `label` and `labels` are the same. Comparisons with numbers and `metadata.*` are not served.
 */
import { reject } from '../world/rejection.ts';
import { readTokens, type Token } from './filter-tokens.ts';
import { notServed, unparseableFilter } from './rejections.ts';
import type { SeriesIdentity } from './series.ts';

export interface Filter {
  matches(identity: SeriesIdentity): boolean;
  /** What the filter says of the metric type, if it must hold for every match. */
  readonly metricType: TypeRestriction | undefined;
  readonly hasResourceType: boolean;
}

export interface TypeRestriction {
  /** The text of `metric.type = "…"`; undefined for a function such as `starts_with`. */
  readonly exact?: string;
  matches(type: string): boolean;
}

type Node =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Node[] }
  | { readonly kind: 'not'; readonly term: Node }
  | Comparison;

interface Comparison {
  readonly kind: 'comparison';
  readonly field: string;
  readonly read: (identity: SeriesIdentity) => string | undefined;
  readonly test: (value: string) => boolean;
  readonly exact?: string;
}

/** The empty filter lets everything through. */
export function parseFilter(text: string): Filter {
  const root = new FilterParser(text).parse();
  const required = root.kind === 'and' ? root.terms : [root];
  const restrictions = required.filter((node) => node.kind === 'comparison');
  const metricType = restrictions.find(({ field }) => field === 'metric.type');
  return {
    matches: (identity) => holds(root, identity),
    metricType: metricType && {
      matches: metricType.test,
      ...(metricType.exact !== undefined && { exact: metricType.exact }),
    },
    hasResourceType: restrictions.some(({ field }) => field === 'resource.type'),
  };
}

function holds(node: Node, identity: SeriesIdentity): boolean {
  switch (node.kind) {
    case 'and':
      return node.terms.every((term) => holds(term, identity));
    case 'or':
      return node.terms.some((term) => holds(term, identity));
    case 'not':
      return !holds(node.term, identity);
    case 'comparison': {
      const value = node.read(identity);
      return value !== undefined && node.test(value);
    }
  }
}

const TEXT_FUNCTIONS: Readonly<Record<string, (value: string, argument: string) => boolean>> = {
  starts_with: (value, argument) => value.startsWith(argument),
  ends_with: (value, argument) => value.endsWith(argument),
  has_substring: (value, argument) => value.includes(argument),
  'monitoring.regex.full_match': (value, argument) => new RegExp(`^(?:${argument})$`).test(value),
};

/** What a path of names reads of a series; undefined if there is no such field. */
function toField([root = '', part = '', label, ...rest]: readonly string[]):
  | Pick<Comparison, 'field' | 'read'>
  | undefined {
  if (root === 'project' && part === '') return { field: root, read: ({ resource }) => resource.labels['project_id'] };
  if ((root !== 'metric' && root !== 'resource') || rest.length > 0) return undefined;
  if (label === undefined) {
    return part === 'type' ? { field: `${root}.type`, read: (identity) => identity[root].type } : undefined;
  }
  if (part !== 'label' && part !== 'labels') return undefined;
  return { field: `${root}.labels.${label}`, read: (identity) => identity[root].labels[label] };
}

/** Recursive descent over the tokens; every method reads one production. */
class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = readTokens(text, (problem) => this.#fail(problem));
  }

  parse(): Node {
    if (this.#tokens.length === 0) return { kind: 'and', terms: [] };
    const node = this.#conjunction();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) this.#fail(`unexpected "${rest.text}"`);
    return node;
  }

  /** `a AND b`; AND may be left out between two terms. */
  #conjunction(): Node {
    const terms = [this.#disjunction()];
    for (let word = this.#peek(); word !== undefined && word !== ')'; word = this.#peek()) {
      this.#accept('AND');
      terms.push(this.#disjunction());
    }
    return terms.length === 1 && terms[0] ? terms[0] : { kind: 'and', terms };
  }

  #disjunction(): Node {
    const terms = [this.#term()];
    while (this.#accept('OR')) terms.push(this.#term());
    return terms.length === 1 && terms[0] ? terms[0] : { kind: 'or', terms };
  }

  #term(): Node {
    if (this.#accept('NOT') || this.#accept('-')) return { kind: 'not', term: this.#term() };
    if (!this.#accept('(')) return this.#comparison();
    const inner = this.#conjunction();
    this.#expect(')');
    return inner;
  }

  #comparison(): Node {
    const field = this.#field();
    const operator = this.#take('an operator').text;
    if (operator === ':') {
      const part = this.#value();
      return { kind: 'comparison', ...field, test: (value) => value.includes(part) };
    }
    if (operator === '=' || operator === '!=') {
      const equal: Comparison = { kind: 'comparison', ...field, ...this.#operand() };
      return operator === '=' ? equal : { kind: 'not', term: equal };
    }
    return this.#fail(`unexpected "${operator}" after ${field.field}`);
  }

  /** `metric.type`, `resource.labels.zone`, `metric.label."a-b"`, `project`. */
  #field(): Pick<Comparison, 'field' | 'read'> {
    const path = [this.#take('a field').text];
    while (this.#accept('.')) path.push(this.#take('a name').text);
    const [root = ''] = path;
    if (root === 'metadata' || root === 'group') return reject(notServed, `filters by ${path.join('.')}`);
    return toField(path) ?? this.#fail(`unknown field "${path.join('.')}"`);
  }

  /** A value or a function of one. */
  #operand(): Pick<Comparison, 'test' | 'exact'> {
    const first = this.#take('a value');
    const name = first.kind === 'word' ? this.#functionName(first.text) : first.text;
    if (first.kind === 'string' || !this.#accept('(')) return { test: (value) => value === name, exact: name };
    const args = [this.#value()];
    while (this.#accept(',')) args.push(this.#value());
    this.#expect(')');
    if (name === 'one_of') return { test: (value) => args.includes(value) };
    const test = TEXT_FUNCTIONS[name];
    const [argument = ''] = args;
    if (test === undefined || args.length > 1)
      return this.#fail(`unknown function ${name} of ${args.length} arguments`);
    return { test: (value) => test(value, argument) };
  }

  /** `monitoring.regex.full_match` is written with points. */
  #functionName(first: string): string {
    const path = [first];
    while (this.#accept('.')) path.push(this.#take('a name').text);
    return path.join('.');
  }

  #value(): string {
    const token = this.#take('a value');
    return token.kind === 'symbol' ? this.#fail(`expected a value before "${token.text}"`) : token.text;
  }

  /** Text of the next token, unless it is a string: a quoted "AND" is no operator. */
  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.kind === 'string' ? '"' : token?.text;
  }

  #accept(text: string): boolean {
    const token = this.#tokens[this.#next];
    if (token === undefined || token.kind === 'string' || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected "${text}"`);
  }

  #take(wanted: string): Token {
    return this.#tokens[this.#next++] ?? this.#fail(`expected ${wanted} at the end`);
  }

  #fail(problem: string): never {
    reject(unparseableFilter, this.#text, problem);
  }
}
