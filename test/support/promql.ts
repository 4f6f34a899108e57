/**
 * Reads PromQL as far as the builders write it, and says which labels its series have: text that Prometheus would refuse throws, and a
 * query without labels gives one series.
 */

/** `every`: all labels of what was measured. */
export type Labels = 'every' | readonly string[];

const token =
  /\s*(?:("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)(?![\w:])|\[(\d+[smh])\]|([A-Za-z_:][\w:]*)|(<=|>=|!=|==|=~|[-+*/<>={}(),]))/y;

interface Token {
  readonly kind: 'text' | 'number' | 'range' | 'name' | 'sign';
  readonly text: string;
}

function tokensOf(query: string): Token[] {
  const found: Token[] = [];
  token.lastIndex = 0;
  const kinds = ['text', 'number', 'range', 'name', 'sign'] as const;
  while (token.lastIndex < query.trimEnd().length) {
    const at = token.lastIndex;
    const match = token.exec(query);
    if (match === null) throw new Error(`reading PromQL: nothing known at ${at}: ${query.slice(at)}`);
    const index = match.slice(1).findIndex((text) => text !== undefined);
    found.push({ kind: kinds[index]!, text: match[index + 1]! });
  }
  return found;
}

const aggregations = new Set(['sum', 'max', 'avg', 'count']);
/** Of a range of time. */
const rangeFunctions = new Set(['rate', 'increase', 'deriv', 'avg_over_time']);
/** Weakest first; the same strength from left to right. */
const strengths = [['or'], ['and'], ['>', '<', '>=', '<=', '!=', '=='], ['+', '-'], ['*', '/']];

export function labelsOf(query: string): Labels {
  const reader = new Reader(tokensOf(query));
  const labels = reader.binary(0);
  reader.end();
  if (labels === 'number') throw new Error('reading PromQL: a number is no series');
  return labels;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new Error(`reading PromQL: ${this.#peek()} stands behind the end`);
  }

  binary(level: number): Labels | 'number' {
    const signs = strengths[level];
    if (signs === undefined) return this.#operand();
    let left = this.binary(level + 1);
    while (signs.includes(this.#peek())) {
      const sign = this.#take();
      const on = this.#peek() === 'on' ? this.#on() : undefined;
      left = joined(left, this.binary(level + 1), { sign, on });
    }
    return left;
  }

  #on(): readonly string[] {
    this.#take('on');
    return this.#names();
  }

  #names(): readonly string[] {
    this.#take('(');
    const names = [this.#take()];
    while (this.#peek() === ',') names.push((this.#take(','), this.#take()));
    this.#take(')');
    return names;
  }

  #operand(): Labels | 'number' {
    const { kind, text } = this.#tokens[this.#at] ?? { kind: 'sign', text: '' };
    if (kind === 'number') return this.#take(), 'number';
    if (text === '(') {
      this.#take();
      const inner = this.binary(0);
      this.#take(')');
      return inner;
    }
    if (kind !== 'name') throw new Error(`reading PromQL: ${text} is no operand`);
    this.#take();
    if (aggregations.has(text)) return this.#aggregation();
    return this.#peek() === '(' ? this.#call(text) : this.#selector();
  }

  #aggregation(): Labels {
    const by = this.#peek() === 'by' ? (this.#take('by'), this.#names()) : [];
    this.#take('(');
    this.binary(0);
    this.#take(')');
    return by;
  }

  #call(name: string): Labels {
    this.#take('(');
    const given: (Labels | 'number' | 'text')[] = [this.#argument()];
    while (this.#peek() === ',') given.push((this.#take(','), this.#argument()));
    const isRange = this.#tokens[this.#at - 1]?.kind === 'range';
    if (isRange !== rangeFunctions.has(name)) throw new Error(`reading PromQL: ${name} and its range`);
    this.#take(')');
    const labels = given.filter((one) => one === 'every' || typeof one === 'object');
    if (labels.length !== 1) throw new Error(`reading PromQL: ${name} of ${labels.length} vectors`);
    if (name === 'absent') return [];
    if (name === 'label_replace') return [...(labels[0] === 'every' ? ['every'] : labels[0]!), 'replaced'];
    // Of buckets there is one quantile.
    return name === 'histogram_quantile' && typeof labels[0] === 'object'
      ? labels[0].filter((label) => label !== 'le')
      : labels[0]!;
  }

  #argument(): Labels | 'number' | 'text' {
    if (this.#tokens[this.#at]?.kind === 'text') return this.#take(), 'text';
    return this.binary(0);
  }

  #selector(): Labels {
    if (this.#peek() === '{') {
      do {
        this.#take();
        this.#take();
        if (!['=', '=~'].includes(this.#take())) throw new Error('reading PromQL: a matcher without a sign');
        if (this.#tokens[this.#at]?.kind !== 'text') throw new Error('reading PromQL: a matcher without a value');
        this.#take();
      } while (this.#peek() === ',');
      this.#take('}');
    }
    if (this.#tokens[this.#at]?.kind === 'range') this.#take();
    return 'every';
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  #take(expected?: string): string {
    const text = this.#peek();
    if (text === '' || (expected !== undefined && text !== expected)) {
      throw new Error(`reading PromQL: ${expected ?? 'more'} expected, ${text || 'the end'} found`);
    }
    this.#at += 1;
    return text;
  }
}

interface Join {
  readonly sign: string;
  readonly on: readonly string[] | undefined;
}

/** Both sides of arithmetic and comparison have to have the same labels, or nothing matches and the result is silently empty. */
function joined(left: Labels | 'number', right: Labels | 'number', { sign, on }: Join): Labels | 'number' {
  if (left === 'number') return right;
  if (right === 'number' || on !== undefined) return left;
  if (String(left) !== String(right))
    throw new Error(`reading PromQL: ${sign} of [${String(left)}] and [${String(right)}]`);
  return left;
}
