import { createHash } from 'node:crypto';
import type { FleetDocument } from '#shared/documents/index.ts';

/**
 * Hash of what the document wants: all of it but its place in the order. Labels count, since everything that is built carries them;
 * none and an empty mapping want the same.
 */
export function hashOf({ kind, metadata, spec }: FleetDocument): string {
  const { sequence: _place, ...identity } = metadata;
  return hashOfContent([kind, { labels: {}, ...identity }, spec]);
}

/** Equal for equal content, in whatever order the keys of its objects stand. */
export function hashOfContent(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** JSON with the keys of every object sorted, so that equal content has equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
