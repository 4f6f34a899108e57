/** What the cluster serves, in the three forms that clients ask for: plain, aggregated, and as much OpenAPI as kubectl needs. */
import { createHash } from 'node:crypto';
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap } from '../world/json.ts';
import { type Subresource, subresourcesOf } from './subresources.ts';
import { apiVersionOf, type KindTable, type ServedKind, verbsOf } from './kinds.ts';

/** Asked for by kubectl since 1.27; one document instead of one per version. */
const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface DiscoveryReply {
  readonly contentType: string;
  readonly body: JsonMap;
}

/** `/api` and `/apis`: aggregated for clients that accept it, plain for the others. */
export function discoveryRoot(kinds: KindTable, isCore: boolean, request: HttpRequest): DiscoveryReply {
  const groups = groupsOf(kinds).filter((group) => (group.name === '') === isCore);
  const accepted = (request.headers['accept'] ?? '').split(',').map((type) => type.trim());
  if (accepted.includes(aggregatedType)) {
    const items = groups.map((group) => aggregatedGroup(group));
    const body = { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
    return { contentType: aggregatedType, body };
  }
  const body = isCore
    ? {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '' }],
      }
    : { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(plainGroup) };
  return { contentType: 'application/json', body };
}

/** `/apis/<group>`; undefined if there is no such group. */
export function discoveryGroup(kinds: KindTable, name: string): JsonMap | undefined {
  const group = groupsOf(kinds).find((candidate) => candidate.name === name && name !== '');
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...plainGroup(group) };
}

/** `/api/v1` and `/apis/<group>/<version>`; undefined if there is no such version. */
export function discoveryVersion(kinds: KindTable, group: string, version: string): JsonMap | undefined {
  const served = kinds.all.filter((kind) => kind.group === group && kind.version === version);
  const [first] = served;
  if (first === undefined) return undefined;
  const resources = sorted(served).flatMap((kind) => [
    mainResource(kind),
    ...subresourcesOf(kind).map((subresource) => subresourceRow(kind, subresource)),
  ]);
  const head = { kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }) };
  return { ...head, groupVersion: apiVersionOf(first), resources };
}

/** Versions in the order of preference. */
interface Group {
  readonly name: string;
  readonly versions: readonly { readonly version: string; readonly kinds: readonly ServedKind[] }[];
}

function groupsOf(kinds: KindTable): readonly Group[] {
  const names = [...new Set(kinds.all.map((kind) => kind.group))];
  return names.map((name) => {
    const inGroup = kinds.all.filter((kind) => kind.group === name);
    // Stable versions first, as clients prefer them.
    const versions = [...new Set(inGroup.map((kind) => kind.version))].sort((a, b) => versionRank(a) - versionRank(b));
    return {
      name,
      versions: versions.map((version) => ({
        version,
        kinds: sorted(inGroup.filter((kind) => kind.version === version)),
      })),
    };
  });
}

function versionRank(version: string): number {
  if (version.includes('alpha')) return 2;
  return version.includes('beta') ? 1 : 0;
}

const sorted = (kinds: readonly ServedKind[]): readonly ServedKind[] =>
  [...kinds].sort((a, b) => (a.plural < b.plural ? -1 : 1));

function plainGroup(group: Group): JsonMap {
  const versions = group.versions.map(({ version }) => ({ groupVersion: `${group.name}/${version}`, version }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

/** One row of `kubectl api-resources`. */
function mainResource(kind: ServedKind): JsonMap {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: [...verbsOf(kind)],
    ...(kind.shortNames.length > 0 && { shortNames: [...kind.shortNames] }),
    ...(kind.categories.length > 0 && { categories: [...kind.categories] }),
    ...(isStored(kind) && { storageVersionHash: storageVersionHash(kind) }),
  };
}

const isStored = (kind: ServedKind): boolean => kind.review !== true && kind.computed === undefined;

/** apiserver pkg/endpoints/discovery/storageversionhash.go; unchanged for as long as objects are stored in the same version. */
function storageVersionHash(kind: ServedKind): string {
  const digest = createHash('sha256').update(`${kind.group}/${kind.version}/${kind.kind}`).digest();
  return digest.subarray(0, 8).toString('base64');
}

function subresourceRow(kind: ServedKind, { name, answers, kind: own, verbs }: Subresource): JsonMap {
  const { group, version, kind: answered } = answers ?? { ...kind, kind: own ?? kind.kind };
  return {
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    // Only what differs from the path is said.
    ...(answers !== undefined && { group, version }),
    kind: answered,
    verbs: [...verbs],
  };
}

function aggregatedGroup(group: Group): JsonMap {
  const versions = group.versions.map(({ version, kinds }) => ({
    version,
    resources: kinds.map(aggregatedResource),
    freshness: 'Current',
  }));
  return { metadata: group.name === '' ? {} : { name: group.name }, versions };
}

/** The same facts in the aggregated form. */
function aggregatedResource(kind: ServedKind): JsonMap {
  // Built-in kinds leave group and version to the path, as recorded.
  const group = kind.custom === undefined ? '' : kind.group;
  const version = kind.custom === undefined ? '' : kind.version;
  const responseKind = { group, version, kind: kind.kind };
  const subresources = subresourcesOf(kind).map(({ name, answers, kind: own = kind.kind, verbs }) => ({
    subresource: name,
    responseKind: answers === undefined ? { ...responseKind, kind: own } : { ...answers },
    verbs: [...verbs],
  }));
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: [...verbsOf(kind)],
    ...(kind.shortNames.length > 0 && { shortNames: [...kind.shortNames] }),
    ...(kind.categories.length > 0 && { categories: [...kind.categories] }),
    ...(subresources.length > 0 && { subresources }),
  };
}
