/** Reads the Common Expression Language as validation rules use it (github.com/google/cel-spec, doc/langdef.md). */

export type CelNode =
  | { readonly op: 'literal'; readonly value: string | number | boolean | null }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'select'; readonly target: CelNode; readonly field: string }
  | { readonly op: 'index'; readonly target: CelNode; readonly key: CelNode }
  | { readonly op: 'list'; readonly items: readonly CelNode[] }
  | { readonly op: 'if'; readonly test: CelNode; readonly yes: CelNode; readonly no: CelNode }
  /** Operators too, by their sign. A target makes it a method. */
  | { readonly op: 'call'; readonly name: string; readonly target?: CelNode; readonly args: readonly CelNode[] };

/** The text is no expression that this can read. */
export class CelSyntaxError extends Error {
  override readonly name = 'CelSyntaxError';
}

/** Strings (raw, triple-quoted or plain), numbers with the `u` of unsigned ones left out, names, signs: the lexis of langdef.md, less bytes, exponents, hexadecimals and braces. */
const tokenPattern =
  /\s*(?:(r?"""[\s\S]*?"""|r?'''[\s\S]*?'''|r"[^"]*"|r'[^']*'|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\d+\.\d+|\d+)u?|([A-Za-z_]\w*)|(&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]]))/y;

interface Token {
  readonly kind: 'string' | 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
}

/** The end is a token too, so that whoever looks ahead always finds one. */
function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  const text = source.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const at = tokenPattern.lastIndex;
    const [, string, number, name, sign] = tokenPattern.exec(text) ?? [];
    if (string !== undefined) tokens.push({ kind: 'string', text: string });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new CelSyntaxError(`reading the rule ${source}: nothing known at ${at}`);
  }
  return [...tokens, { kind: 'end', text: '' }];
}

export function parseCel(source: string): CelNode {
  const parser = new Parser(source);
  return parser.whole();
}

/** Binary operators from the loosest to the tightest (langdef.md, Syntax). */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Recursive descent over the grammar of langdef.md. */
class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  whole(): CelNode {
    const node = this.#expression();
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return node;
  }

  #expression(): CelNode {
    const test = this.#binary(0);
    if (!this.#accept('?')) return test;
    const yes = this.#expression();
    this.#expect(':');
    return { op: 'if', test, yes, no: this.#expression() };
  }

  #binary(level: number): CelNode {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { text, kind } = this.#peek();
      // A string whose text is an operator is none; `in` is a name by its kind.
      if (kind === 'string' || !signs.includes(text)) return left;
      this.#at++;
      left = { op: 'call', name: text, args: [left, this.#binary(level + 1)] };
    }
  }

  /** Minus is an operator here even before a number: its value is the same. */
  #unary(): CelNode {
    for (const sign of ['!', '-']) {
      if (this.#accept(sign)) return { op: 'call', name: `unary ${sign}`, args: [this.#unary()] };
    }
    return this.#member(this.#primary());
  }

  /** What stands behind a value: fields, indices and methods, from left to right. */
  #member(start: CelNode): CelNode {
    let target = start;
    for (;;) {
      if (this.#accept('[')) {
        target = { op: 'index', target, key: this.#expression() };
        this.#expect(']');
      } else if (this.#accept('.')) {
        const { text, kind } = this.#next();
        if (kind !== 'name') throw this.#unexpected();
        target = this.#accept('(')
          ? { op: 'call', name: text, target, args: this.#until(')') }
          : { op: 'select', target, field: text };
      } else return target;
    }
  }

  #primary(): CelNode {
    const token = this.#next();
    if (token.kind === 'string') return { op: 'literal', value: unquoted(token.text) };
    if (token.kind === 'number') return { op: 'literal', value: Number(token.text) };
    if (token.text === '[') return { op: 'list', items: this.#until(']') };
    if (token.text === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (token.kind !== 'name') throw this.#unexpected();
    if (this.#accept('(')) return { op: 'call', name: token.text, args: this.#until(')') };
    const constant = constants.get(token.text);
    return constant === undefined ? { op: 'name', name: token.text } : { op: 'literal', value: constant };
  }

  /** Expressions between commas up to the closing sign, which is taken too. */
  #until(end: string): readonly CelNode[] {
    const nodes: CelNode[] = [];
    while (!this.#accept(end)) {
      if (nodes.length > 0) this.#expect(',');
      nodes.push(this.#expression());
    }
    return nodes;
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #accept(sign: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== 'sign' || text !== sign) return false;
    this.#at++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) throw this.#unexpected();
  }

  #unexpected(): CelSyntaxError {
    return new CelSyntaxError(`reading the rule ${this.#source}: unexpected ${JSON.stringify(this.#peek().text)}`);
  }
}

/** Words that are values; all others are names. */
const constants = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Raw strings keep their backslashes, and three quotes hold one. */
function unquoted(token: string): string {
  const isRaw = token.startsWith('r');
  const quoted = isRaw ? token.slice(1) : token;
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  const inner = quoted.slice(width, -width);
  if (isRaw) return inner;
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return inner.replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
}
