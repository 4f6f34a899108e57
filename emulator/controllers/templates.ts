/** Pods from templates, and names for templates. */
import { createHash } from 'node:crypto';
import { type KubernetesObject, mapAt, namespaceOf, stringsAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';

/** Of stored templates, which are frozen: their controllers ask at every event of every pod. */
const hashes = new WeakMap<object, string>();

/** A name for a value that changes with it. The real hashes are others (fnv of Go structs). */
export function contentHash(value: unknown): string {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return hashOf(value);
  const hash = hashes.get(value) ?? hashOf(value);
  hashes.set(value, hash);
  return hash;
}

function hashOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sortedByKey(value)))
    .digest('hex')
    .slice(0, 10);
}

function sortedByKey(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedByKey);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedByKey(item)]));
}

/** What a controller adds to its template to make one pod. */
export interface PodParts {
  readonly metadata: JsonMap;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: JsonMap;
}

/** A pod in the namespace of its owner. */
export function podFrom(template: JsonMap, owner: KubernetesObject, parts: PodParts): KubernetesObject {
  const annotations = { ...stringsAt(template, 'metadata', 'annotations'), ...parts.annotations };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...parts.metadata,
      namespace: namespaceOf(owner),
      labels: { ...stringsAt(template, 'metadata', 'labels'), ...parts.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: { ...mapAt(template, 'spec'), ...parts.spec },
  };
}

/** A whole number, or a share of a total (`25%`), rounded up or down. */
export function numberOrShare(value: unknown, total: number, round: (amount: number) => number): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? round((total * Number.parseInt(value, 10)) / 100) : 0;
}
