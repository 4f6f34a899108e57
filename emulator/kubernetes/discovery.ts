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
    storageVersionHash: storageVersionHash(kind),
  };
}

/** apiserver pkg/endpoints/discovery/storageversionhash.go; unchanged for as long as objects are stored in the same version. */
function storageVersionHash(kind: ServedKind): string {
  const digest = createHash('sha256').update(`${kind.group}/${kind.version}/${kind.kind}`).digest();
  return digest.subarray(0, 8).toString('base64');
}

function subresourceRow(kind: ServedKind, { name, answers, verbs }: Subresource): JsonMap {
  const { group, version, kind: answered } = answers ?? kind;
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
  const subresources = subresourcesOf(kind).map(({ name, answers, verbs }) => ({
    subresource: name,
    responseKind: answers === undefined ? responseKind : { ...answers },
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

/** `api/v1` or `apis/<group>/<version>`, as the OpenAPI index names a version. */
const pathOf = (kind: ServedKind): string => (kind.group === '' ? 'api/v1' : `apis/${apiVersionOf(kind)}`);

/** `/openapi/v3`: where the document of each version is. The hash changes with what the version serves. */
export function openApiIndex(kinds: KindTable): JsonMap {
  const paths = [...new Set(kinds.all.map(pathOf))].sort();
  const entries = paths.map((path) => {
    const text = JSON.stringify(openApiDocument(kinds, path));
    const hash = createHash('sha512').update(text).digest('hex').toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/**
 * The document of one version: which kinds exist, and that patches take `fieldValidation`, which is what kubectl looks up before
 * it applies. Schemas are there for custom resources only.
 */
export function openApiDocument(kinds: KindTable, path: string): JsonMap | undefined {
  const served = sorted(kinds.all.filter((kind) => pathOf(kind) === path));
  if (served.length === 0) return undefined;
  const paths = served.flatMap((kind) => {
    const base = `/${path}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;
    const scale = kind.scale === undefined ? [] : [[`${base}/scale`, openApiPath(kind)] as const];
    return [[base, openApiPath(kind)] as const, ...scale];
  });
  const schemas = served.map((kind) => [schemaName(kind), openApiSchema(kind)] as const);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.35.4' },
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

const kindReference = ({ group, version, kind }: ServedKind): JsonMap => ({ group, version, kind });

/** Only what kubectl looks for: the kind behind a path, and that its writes take `fieldValidation`. */
function openApiPath(kind: ServedKind): JsonMap {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }));
  const operation = (action: string): JsonMap => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindReference(kind),
  });
  return {
    get: operation('get'),
    put: { ...operation('put'), parameters },
    patch: { ...operation('patch'), parameters },
  };
}

/** `io.x-k8s.leaderworkerset.v1.LeaderWorkerSet`: the group reversed, version, kind. */
function schemaName(kind: ServedKind): string {
  const domain = kind.group === '' ? ['io', 'k8s', 'api', 'core'] : kind.group.split('.').reverse();
  return [...domain, kind.version, kind.kind].join('.');
}

/** For built-in kinds an object without fields: `kubectl explain` shows nothing for them. */
function openApiSchema(kind: ServedKind): JsonMap {
  const schema = kind.custom?.openApi ?? {};
  return { type: 'object', ...schema, 'x-kubernetes-group-version-kind': [kindReference(kind)] };
}
