/** Words, strings and symbols of a filter text. */
export interface Token {
  readonly kind: 'word' | 'string' | 'symbol';
  /** A string without its quotes. */
  readonly text: string;
}

// A word may hold what numbers and unquoted values hold; a point separates the parts of a field.
const TOKEN =
  /\s*(?:(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<symbol>!=|>=|<=|[.:=<>(),-])|(?<word>[A-Za-z0-9_/]+))/y;

/** `fail` is told what cannot be read. */
export function readTokens(text: string, fail: (problem: string) => never): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    tokens.push(toToken(match));
  }
  const rest = text.slice(end).trim();
  return rest === '' ? tokens : fail(`syntax error at "${rest}"`);
}

function toToken(match: RegExpExecArray): Token {
  const { word, string, symbol = '' } = match.groups ?? {};
  if (word !== undefined) return { kind: 'word', text: word };
  if (string !== undefined) return { kind: 'string', text: string.slice(1, -1).replace(/\\(.)/g, '$1') };
  return { kind: 'symbol', text: symbol };
}
