/** Fields that a document names twice, which parsing it alone does not show: the last one counts. */
import { parseDocument } from 'yaml';

/** An object or a list that the walk is in, with the place in it. */
interface Open {
  readonly path: string;
  /** Undefined in an object. */
  index: number | undefined;
  key: string;
  readonly seen: Set<string>;
}

/** `spec.containers[0].image` of every field that a JSON text names again, in the order of the text. It can be parsed. */
export function repeatedFields(text: string): readonly string[] {
  const repeated = new Set<string>();
  walkFields(text, (open) => {
    if (open.seen.has(open.key)) repeated.add(pathOf(open));
    open.seen.add(open.key);
  });
  return [...repeated];
}

/** How far behind the start of a JSON text each of some fields is named first. */
export function orderOf(text: string, paths: readonly string[]): (path: string) => number {
  const wanted = new Set(paths);
  const order = new Map<string, number>();
  walkFields(text, (open) => {
    const path = pathOf(open);
    if (wanted.has(path) && !order.has(path)) order.set(path, order.size);
  });
  return (path) => order.get(path) ?? order.size;
}

function pathOf({ path, index, key }: Open): string {
  if (index !== undefined) return `${path}[${index}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** Strings whole, so that no brace in one of them counts; a key is a string before a colon. */
const tokens = /"(?:[^"\\]|\\.)*"\s*:?|[{}[\],]/g;

function walkFields(text: string, onField: (open: Open) => void): void {
  const stack: Open[] = [];
  for (const [token] of text.matchAll(tokens)) {
    const top = stack.at(-1);
    if (token === '{' || token === '[') stack.push(opened(token, top));
    else if (token === '}' || token === ']') stack.pop();
    else if (top !== undefined) advance(top, token, onField);
  }
}

function opened(token: string, around: Open | undefined): Open {
  const path = around === undefined ? '' : pathOf(around);
  return { path, index: token === '[' ? 0 : undefined, key: '', seen: new Set() };
}

function advance(open: Open, token: string, onField: (open: Open) => void): void {
  if (token === ',' && open.index !== undefined) open.index++;
  if (!token.endsWith(':')) return;
  open.key = String(JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)));
  onField(open);
}

/** `line 7: key "k" already set in map` of every key that a YAML text sets again. */
export function repeatedKeys(text: string): readonly string[] {
  return parseDocument(text).errors.flatMap(({ code, pos, linePos }) => {
    if (code !== 'DUPLICATE_KEY') return [];
    const key = /^["']?([^\s:"']+)/.exec(text.slice(pos[0]))?.[1] ?? '';
    return [`line ${linePos?.[0].line ?? 1}: key ${JSON.stringify(key)} already set in map`];
  });
}
