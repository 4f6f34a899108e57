/** Adds contributions up. */
import type { PodContribution, ServerContribution } from './contribution.ts';

/** A pod's contributions as one, nothing absent but what is one value at the most. */
export type MergedPod = Required<Pick<PodContribution, Lists | Maps>> &
  Pick<PodContribution, Exclude<keyof PodContribution, Lists | Maps | 'server'>> & { readonly server: MergedServer };

export type MergedServer = Required<Pick<ServerContribution, ServerLists | 'resources'>> & {
  readonly gpusAreClaimed: boolean;
  readonly privileged: boolean;
  readonly extraMemoryGib: number;
  readonly ephemeralStorageGib: number;
  readonly runAsUser?: number;
  readonly modelPath?: string;
  readonly insteadOfServer?: string;
};

type Lists = 'tolerations' | 'volumes' | 'resourceClaims' | 'initContainers' | 'containers';
type Maps = 'annotations' | 'nodeSelector';
type ServerLists = 'flags' | 'preamble' | 'env' | 'ports' | 'volumeMounts' | 'capabilities';

export function mergePod(parts: readonly PodContribution[]): MergedPod {
  return {
    ...once(parts, 'serviceAccountName'),
    ...once(parts, 'priorityClassName'),
    ...once(parts, 'affinity'),
    annotations: mapOf(
      'annotation',
      parts.map(({ annotations }) => annotations),
    ),
    nodeSelector: mapOf(
      'node label',
      parts.map(({ nodeSelector }) => nodeSelector),
    ),
    tolerations: parts.flatMap(({ tolerations = [] }) => tolerations),
    volumes: named(
      'volume',
      parts.flatMap(({ volumes = [] }) => volumes),
    ),
    resourceClaims: named(
      'resource claim',
      parts.flatMap(({ resourceClaims = [] }) => resourceClaims),
    ),
    initContainers: named(
      'init container',
      parts.flatMap(({ initContainers = [] }) => initContainers),
    ),
    containers: named(
      'container',
      parts.flatMap(({ containers = [] }) => containers),
    ),
    server: mergeServer(parts.flatMap(({ server }) => (server === undefined ? [] : [server]))),
  };
}

function mergeServer(parts: readonly ServerContribution[]): MergedServer {
  return {
    ...once(parts, 'runAsUser'),
    ...once(parts, 'modelPath'),
    ...once(parts, 'insteadOfServer'),
    flags: named(
      'flag',
      parts.flatMap(({ flags = [] }) => flags),
    ),
    preamble: parts.flatMap(({ preamble = [] }) => preamble),
    env: named(
      'environment variable',
      parts.flatMap(({ env = [] }) => env),
    ),
    ports: named(
      'port',
      parts.flatMap(({ ports = [] }) => ports),
    ),
    volumeMounts: parts.flatMap(({ volumeMounts = [] }) => volumeMounts),
    capabilities: [...new Set(parts.flatMap(({ capabilities = [] }) => capabilities))],
    resources: mapOf(
      'resource',
      parts.map(({ resources }) => resources),
    ),
    gpusAreClaimed: parts.some(({ gpusAreClaimed }) => gpusAreClaimed),
    privileged: parts.some(({ privileged }) => privileged),
    extraMemoryGib: parts.reduce((sum, { extraMemoryGib = 0 }) => sum + extraMemoryGib, 0),
    ephemeralStorageGib: parts.reduce((sum, { ephemeralStorageGib = 0 }) => sum + ephemeralStorageGib, 0),
  };
}

/** A name that comes twice would be resolved by whoever reads last, differently for each kind of list. */
function named<T extends { readonly name?: string }>(what: string, items: readonly T[]): readonly T[] {
  const seen = new Map<string | undefined, T>();
  for (const item of items) {
    const other = seen.get(item.name);
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(item)) throw twice(what, item.name);
    seen.set(item.name, item);
  }
  return [...seen.values()];
}

function mapOf(
  what: string,
  maps: readonly ({ readonly [key: string]: string } | undefined)[],
): { readonly [key: string]: string } {
  const merged: Record<string, string> = {};
  for (const [key, value] of maps.flatMap((map = {}) => Object.entries(map))) {
    if ((merged[key] ?? value) !== value) throw twice(what, key);
    merged[key] = value;
  }
  return merged;
}

/** At most one part may say it. */
function once<T, K extends keyof T>(parts: readonly T[], key: K): Partial<Pick<T, K>> {
  const saying = parts.filter((part) => part[key] !== undefined);
  if (saying.length > 1) throw twice('field', String(key));
  const [only] = saying;
  return only === undefined ? {} : pick(only, key);
}

function pick<T, K extends keyof T>(whole: T, key: K): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  picked[key] = whole[key];
  // One key was asked for, and it is there.
  return picked as Pick<T, K>;
}

function twice(what: string, name: string | undefined): Error {
  return new Error(`adding up a pod: two parts set the ${what} ${name ?? ''} differently`);
}
