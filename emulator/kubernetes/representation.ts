/** In which form a client wants objects: as they are, as a Table, or only their metadata. */
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap } from '../world/json.ts';
import { defineRejection } from '../world/rejection.ts';
import { apiVersionOf, type ServedKind } from './kinds.ts';
import { freeze, type KubernetesObject, textAt, without } from './objects.ts';
import { notAcceptable } from './rejections.ts';
import { refuse } from './status.ts';
import { toPartialMetadata, toTable } from './tables.ts';

const otherForm = defineRejection({
  id: 'kubernetes.otherForm',
  code: 'INVALID_ARGUMENT',
  httpStatus: 406,
  reason: 'NotAcceptable',
  source:
    'kubernetes/apiserver pkg/endpoints/handlers/response.go asPartialObjectMetadata, asPartialObjectMetadataList',
  message: (wanted: string, found: string) => `you requested ${wanted}, but the requested object is ${found}`,
});

/** `core.ConfigMap`: the server's own type. */
const goType = ({ custom, group, kind }: ServedKind): string =>
  custom === undefined ? `${group === '' ? 'core' : group.split('.')[0]}.${kind}` : 'unstructured.Unstructured';

export type Form = 'object' | 'table' | 'metadata' | 'metadataList';

/** The first media type of the Accept header that this server can write (apiserver pkg/endpoints/handlers/negotiation). */
export function acceptedForm(request: HttpRequest): Form {
  const accept = request.headers['accept'] ?? '*/*';
  for (const part of accept.split(',')) {
    const form = formOf(part);
    if (form !== undefined) return form;
  }
  return refuse(notAcceptable, {});
}

function formOf(part: string): Form | undefined {
  const [type = '', ...pairs] = part.split(';').map((piece) => piece.trim());
  if (!['application/json', 'application/*', '*/*'].includes(type)) return undefined;
  const parameters = new Map(pairs.map((pair) => pair.split('=')).map(([key = '', value = '']) => [key, value]));
  const as = parameters.get('as');
  if (as === undefined) return 'object';
  // Only the current version of these forms is written; clients name older ones as a second choice.
  if (parameters.get('v') !== 'v1' || parameters.get('g') !== 'meta.k8s.io') return undefined;
  if (as === 'Table') return 'table';
  if (as === 'PartialObjectMetadataList') return 'metadataList';
  return as === 'PartialObjectMetadata' ? 'metadata' : undefined;
}

/** What a form needs to know beyond the object. */
export interface Presentation {
  readonly kind: ServedKind;
  readonly form: Form;
  readonly includeObject: string;
  readonly nowMs: number;
}

/** A single object is a table of one row. */
export function presentOne(object: KubernetesObject, presentation: Presentation): JsonMap {
  const { kind, form, includeObject, nowMs } = presentation;
  if (form === 'metadataList')
    refuse(otherForm, undefined, 'PartialObjectMetadataList', `not a list (*${goType(kind)})`);
  if (form === 'metadata') return toPartialMetadata(object);
  if (form === 'object') return object;
  const list = { resourceVersion: textAt(object, 'metadata', 'resourceVersion') };
  return toTable(kind, [object], { list, includeObject, nowMs, withColumns: true });
}

/** A list under its own metadata. Items of built-in kinds carry neither kind nor version, those of custom resources do. */
export function presentList(objects: readonly KubernetesObject[], list: JsonMap, presentation: Presentation): JsonMap {
  const { kind, form, includeObject, nowMs } = presentation;
  if (form === 'table') return toTable(kind, objects, { list, includeObject, nowMs, withColumns: true });
  if (form === 'metadata') refuse(otherForm, undefined, 'PartialObjectMetadata', `a list (*${goType(kind)}List)`);
  if (form === 'metadataList') {
    const items = objects.map(toPartialMetadata);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: list, items };
  }
  const items = kind.custom === undefined ? objects.map(untyped) : [...objects];
  const metadata = kind.custom === undefined ? list : { continue: '', ...list };
  return { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata, items };
}

/** Made once for each stored object, so that its text is, too. */
const untypedItems = new WeakMap<KubernetesObject, KubernetesObject>();

function untyped(object: KubernetesObject): KubernetesObject {
  const known = untypedItems.get(object);
  if (known !== undefined) return known;
  const item = freeze(without(object, 'kind', 'apiVersion'));
  untypedItems.set(object, item);
  return item;
}

/** The object of a watch event. */
export function presentEvent(object: KubernetesObject, presentation: Presentation, isFirst: boolean): JsonMap {
  const { kind, form, includeObject, nowMs } = presentation;
  if (form !== 'table')
    return presentOne(object, form === 'metadataList' ? { ...presentation, form: 'metadata' } : presentation);
  const list = { resourceVersion: textAt(object, 'metadata', 'resourceVersion') };
  return toTable(kind, [object], { list, includeObject, nowMs, withColumns: isFirst });
}
