/** Label and field selectors, as query text and as `LabelSelector` objects. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import type { ServedKind } from './kinds.ts';
import { type KubernetesObject, mapsAt, stringsAt, textAt, valueAt } from './objects.ts';
import { badRequest } from './rejections.ts';
import { refuse } from './status.ts';

type Labels = Readonly<Record<string, string>>;

/** One term of a selector; all terms must hold. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** Whether labels satisfy every requirement. `NotIn` holds for a missing key, `In` does not (apimachinery pkg/labels). */
export function matchesAll(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => matches(requirement, labels[requirement.key]));
}

function matches({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

/** Requirements of a `LabelSelector` object; an empty selector has none and so matches everything. */
export function requirementsOf(selector: JsonValue | undefined): readonly Requirement[] {
  const equal = Object.entries(stringsAt(selector, 'matchLabels')).map(
    ([key, value]): Requirement => ({ key, operator: 'In', values: [value] }),
  );
  return [...equal, ...mapsAt(selector, 'matchExpressions').map(toRequirement)];
}

/** A `matchExpressions` entry of a label selector or a node selector term. */
export function toRequirement(expression: JsonMap): Requirement {
  const values = valueAt(expression, 'values');
  return {
    key: textAt(expression, 'key'),
    operator: toOperator(textAt(expression, 'operator')),
    values: Array.isArray(values) ? values.map(String) : [],
  };
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** Objects in the store have been accepted, so that an unknown operator here is a bug. */
function toOperator(text: string): Requirement['operator'] {
  const known = operators.find((operator) => operator === text);
  if (known === undefined) throw new Error(`reading a selector: "${text}" is not a valid operator`);
  return known;
}

/** `=`, `==`, `!=`, `in`, `notin`, `key`, `!key`, `>`, `<`, joined by commas (apimachinery pkg/labels/selector.go). */
export function parseLabelSelector(text: string): readonly Requirement[] {
  const tokens = [...text.matchAll(/==|!=|[=!,()<>]|[^\s=!,()<>]+/g)].map(([token]) => token);
  const parser = new SelectorParser(tokens);
  return parser.parse();
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

function operatorOf(symbol: string): Requirement['operator'] {
  const operator = operatorSymbols[symbol];
  return operator ?? fail(`unable to parse requirement: found '${symbol}', expected: ${expectedOperators}`);
}

const symbols = new Set(['=', '==', '!=', '!', ',', '(', ')', '<', '>']);
const expectedOperators = 'in, notin, =, ==, !=, gt, lt';

/** One pass over the tokens; its refusals carry the words of the real parser. */
class SelectorParser {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    while (this.#at < this.#tokens.length) {
      requirements.push(this.#requirement());
      const next = this.#take();
      if (next !== '' && next !== ',') fail(`found '${next}', expected: ',' or 'end of string'`);
    }
    return requirements;
  }

  #requirement(): Requirement {
    const first = this.#take();
    if (first === '!') return { key: this.#key(), operator: 'DoesNotExist', values: [] };
    if (symbols.has(first)) fail(`found '${first}', expected: !, identifier, or 'end of string'`);
    const symbol = this.#peek();
    if (symbol === '' || symbol === ',') return { key: first, operator: 'Exists', values: [] };
    this.#at++;
    const operator = operatorOf(symbol);
    const takesList = symbol === 'in' || symbol === 'notin';
    return { key: first, operator, values: takesList ? this.#values() : [this.#value()] };
  }

  #key(): string {
    const key = this.#take();
    if (key === '' || symbols.has(key)) fail(`found '${key}', expected: identifier`);
    return key;
  }

  /** The value after an operator; nothing there means the empty value. */
  #value(): string {
    if (this.#peek() === '' || this.#peek() === ',') return '';
    const value = this.#take();
    if (symbols.has(value)) fail(`unable to parse requirement: found '${value}', expected: identifier`);
    return value;
  }

  #values(): readonly string[] {
    const open = this.#take();
    if (open !== '(') fail(`unable to parse requirement: found '${open}', expected: '('`);
    const values: string[] = [];
    while (this.#peek() !== ')') {
      const value = this.#take();
      if (value === '') fail(`unable to parse requirement: found '', expected: ',' or ')'`);
      if (value !== ',') values.push(value);
    }
    this.#at++;
    return values.length === 0 ? [''] : values;
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? '';
  }
}

/** Every mistake in a selector is a 400. */
const fail = (message: string): never => refuse(badRequest, undefined, message);

export type ObjectFilter = (object: KubernetesObject) => boolean;

/** Fields that can be selected by besides name and namespace (`SelectableFields` in pkg/registry of kubernetes/kubernetes). */
const selectableFields: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Secret: ['type'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
};

/** `metadata.name=a,spec.nodeName!=b`. A field that cannot be selected by is refused. */
export function parseFieldSelector(kind: ServedKind, text: string): ObjectFilter {
  const known = ['metadata.name', 'metadata.namespace', ...(selectableFields[kind.kind] ?? [])];
  const terms = text.split(',').filter((term) => term !== '');
  const filters = terms.map((term): ObjectFilter => {
    const [, path = '', operator = '', wanted = ''] = /^([^!=]+)(!=|==|=)(.*)$/.exec(term) ?? [];
    if (operator === '') fail(`invalid selector: '${term}'; can't understand '${term}'`);
    if (!known.includes(path)) refuseField(kind, path);
    return (object) => (fieldText(object, path) === wanted) === (operator !== '!=');
  });
  return (object) => filters.every((filter) => filter(object));
}

/** Two texts for the same mistake: kinds with fields of their own answer differently from the others. */
function refuseField(kind: ServedKind, path: string): never {
  if (kind.custom !== undefined || kind.kind === 'Pod') return fail(`field label not supported: ${path}`);
  const known = ['metadata.name', 'metadata.namespace'].map((name) => JSON.stringify(name)).join(', ');
  return fail(`"${path}" is not a known field selector: only ${known}`);
}

function fieldText(object: KubernetesObject, path: string): string {
  const value = valueAt(object, ...path.split('.'));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The filter of a list or watch request: both selectors of its query. */
export function requestFilter(kind: ServedKind, query: URLSearchParams): ObjectFilter {
  const requirements = parseLabelSelector(query.get('labelSelector') ?? '');
  const byField = parseFieldSelector(kind, query.get('fieldSelector') ?? '');
  const byLabel: ObjectFilter = (object) => matchesAll(requirements, stringsAt(object, 'metadata', 'labels'));
  return (object) => (requirements.length === 0 || byLabel(object)) && byField(object);
}
