import type { Fail } from './syntax.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'duration' | 'string' | 'symbol';
  /** A string without its quotes. */
  readonly text: string;
}

const TOKEN =
  /\s*(?:#[^\n]*|(?<duration>(?:\d+(?:ms|[smhdwy]))+)(?![A-Za-z0-9_])|(?<number>0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<symbol>=~|!~|==|!=|>=|<=|[-+*/%^@=<>(){}[\],:]))/y;

/** What a query consists of; comments (`# …`) are left out. */
export function readTokens(text: string, fail: Fail): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    const token = toToken(match.groups ?? {});
    if (token !== undefined) tokens.push(token);
  }
  const rest = text.slice(end).trim();
  return rest === '' ? tokens : fail(`unexpected "${rest}"`);
}

function toToken(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const found = Object.entries(groups).find(([, text]) => text !== undefined);
  if (found === undefined) return undefined;
  const [kind, text = ''] = found;
  if (kind !== 'string')
    return { kind: kind === 'name' || kind === 'number' || kind === 'duration' ? kind : 'symbol', text };
  const inner = text.slice(1, -1);
  return {
    kind,
    text: text.startsWith('`') ? inner : inner.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** `1h30m` → 5400000 */
export function durationMs(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (total, [, count, unit = '']) => total + Number(count) * (UNIT_MS[unit] ?? 0),
    0,
  );
}
