/**
 * Pub/Sub's filter language ("Filter messages from a subscription", Pub/Sub documentation):
 *
 *   attributes:name                      the attribute is there
 *   attributes.name = "com"              it is there and equal
 *   attributes.name != "com"             it is not there or different
 *   hasPrefix(attributes.name, "co")     it is there and begins so
 *   NOT a   a AND b   a OR b   (a)       AND and OR mix only with parentheses; operators are upper case
 *
 * A key with other characters than letters, digits, `-` and `_` is written as a string: `attributes:"iana.org/language"`.
 */
import { reject } from '../world/rejection.ts';
import { filterTooLong, invalidFilter } from './rejections.ts';

export type Attributes = Readonly<Record<string, string>>;
export type Filter = (attributes: Attributes) => boolean;

/** Longest filter in bytes (Pub/Sub documentation, "Filter messages from a subscription"). */
const MAX_FILTER_BYTES = 256;

/** The empty filter lets everything through. */
export function parseFilter(text: string): Filter {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_FILTER_BYTES) reject(filterTooLong, bytes, MAX_FILTER_BYTES);
  if (text.trim() === '') return () => true;
  const parser = new FilterParser(text);
  return parser.parse();
}

interface Token {
  readonly kind: 'word' | 'string' | 'symbol';
  readonly text: string;
}

const TOKEN = /\s*(?:(?<word>[A-Za-z0-9_-]+)|(?<string>"(?:[^"\\]|\\.)*")|(?<symbol>!=|[.:=(),]))/y;

/** Recursive descent over the tokens; every method reads one production and returns it as a predicate. */
class FilterParser {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
      end = TOKEN.lastIndex;
      this.#tokens.push(toToken(match));
    }
    if (text.slice(end).trim() !== '') this.#fail(`unexpected "${text.slice(end).trim()}"`);
  }

  parse(): Filter {
    const filter = this.#expression();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) this.#fail(`unexpected "${rest.text}"`);
    return filter;
  }

  /** `term { AND term }` or `term { OR term }`; the language gives neither of them precedence and refuses the mixture. */
  #expression(): Filter {
    const terms = [this.#term()];
    let operator: string | undefined;
    for (let word = this.#peek(); word === 'AND' || word === 'OR'; word = this.#peek()) {
      if (operator !== undefined && operator !== word) this.#fail('AND and OR are mixed without parentheses');
      operator = word;
      this.#next++;
      terms.push(this.#term());
    }
    if (operator === 'OR') return (attributes) => terms.some((term) => term(attributes));
    return (attributes) => terms.every((term) => term(attributes));
  }

  /** NOT binds tightest. */
  #term(): Filter {
    if (this.#accept('NOT')) {
      const negated = this.#term();
      return (attributes) => !negated(attributes);
    }
    if (this.#accept('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#accept('hasPrefix')) return this.#prefix();
    return this.#comparison();
  }

  #prefix(): Filter {
    this.#expect('(');
    this.#expect('attributes');
    this.#expect('.');
    const key = this.#key();
    this.#expect(',');
    const prefix = this.#string();
    this.#expect(')');
    return (attributes) => attributes[key]?.startsWith(prefix) === true;
  }

  /** `attributes:key`, `attributes.key = "value"`, `attributes.key != "value"`. */
  #comparison(): Filter {
    this.#expect('attributes');
    if (this.#accept(':')) {
      const key = this.#key();
      return (attributes) => attributes[key] !== undefined;
    }
    this.#expect('.');
    const key = this.#key();
    const negated = this.#accept('!=');
    if (!negated) this.#expect('=');
    const value = this.#string();
    return (attributes) => (attributes[key] === value) !== negated;
  }

  #key(): string {
    const token = this.#take('an attribute name');
    if (token.kind === 'symbol') this.#fail(`expected an attribute name before "${token.text}"`);
    return token.text;
  }

  #string(): string {
    const token = this.#take('a string in double quotes');
    if (token.kind !== 'string') this.#fail(`expected a string in double quotes, not "${token.text}"`);
    return token.text;
  }

  /** Text of the next token, unless it is a string: a quoted "AND" is no operator. */
  #peek(): string | undefined {
    const token = this.#tokens[this.#next];
    return token === undefined || token.kind === 'string' ? undefined : token.text;
  }

  #accept(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#fail(`expected "${text}"`);
  }

  #take(wanted: string): Token {
    const token = this.#tokens[this.#next++];
    return token ?? this.#fail(`expected ${wanted} at the end`);
  }

  #fail(problem: string): never {
    reject(invalidFilter, this.#text, problem);
  }
}

function toToken(match: RegExpExecArray): Token {
  const { word, string, symbol = '' } = match.groups ?? {};
  if (word !== undefined) return { kind: 'word', text: word };
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1') };
  return { kind: 'symbol', text: symbol };
}
