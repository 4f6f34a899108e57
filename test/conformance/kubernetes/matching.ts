/** Compares an answer with what was recorded, whose placeholders stand for what differs from run to run. */
import type { JsonMap, JsonValue } from '../../../emulator/world/json.ts';
import { isMap } from '../../../emulator/world/json.ts';

/** What each numbered placeholder of a conversation turned out to stand for, e.g. `rv:2`. */
export type Bindings = Map<string, string>;

export interface MatchRules {
  /** Only what is listed counts, and elements of lists may stand anywhere. */
  readonly subset: boolean;
  /** JSON pointers of lists whose order is random. */
  readonly unordered: readonly string[];
  readonly bindings: Bindings;
}

const patterns: Readonly<Record<string, string>> = {
  uid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  rv: '[0-9]+',
  continue: '.+',
  timestamp: '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)',
  clusterIP: '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}',
  age: '(?:(?:\\d+[smhdy])+|<unknown>)',
  any: '[\\s\\S]*',
};

const placeholder = /\{\{(\w+)(?::([^}]*))?\}\}/g;

/** The first difference in words; undefined: it matches, and the bindings have grown. */
export function differenceOf(
  expected: JsonValue,
  actual: JsonValue | undefined,
  rules: MatchRules,
  path = '',
): string | undefined {
  if (expected === '{{any}}' && actual !== undefined) return undefined;
  if (typeof expected === 'string' && typeof actual === 'string') return textDifference(expected, actual, rules, path);
  if (Array.isArray(expected) && Array.isArray(actual)) return listDifference(expected, actual, rules, path);
  if (isMap(expected) && isMap(actual)) return mapDifference(expected, actual, rules, path);
  return expected === actual ? undefined : unlike(path, expected, actual);
}

function unlike(path: string, expected: JsonValue, actual: JsonValue | undefined): string {
  return `${path === '' ? '/' : path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`;
}

function mapDifference(expected: JsonMap, actual: JsonMap, rules: MatchRules, path: string): string | undefined {
  if (!rules.subset) {
    const extra = Object.keys(actual).find((key) => actual[key] !== undefined && expected[key] === undefined);
    if (extra !== undefined) return `${path}/${extra}: expected nothing, found ${JSON.stringify(actual[extra])}`;
  }
  for (const [key, value] of Object.entries(expected)) {
    const difference = differenceOf(value ?? null, actual[key], rules, `${path}/${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function listDifference(
  expected: readonly JsonValue[],
  actual: readonly JsonValue[],
  rules: MatchRules,
  path: string,
): string | undefined {
  const inAnyOrder = rules.subset || rules.unordered.includes(path);
  if (!rules.subset && expected.length !== actual.length) return unlike(path, [...expected], [...actual]);
  for (const [at, element] of expected.entries()) {
    const difference = inAnyOrder
      ? missingElement(element, actual, rules, `${path}/${at}`)
      : differenceOf(element, actual[at], rules, `${path}/${at}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Bindings of an element that does not match after all are forgotten. */
function missingElement(
  element: JsonValue,
  actual: readonly JsonValue[],
  rules: MatchRules,
  path: string,
): string | undefined {
  for (const candidate of actual) {
    const bindings = new Map(rules.bindings);
    if (differenceOf(element, candidate, { ...rules, bindings }, path) !== undefined) continue;
    for (const [name, value] of bindings) rules.bindings.set(name, value);
    return undefined;
  }
  return `${path}: expected an element like ${JSON.stringify(element)}, found ${JSON.stringify(actual)}`;
}

function textDifference(expected: string, actual: string, rules: MatchRules, path: string): string | undefined {
  if (!expected.includes('{{')) return expected === actual ? undefined : unlike(path, expected, actual);
  const names: string[] = [];
  const parts = [...expected.matchAll(placeholder)];
  let source = '';
  let end = 0;
  for (const [whole, kind = '', argument] of parts) {
    const at = expected.indexOf(whole, end);
    source += escaped(expected.slice(end, at)) + `(${patternOf(kind, argument)})`;
    names.push(numbered.has(kind) && argument !== undefined ? `${kind}:${argument}` : '');
    end = at + whole.length;
  }
  const found = new RegExp(`^${source}${escaped(expected.slice(end))}$`).exec(actual);
  if (found === null) return unlike(path, expected, actual);
  return bindingDifference(names, found.slice(1), rules, path);
}

/** Text as it is, inside a pattern. */
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Only these stand for one value throughout a conversation. */
const numbered = new Set(['uid', 'rv', 'continue']);

function patternOf(kind: string, argument: string | undefined): string {
  if (kind === 'generated') return `${escaped(argument ?? '')}[a-z0-9]{5}`;
  const pattern = patterns[kind];
  if (pattern === undefined) throw new Error(`reading a recording: the placeholder ${kind} is unknown`);
  return pattern;
}

function bindingDifference(
  names: readonly string[],
  values: readonly string[],
  { bindings }: MatchRules,
  path: string,
): string | undefined {
  for (const [at, name] of names.entries()) {
    const value = values[at];
    if (name === '' || value === undefined) continue;
    const known = bindings.get(name) ?? value;
    if (known !== value) return `${path}: {{${name}}} was ${known} and is ${value}`;
    bindings.set(name, value);
  }
  return undefined;
}
