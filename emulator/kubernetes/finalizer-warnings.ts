/** Names of finalizers that may meet another writer's (kubernetes/apiextensions-apiserver pkg/registry/customresource/validator.go). */
import type { JsonMap } from '../world/json.ts';
import type { ServedKind } from './kinds.ts';
import { textsAt } from './objects.ts';

const standard = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Of the finalizers that a custom resource did not have before. */
export function finalizerWarnings(kind: ServedKind, object: JsonMap, previous?: JsonMap): readonly string[] {
  if (kind.custom === undefined) return [];
  const before = textsAt(previous, 'metadata', 'finalizers');
  const added = new Set(textsAt(object, 'metadata', 'finalizers').filter((name) => !before.includes(name)));
  return [...added]
    .filter((name) => !name.includes('/') && !standard.has(name))
    .sort()
    .map((name) => {
      const wanted = name.includes('.') ? 'name including a path (/)' : 'name';
      const why = 'to avoid accidental conflicts with other finalizer writers';
      return `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer ${wanted} ${why}`;
    });
}
