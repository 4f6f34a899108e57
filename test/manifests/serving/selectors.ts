/** Pods and what selects them, found in objects of any kind. */
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { isJsonObject, type Json, type JsonObject } from '#shared/domain/json.ts';

export type Labels = { readonly [key: string]: string };

export interface FoundPod {
  /** `LeaderWorkerSet/llama`. */
  readonly owner: string;
  readonly labels: Labels;
  readonly spec: JsonObject;
}

/** Everything with the labels and the containers of a pod, wherever it stands. */
export function podsOf(objects: readonly Applied[]): readonly FoundPod[] {
  return objects.flatMap((object) =>
    mappingsIn(toJson(object)).flatMap((mapping) => {
      const { metadata, spec } = mapping;
      if (!isJsonObject(spec) || !Array.isArray(spec['containers'])) return [];
      const labels = isJsonObject(metadata) ? metadata['labels'] : undefined;
      return [{ owner: `${object.kind}/${object.metadata.name}`, labels: (labels ?? {}) as Labels, spec }];
    }),
  );
}

export interface Selector {
  /** `Service/llama spec.selector`. */
  readonly of: string;
  readonly labels: Labels;
}

/**
 * Selectors of pods of the object's own namespace. Those that stand below `from` and `to` of a NetworkPolicy say who may come, which is
 * also somebody else; those of cluster-wide objects see every stack on purpose.
 */
export function selectorsOf(objects: readonly Applied[]): readonly Selector[] {
  return objects.flatMap((object) => {
    if (object.metadata.namespace === undefined) return [];
    return selectorsIn(toJson(object), '').map(({ path, labels }) => ({
      of: `${object.kind}/${object.metadata.name} ${path}`,
      labels,
    }));
  });
}

const selectorKeys = new Set(['selector', 'podSelector', 'labelSelector']);
const others = new Set(['from', 'to', 'namespaceSelector', 'metric', 'template', 'leaderWorkerTemplate', 'roles']);

function selectorsIn(value: Json, path: string): readonly { readonly path: string; readonly labels: Labels }[] {
  if (Array.isArray(value)) return value.flatMap((inner: Json, index) => selectorsIn(inner, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (inner === undefined || others.has(key)) return [];
    const below = path === '' ? key : `${path}.${key}`;
    return selectorKeys.has(key) && isJsonObject(inner)
      ? [{ path: below, labels: labelsOf(inner) }]
      : selectorsIn(inner, below);
  });
}

/** Of a Service plainly, elsewhere below `matchLabels`. */
function labelsOf(selector: JsonObject): Labels {
  return (selector['matchLabels'] ?? selector) as Labels;
}

export function selects({ labels: wanted }: Selector, { labels }: FoundPod): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

export function mappingsIn(value: Json | undefined): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap((inner: Json) => mappingsIn(inner));
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(mappingsIn)] : [];
}

/** What is applied is plain JSON; no type says that of an interface. */
export function toJson(object: Applied): Json {
  return object as unknown as Json;
}
