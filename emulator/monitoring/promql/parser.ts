import { isServedFunction } from './functions.ts';
import {
  type Aggregate,
  type AggregateOperator,
  aggregateOperators,
  type BinaryOperator,
  type Expression,
  type Fail,
  type Matcher,
} from './syntax.ts';
import { durationMs, readTokens, type Token } from './tokens.ts';

/** Loosest first ("Operators", Prometheus documentation: binary operator precedence); all of them bind to the left. */
const PRECEDENCE: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '<=', '<', '>=', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** `fail` is told what is wrong or not served. */
export function parsePromql(text: string, fail: Fail): Expression {
  return new PromqlParser(text, fail).parse();
}

/** Recursive descent; every method reads one production. */
class PromqlParser {
  readonly #tokens: readonly Token[];
  readonly #fail: Fail;
  #next = 0;

  constructor(text: string, fail: Fail) {
    this.#fail = fail;
    this.#tokens = readTokens(text, fail);
  }

  parse(): Expression {
    if (this.#tokens.length === 0) return this.#fail('the query is empty');
    const expression = this.#binary(0);
    const rest = this.#tokens[this.#next];
    if (rest === undefined) return expression;
    return this.#fail(rest.text === '^' ? 'the operator ^ is not served' : `unexpected "${rest.text}"`);
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#accept(one));
      if (operator === undefined) return left;
      for (const word of ['bool', 'on', 'ignoring', 'group_left', 'group_right']) {
        if (this.#accept(word)) return this.#fail(`the modifier ${word} is not served`);
      }
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    if (this.#accept('-')) return { kind: 'negation', operand: this.#unary() };
    this.#accept('+');
    return this.#primary();
  }

  #primary(): Expression {
    if (this.#accept('(')) {
      const inner = this.#binary(0);
      this.#expect(')');
      return inner;
    }
    const token = this.#take('an expression');
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'symbol' && token.text === '{') return this.#selector(this.#matchers());
    if (token.kind !== 'name') return this.#fail(`unexpected "${token.text}"`);
    const aggregate = aggregateOperators.find((operator) => operator === token.text);
    if (aggregate !== undefined && ['(', 'by', 'without'].includes(this.#peek() ?? ''))
      return this.#aggregate(aggregate);
    if (this.#accept('(')) return this.#call(token.text);
    const named: Matcher = { label: '__name__', operator: '=', value: token.text };
    return this.#selector([named, ...(this.#accept('{') ? this.#matchers() : [])]);
  }

  #aggregate(operator: AggregateOperator): Expression {
    const before = this.#grouping();
    this.#expect('(');
    const operand = this.#binary(0);
    this.#expect(')');
    const grouping = before ?? this.#grouping() ?? { by: true, labels: [] };
    return { kind: 'aggregate', operator, operand, grouping };
  }

  #grouping(): Aggregate['grouping'] | undefined {
    const by = this.#accept('by');
    if (!by && !this.#accept('without')) return undefined;
    this.#expect('(');
    const labels: string[] = [];
    while (!this.#accept(')')) {
      labels.push(this.#take('a label').text);
      this.#accept(',');
    }
    return { by, labels };
  }

  #call(name: string): Expression {
    if (!isServedFunction(name)) return this.#fail(`the function ${name} is not served`);
    const args: Expression[] = [];
    while (!this.#accept(')')) {
      args.push(this.#binary(0));
      if (this.#peek() !== ')') this.#expect(',');
    }
    return { kind: 'call', name, args };
  }

  /** What follows the braces; the metric's name is the matcher of `__name__`. */
  #selector(all: readonly Matcher[]): Expression {
    const name = all.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
    if (name === undefined) return this.#fail('selectors without the name of a metric are not served');
    const matchers = all.filter(({ label }) => label !== '__name__');
    const rangeMs = this.#accept('[') ? this.#range() : undefined;
    for (const word of ['offset', '@']) {
      if (this.#accept(word)) return this.#fail(`the modifier ${word} is not served`);
    }
    return { kind: 'selector', name, matchers, ...(rangeMs !== undefined && { rangeMs }) };
  }

  #range(): number {
    const token = this.#take('a duration');
    if (token.kind !== 'duration') return this.#fail(`the range "${token.text}" is no duration such as 5m`);
    if (this.#peek()?.startsWith(':') === true) return this.#fail('subqueries are not served');
    this.#expect(']');
    return durationMs(token.text);
  }

  #matchers(): readonly Matcher[] {
    const matchers: Matcher[] = [];
    while (!this.#accept('}')) {
      const label = this.#take('a label').text;
      const operator = this.#take('an operator').text;
      if (operator !== '=' && operator !== '!=' && operator !== '=~' && operator !== '!~') {
        return this.#fail(`unexpected "${operator}" after the label ${label}`);
      }
      const value = this.#take('a value in quotes');
      if (value.kind !== 'string') return this.#fail(`the value of the label ${label} is not in quotes`);
      if (operator.endsWith('~')) this.#checkPattern(value.text);
      matchers.push({ label, operator, value: value.text });
      if (this.#peek() !== '}') this.#expect(',');
    }
    return matchers;
  }

  #checkPattern(pattern: string): void {
    try {
      RegExp(pattern);
    } catch {
      // The engine's own words would name another dialect than RE2.
      this.#fail(`the regular expression "${pattern}" cannot be read`);
    }
  }

  /** Text of the next token, unless it is a string. */
  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token?.kind === 'string' ? undefined : token?.text;
  }

  #accept(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected "${text}" before "${this.#tokens[this.#next]?.text ?? 'the end'}"`);
  }

  #take(wanted: string): Token {
    return this.#tokens[this.#next++] ?? this.#fail(`expected ${wanted} at the end`);
  }
}
