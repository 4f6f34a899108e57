/** Label selectors as text, read as apimachinery pkg/labels/selector.go reads them, mistakes included. */
import { labelKeyError, labelValueError } from './label-syntax.ts';
import { badRequest } from './rejections.ts';
import { refuse } from './status.ts';

/** One term of a selector; all terms must hold. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** `=`, `==`, `!=`, `in`, `notin`, `key`, `!key`, `>`, `<`, joined by commas. */
export function parseLabelSelector(text: string): readonly Requirement[] {
  const tokens = [...text.matchAll(/==|!=|[=!,()<>]|[^\s=!,()<>]+/g)].map(([token]) => token);
  return new SelectorParser(tokens).parse();
}

const operatorSymbols: Readonly<Record<string, Requirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
  in: 'In',
  notin: 'NotIn',
};

const symbols = new Set(['=', '==', '!=', '!', ',', '(', ')', '<', '>']);
const expectedOperators = 'in, notin, =, ==, !=, gt, lt';

/** A word that is no symbol; the end of the text is none. */
const isIdentifier = (token: string): boolean => token !== '' && !symbols.has(token);

/** One pass over the tokens; the end of the text reads as an empty token. */
class SelectorParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    while (this.#peek() !== '') {
      if (!this.#startsRequirement()) fail(`found '${this.#peek()}', expected: !, identifier, or 'end of string'`);
      requirements.push(checked(this.#requirement()));
      const next = this.#take();
      if (next === '') break;
      if (next !== ',') fail(`found '${next}', expected: ',' or 'end of string'`);
      if (!this.#startsRequirement()) fail(`found '${this.#peek()}', expected: identifier after ','`);
    }
    return requirements;
  }

  #startsRequirement(): boolean {
    return isIdentifier(this.#peek()) || this.#peek() === '!';
  }

  #requirement(): Requirement {
    const isNegated = this.#peek() === '!';
    if (isNegated) this.#take();
    const key = this.#take();
    if (!isIdentifier(key)) failInside(`found '${key}', expected: identifier`);
    requireKey(key);
    if (isNegated) return { key, operator: 'DoesNotExist', values: [] };
    const symbol = this.#peek();
    if (symbol === '' || symbol === ',') return { key, operator: 'Exists', values: [] };
    this.#take();
    const operator = operatorSymbols[symbol];
    if (operator === undefined) return failInside(`found '${symbol}', expected: ${expectedOperators}`);
    const takesList = symbol === 'in' || symbol === 'notin';
    return { key, operator, values: takesList ? this.#values() : [this.#value()] };
  }

  /** The value after an operator; nothing there means the empty value. */
  #value(): string {
    if (this.#peek() === '' || this.#peek() === ',') return '';
    const value = this.#take();
    return isIdentifier(value) ? value : failInside(`found '${value}', expected: identifier`);
  }

  #values(): readonly string[] {
    const open = this.#take();
    if (open !== '(') failInside(`found '${open}' expected: '('`);
    if (this.#peek() === ')') {
      this.#take();
      return [''];
    }
    const first = this.#peek();
    if (!isIdentifier(first) && first !== ',') failInside(`found '${first}', expected: ',', ')' or identifier`);
    const values = this.#list();
    const close = this.#take();
    if (close !== ')') failInside(`found '${close}', expected: ')'`);
    return values;
  }

  /** Up to the closing parenthesis; nothing between two commas is the empty value. */
  #list(): readonly string[] {
    const values: string[] = [];
    let isAfterValue = false;
    for (;;) {
      const token = this.#peek();
      if (token === ')') return isAfterValue ? values : [...values, ''];
      if (token !== ',' && isAfterValue) failInside(`found '${token}', expected: ',' or ')'`);
      if (token !== ',' && !isIdentifier(token)) failInside(`found '${token}', expected: ',', or identifier`);
      if (token !== ',') values.push(token);
      else if (!isAfterValue) values.push('');
      isAfterValue = token !== ',';
      this.#take();
    }
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? '';
  }
}

function requireKey(key: string): void {
  const error = labelKeyError(key);
  if (error !== undefined) failInside(`<nil>: Invalid value: ${JSON.stringify(key)}: ${error}`);
}

/** Values must be possible ones, or nothing could ever match. */
function checked(requirement: Requirement): Requirement {
  const isComparison = requirement.operator === 'Gt' || requirement.operator === 'Lt';
  for (const [at, value] of requirement.values.entries()) {
    const quoted = JSON.stringify(value);
    if (isComparison && !/^[+-]?\d+$/.test(value)) {
      failInside(`values[${at}]: Invalid value: ${quoted}: for 'Gt', 'Lt' operators, the value must be an integer`);
    }
    const error = labelValueError(value);
    if (error !== undefined) failInside(`values[${at}][${requirement.key}]: Invalid value: ${quoted}: ${error}`);
  }
  return requirement;
}

/** Every mistake in a selector is a 400. */
const fail = (message: string): never => refuse(badRequest, undefined, message);
const failInside = (message: string): never => fail(`unable to parse requirement: ${message}`);
