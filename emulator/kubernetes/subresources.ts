/** Which subresources a kind has, as discovery lists them. */
import type { ServedKind } from './kinds.ts';

export interface Subresource {
  readonly name: string;
  /** The kind of its bodies where that is not the parent's. */
  readonly answers?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

const status: Subresource = { name: 'status', verbs: ['get', 'patch', 'update'] };
const scale: Subresource = {
  name: 'scale',
  answers: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: ['get', 'patch', 'update'],
};

/** kubectl drain looks for `pods/eviction` before it evicts. */
const ofPods: readonly Subresource[] = [
  { name: 'binding', answers: { group: '', version: 'v1', kind: 'Binding' }, verbs: ['create'] },
  { name: 'eviction', answers: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
  { name: 'proxy', answers: { group: '', version: 'v1', kind: 'PodProxyOptions' }, verbs: ['get'] },
];

/** Built-in kinds list theirs by name, custom ones `status` first. */
export function subresourcesOf(kind: ServedKind): readonly Subresource[] {
  const own = kind.kind === 'Pod' && kind.custom === undefined ? ofPods : [];
  const found = [...own, ...(kind.scale !== undefined ? [scale] : []), ...(kind.hasStatus ? [status] : [])];
  return kind.custom === undefined ? found : found.reverse();
}
