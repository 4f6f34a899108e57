/** Label and field selectors, as query text and as `LabelSelector` objects. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import type { ServedKind } from './kinds.ts';
import { type KubernetesObject, mapsAt, numberAt, stringsAt, textAt, valueAt } from './objects.ts';
import { badRequest } from './rejections.ts';
import { parseLabelSelector, type Requirement } from './selector-parser.ts';
import { refuse } from './status.ts';

type Labels = Readonly<Record<string, string>>;

export type { Requirement } from './selector-parser.ts';

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
  Service: ['spec.clusterIP', 'spec.type'],
  Job: ['status.successful'],
};

/** `metadata.name=a,spec.nodeName!=b`. A field that cannot be selected by is refused. */
export function parseFieldSelector(kind: ServedKind, text: string): ObjectFilter {
  const known = ['metadata.name', 'metadata.namespace', ...(selectableFields[kind.kind] ?? [])];
  const terms = text.split(',').filter((term) => term !== '');
  const filters = terms.map((term): ObjectFilter => {
    const [, path = '', operator = '', wanted = ''] = /^([^!=]*)(!=|==|=)(.*)$/.exec(term) ?? [];
    if (operator === '') fail(`invalid selector: '${term}'; can't understand '${term}'`);
    // An empty term selects everything.
    if (path === '' && wanted === '') return () => true;
    if (!known.includes(path)) refuseField(kind, path);
    return (object) => (fieldText(object, path) === wanted) === (operator !== '!=');
  });
  return (object) => filters.every((filter) => filter(object));
}

/** Two texts for the same mistake: kinds with fields of their own answer differently from the others. */
function refuseField(kind: ServedKind, path: string): never {
  const hasOwn = kind.custom !== undefined || selectableFields[kind.kind] !== undefined;
  if (hasOwn) return fail(`field label not supported: ${path}`);
  const known = ['metadata.name', 'metadata.namespace'].map((name) => JSON.stringify(name)).join(', ');
  return fail(`"${path}" is not a known field selector: only ${known}`);
}

/** A count that is not written is 0. */
const counts = new Set(['status.successful']);

function fieldText(object: KubernetesObject, path: string): string {
  if (counts.has(path)) return String(numberAt(object, 'status', 'succeeded'));
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
