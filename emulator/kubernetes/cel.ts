/** Works rules in the Common Expression Language out. */
import type { JsonMap } from '../world/json.ts';
import { type CelNode, parseCel } from './cel-parser.ts';
import { CelError, celFunctions, CelUnsupported, type CelValue } from './cel-values.ts';
import { isMap } from './objects.ts';

export type Scope = Readonly<Record<string, CelValue | undefined>>;

const parsed = new Map<string, CelNode>();

/** @throws CelError when a value does not have what the rule asks of it */
export function evaluateCel(source: string, scope: Scope): CelValue {
  const known = parsed.get(source) ?? parseCel(source);
  parsed.set(source, known);
  return evaluate(known, scope);
}

function evaluate(node: CelNode, scope: Scope): CelValue {
  switch (node.op) {
    case 'literal':
      return node.value;
    case 'name': {
      const value = scope[node.name];
      if (value === undefined) throw new CelUnsupported(`the variable ${node.name}`);
      return value;
    }
    case 'list':
      return node.items.map((item) => evaluate(item, scope));
    case 'if':
      return evaluate(evaluate(node.test, scope) === true ? node.yes : node.no, scope);
    case 'select':
      return fieldOf(evaluate(node.target, scope), node.field) ?? missing(node.field);
    case 'index':
      return elementOf(evaluate(node.target, scope), evaluate(node.key, scope));
    case 'call':
      return call(node, scope);
  }
}

function missing(key: string): never {
  throw new CelError(`no such key: ${key}`);
}

/** Names that the language reserves are written between underscores in a rule (Kubernetes documentation, "Validation rules"). */
function fieldOf(target: CelValue, name: string): CelValue | undefined {
  if (!isMap(target)) throw new CelError(`no such overload: select ${name}`);
  return target[name] ?? target[unescaped(name)];
}

const unescaped = (name: string): string =>
  name
    .replace(/__(dot|dash|slash|underscores)__/g, (_, what: string) => escapedSigns[what] ?? '')
    .replace(/^__(\w+?)__$/, '$1');
const escapedSigns: Readonly<Record<string, string>> = { dot: '.', dash: '-', slash: '/', underscores: '__' };

function elementOf(target: CelValue, key: CelValue): CelValue {
  if (Array.isArray(target) && typeof key === 'number') {
    const element = target[key];
    if (element === undefined) throw new CelError(`index out of bounds: ${key}`);
    return element;
  }
  if (isMap(target) && typeof key === 'string') return target[key] ?? missing(key);
  throw new CelError('no such overload: _[_]');
}

type Call = Extract<CelNode, { op: 'call' }>;

function call(node: Call, scope: Scope): CelValue {
  const { name, target, args } = node;
  if (name === '&&' || name === '||') return decided(node, scope);
  const special = expanded(node, scope);
  if (special !== undefined) return special;
  const apply = celFunctions[name];
  if (apply === undefined) throw new CelUnsupported(`the function ${name}`);
  return apply(...(target === undefined ? args : [target, ...args]).map((argument) => evaluate(argument, scope)));
}

/** Macros see their arguments as they are written; undefined: it is none. */
function expanded({ name, target, args }: Call, scope: Scope): CelValue | undefined {
  const [first, second, third] = args;
  if (name === 'has' && first?.op === 'select') {
    return fieldOf(evaluate(first.target, scope), first.field) !== undefined;
  }
  if (target === undefined || first?.op !== 'name' || second === undefined || !macros.has(name)) return undefined;
  return comprehend(evaluate(target, scope), { name, variable: first.name, body: second, result: third, scope });
}

/** An error on one side does not matter where the other side decides alone. */
function decided({ name, args }: Call, scope: Scope): boolean {
  const decides = name === '||';
  let error: CelError | undefined;
  for (const argument of args) {
    try {
      if (evaluate(argument, scope) === decides) return decides;
    } catch (thrown) {
      if (!(thrown instanceof CelError)) throw thrown;
      error ??= thrown;
    }
  }
  if (error !== undefined) throw error;
  return !decides;
}

const macros = new Set(['all', 'exists', 'exists_one', 'existsOne', 'filter', 'map']);

interface Comprehension {
  readonly name: string;
  readonly variable: string;
  readonly body: CelNode;
  /** Of a map with a condition: what it makes of each that meets it. */
  readonly result: CelNode | undefined;
  readonly scope: Scope;
}

/** Over the elements of a list, or over the keys of a map. */
function comprehend(collection: CelValue, { name, variable, body, result, scope }: Comprehension): CelValue {
  const items = elementsOf(collection);
  const within = (item: CelValue, node: CelNode): CelValue => evaluate(node, { ...scope, [variable]: item });
  const holds = (item: CelValue): boolean => within(item, body) === true;
  switch (name) {
    case 'all':
      return items.every(holds);
    case 'exists':
      return items.some(holds);
    case 'filter':
      return items.filter(holds);
    case 'map':
      return result === undefined
        ? items.map((item) => within(item, body))
        : items.filter(holds).map((item) => within(item, result));
    default:
      return items.filter(holds).length === 1;
  }
}

function elementsOf(collection: CelValue): CelValue[] {
  if (Array.isArray(collection)) return collection;
  if (isMap(collection)) return Object.keys(collection satisfies JsonMap);
  throw new CelError('no such overload: a comprehension of neither a list nor a map');
}
