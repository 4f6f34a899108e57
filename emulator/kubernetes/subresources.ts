/** Which subresources a kind has, as discovery lists them. */
import type { ServedKind } from './kinds.ts';

export interface Subresource {
  readonly name: string;
  /** The kind of its bodies where that is not the parent's. */
  readonly answers?: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
  /** Its bodies are of a kind that stands in the same version as the parent, and in discovery without group and version. */
  readonly kind?: string;
}

const readWrite = ['get', 'patch', 'update'] as const;
const everyMethod = ['create', 'delete', 'get', 'patch', 'update'] as const;
const status: Subresource = { name: 'status', verbs: readWrite };
const scale: Subresource = {
  name: 'scale',
  answers: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: readWrite,
};

/** Of built-in kinds beside `scale` and `status`, as `kubectl get --raw /api/v1` of a 1.35 server lists them. */
const builtIn: Readonly<Record<string, readonly Subresource[]>> = {
  Namespace: [{ name: 'finalize', verbs: ['update'] }],
  Node: [{ name: 'proxy', kind: 'NodeProxyOptions', verbs: everyMethod }],
  Pod: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    { name: 'ephemeralcontainers', verbs: readWrite },
    // kubectl drain looks for it before it evicts.
    { name: 'eviction', answers: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'proxy', kind: 'PodProxyOptions', verbs: everyMethod },
    { name: 'resize', verbs: readWrite },
  ],
  Service: [{ name: 'proxy', kind: 'ServiceProxyOptions', verbs: everyMethod }],
  ServiceAccount: [
    {
      name: 'token',
      answers: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: ['create'],
    },
  ],
};

/** Built-in kinds list theirs by name, custom ones `status` first. */
export function subresourcesOf(kind: ServedKind): readonly Subresource[] {
  const own = kind.custom === undefined ? (builtIn[kind.kind] ?? []) : [];
  const found = [...own, ...(kind.scale !== undefined ? [scale] : []), ...(kind.hasStatus ? [status] : [])];
  return kind.custom === undefined ? found : found.reverse();
}
