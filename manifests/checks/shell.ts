/**
 * Reads a shell script far enough to find the commands that it runs: words, quotes, continued lines, comments, lists. It runs nothing and knows
 * no loops; what depends on something that is unknown here stays as it was written (`$X`).
 */
import { arithmetic } from './arithmetic.ts';

/** What stands between a command and the one before it. A line end is `;`. */
export type Connector = '&&' | '||' | ';' | '|' | '&';

export interface ShellCommand {
  readonly words: readonly string[];
  readonly after: Connector;
}

export type Variables = ReadonlyMap<string, string>;

interface Token {
  readonly text: string;
  readonly isOperator: boolean;
}

/** The commands in the order of the text; assignments (`X=1`, `export X=1`) hold for those that follow. */
export function parseScript(script: string, variables: Variables): readonly ShellCommand[] {
  const known = new Map(variables);
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let after: Connector = ';';
  const end = () => {
    const command = withoutPrefix(words, known);
    if (command.length > 0) commands.push({ words: command, after });
    words = [];
  };
  for (const { text, isOperator } of tokensOf(script, known)) {
    if (!isOperator) {
      words.push(text);
      continue;
    }
    end();
    after = connectorOf(text);
  }
  end();
  return commands;
}

const connectors: { readonly [operator: string]: Connector } = { '&&': '&&', '||': '||', '|': '|', '&': '&' };

function connectorOf(operator: string): Connector {
  return connectors[operator] ?? ';';
}

/** Words of the shell and programs that only start the program which follows. */
const prefixes = new Set([
  'exec',
  'nohup',
  'time',
  'then',
  'else',
  'elif',
  'if',
  'do',
  'while',
  '!',
  '{',
  'env',
  'eval',
]);

/** Takes assignments out of the way and remembers them. */
function withoutPrefix(words: readonly string[], known: Map<string, string>): readonly string[] {
  const [first, ...rest] = words;
  if (first === undefined) return [];
  const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(first);
  if (assignment !== null) {
    const [, name = '', value = ''] = assignment;
    known.set(name, value);
    return withoutPrefix(rest, known);
  }
  if (first === 'export' || first === 'declare') {
    for (const word of rest) withoutPrefix([word], known);
    return [];
  }
  return prefixes.has(first) ? withoutPrefix(rest, known) : words;
}

/** One pattern for each thing that can begin at a place, tried in this order. */
const operators = /&&|\|\||;;|[;|&()\n]/y;
const redirection = /\d*(?:>>|>&|&>|<<<|>|<)&?\s*(?:\d|-|[^\s;&|()<>]+)?/y;
const hereDocument = /<<-?\s*(['"]?)(\w+)\1([^\n]*)\n[^]*?\n\s*\2(?=\n|$)/y;
const blank = /(?:[ \t\r]|\\\r?\n)+/y;
const comment = /#[^\n]*/y;

/** A generator, since assignments made by earlier commands count for the words of later ones. */
function* tokensOf(script: string, known: Variables): Generator<Token> {
  let index = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    const [text] = pattern.exec(script) ?? [];
    index += text?.length ?? 0;
    return text;
  };
  while (index < script.length) {
    if (take(blank) !== undefined || take(comment) !== undefined) continue;
    if (take(hereDocument) !== undefined || take(redirection) !== undefined) continue;
    const operator = take(operators);
    if (operator !== undefined) {
      yield { text: operator, isOperator: true };
      continue;
    }
    const [text, end] = readWord(script, index, known);
    index = end;
    yield { text, isOperator: false };
  }
}

/** A word from its first character to the blank or operator that ends it, quotes removed. */
function readWord(script: string, start: number, known: Variables): readonly [text: string, end: number] {
  let text = '';
  let index = start;
  while (index < script.length && !/[\s;&|()<>]/.test(script.charAt(index))) {
    const [part, end] = readPart(script, index, known);
    text += part;
    index = end;
  }
  // A sign that begins no word here must not stop us for ever.
  return index === start ? [script.charAt(start), start + 1] : [text, index];
}

const singleQuoted = /'([^']*)'?/y;
const doubleQuoted = /"((?:[^"\\]|\\[^])*)"?/y;
const escaped = /\\([^])/y;
const expansion =
  /\$\(\(([^]*?)\)\)|\$\(([A-Za-z_]\w*)\)|\$\([^]*?\)|\$\{(\w+)(?::?[-=]([^}]*))?\}|\$\{[^}]*\}|\$(\w+)/y;

function readPart(script: string, index: number, known: Variables): readonly [text: string, end: number] {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = index;
    return pattern.exec(script);
  };
  const single = match(singleQuoted);
  if (single !== null) return [single[1] ?? '', singleQuoted.lastIndex];
  const double = match(doubleQuoted);
  if (double !== null) {
    const end = doubleQuoted.lastIndex;
    // In double quotes a backslash escapes these, and joins lines; anything else keeps it (POSIX, 2.2.3).
    const inner = (double[1] ?? '').replaceAll(/\\\n/g, '');
    return [expandAll(inner, known).replaceAll(/\\(["\\$`])/g, '$1'), end];
  }
  const escape = match(escaped);
  if (escape !== null) return [escape[1] === '\n' ? '' : (escape[1] ?? ''), escaped.lastIndex];
  const variable = match(expansion);
  if (variable !== null) return [expandAll(variable[0], known), index + variable[0].length];
  return [script.charAt(index), index + 1];
}

const expansions = new RegExp(expansion.source, 'g');

/** `$X`, `${X}`, `${X:-default}`, `$((X * 8))`, and `$(X)`, which Kubernetes has replaced before the shell sees it. */
export function expandAll(text: string, known: Variables): string {
  let expanded = '';
  let end = 0;
  for (const match of text.matchAll(expansions)) {
    expanded += text.slice(end, match.index) + expandOne(match, known);
    end = match.index + match[0].length;
  }
  return expanded + text.slice(end);
}

/** What is unknown stays as it was written. */
function expandOne(match: RegExpExecArray, known: Variables): string {
  const [written, sum, byKubernetes, braced, byDefault, plain] = match;
  if (sum !== undefined) return arithmetic(expandNames(sum, known))?.toString() ?? written;
  const name = byKubernetes ?? braced ?? plain;
  if (name === undefined) return written;
  return known.get(name) ?? (byDefault === undefined ? written : expandAll(byDefault, known));
}

/** In arithmetic a name needs no dollar. */
function expandNames(sum: string, known: Variables): string {
  return expandAll(sum, known).replaceAll(/[A-Za-z_]\w*/g, (name) => known.get(name) ?? name);
}
