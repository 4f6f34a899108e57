/**
 * List filters, in both languages of google/cloud/compute/v1/compute.proto (ListNetworksRequest.filter): AIP-160 comparisons
 * (`name = "x"`, `(a = 1) OR (b : *)`) and the older `eq`/`ne`, whose literal is a regular expression for the whole value.
 * gcloud sends the latter: `network eq ".*\bdemo\b.*"`.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { isMap } from './fields.ts';
import { invalidField } from './rejections.ts';

const badFilter = defineRejection({
  id: 'compute.badFilter',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'googleapis/google-api-go-client #813',
  message: (filter: string) => invalidField('filter', filter, 'Invalid list filter expression.'),
});

export type Predicate = (item: JsonMap) => boolean;

type Test = (value: JsonValue | undefined, literal: string) => boolean;

const tests: Readonly<Record<string, Test>> = {
  '=': (value, literal) => textOf(value) === literal,
  '!=': (value, literal) => textOf(value) !== literal,
  '<': (value, literal) => value !== undefined && Number(value) < Number(literal),
  '<=': (value, literal) => value !== undefined && Number(value) <= Number(literal),
  '>': (value, literal) => value !== undefined && Number(value) > Number(literal),
  '>=': (value, literal) => value !== undefined && Number(value) >= Number(literal),
  ':': (value, literal) => value !== undefined && (literal === '*' || contains(value, literal)),
  eq: (value, literal) => matchesWhole(value, literal),
  ne: (value, literal) => !matchesWhole(value, literal),
};

/** Field, operator and literal; the literal may be quoted, with `\"` for a quote. */
const comparison =
  /^\s*([\w.]+)\s*(?:(!=|<=|>=|=|<|>|:)|\s(eq|ne)\s)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()]+))/;

/** Reads a filter. Throws `compute.badFilter` if it is not of the language. */
export function parseFilter(filter: string): Predicate {
  const reader = new FilterReader(filter);
  const predicate = reader.expression();
  if (!reader.atEnd) reject(badFilter, filter);
  return predicate;
}

/** Recursive descent; as in AIP-160 OR binds tighter than AND, and two terms side by side are an AND. */
class FilterReader {
  readonly #filter: string;
  #rest: string;

  constructor(filter: string) {
    this.#filter = filter;
    this.#rest = filter;
  }

  get atEnd(): boolean {
    return this.#rest.trim() === '';
  }

  expression(): Predicate {
    const factors = [this.#factor()];
    while (!this.atEnd && !this.#peek(/^\s*\)/)) {
      this.#take(/^\s*AND\b/);
      factors.push(this.#factor());
    }
    return (item) => factors.every((factor) => factor(item));
  }

  #factor(): Predicate {
    const terms = [this.#term()];
    while (this.#take(/^\s*OR\b/)) terms.push(this.#term());
    return (item) => terms.some((term) => term(item));
  }

  #term(): Predicate {
    if (this.#take(/^\s*\(/)) {
      const inner = this.expression();
      if (!this.#take(/^\s*\)/)) reject(badFilter, this.#filter);
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Predicate {
    const match = comparison.exec(this.#rest);
    if (match === null) return reject(badFilter, this.#filter);
    this.#rest = this.#rest.slice(match[0].length);
    const [field = '', sign = '', ...literals] = match.slice(1).filter((part) => part !== undefined);
    const literal = literals.join('').replace(/\\(["'])/g, '$1');
    const test = tests[sign];
    const pattern = sign === 'eq' || sign === 'ne';
    if (test === undefined || (pattern && !isRegularExpression(literal))) return reject(badFilter, this.#filter);
    return (item) => test(valueAt(item, field), literal);
  }

  #peek(pattern: RegExp): boolean {
    return pattern.test(this.#rest);
  }

  #take(pattern: RegExp): boolean {
    if (!this.#peek(pattern)) return false;
    this.#rest = this.#rest.replace(pattern, '');
    return true;
  }
}

function valueAt(item: JsonMap, field: string): JsonValue | undefined {
  return field.split('.').reduce<JsonValue | undefined>((at, name) => (isMap(at) ? at[name] : undefined), item);
}

/** Text of a scalar; lists and objects are equal to nothing. */
function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined || typeof value === 'object' ? undefined : String(value);
}

function contains(value: JsonValue, literal: string): boolean {
  if (Array.isArray(value)) return value.some((item) => contains(item, literal));
  return isMap(value) ? literal in value : (textOf(value) ?? '').includes(literal);
}

function matchesWhole(value: JsonValue | undefined, pattern: string): boolean {
  const text = textOf(value);
  return text !== undefined && new RegExp(`^(?:${pattern})$`).test(text);
}

function isRegularExpression(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    // The reason is lost: Compute does not tell it either.
    return false;
  }
}
