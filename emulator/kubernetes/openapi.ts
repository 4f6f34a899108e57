/** OpenAPI v3, as far as kubectl uses it: schemas for `explain`, and what each write takes, which it looks up before it applies. */
import { createHash } from 'node:crypto';
import type { JsonMap } from '../world/json.ts';
import { addBuiltInSchemas, addMetadataSchema, builtInSchemaName, type Schemas } from './built-in-schemas.ts';
import { apiVersionOf, type KindTable, type ServedKind } from './kinds.ts';
import { mapAt } from './objects.ts';
import { fieldText } from './type-documents.ts';

/** `api/v1` or `apis/<group>/<version>`, as the index names a version. */
const pathOf = (kind: ServedKind): string => (kind.group === '' ? 'api/v1' : `apis/${apiVersionOf(kind)}`);

const servedAt = (kinds: KindTable, path: string): readonly ServedKind[] =>
  kinds.all.filter((kind) => pathOf(kind) === path).sort((a, b) => (a.plural < b.plural ? -1 : 1));

/** `/openapi/v3`: where the document of each version is. The hash changes with what the version serves. */
export function openApiIndex(kinds: KindTable): JsonMap {
  const paths = [...new Set(kinds.all.map(pathOf))].sort();
  const entries = paths.map((path) => {
    // Schemas of built-in kinds are the same for as long as this server runs.
    const facts = servedAt(kinds, path).map(({ kind, scale, custom }) => [kind, scale, custom?.openApi]);
    const hash = createHash('sha512').update(JSON.stringify(facts)).digest('hex').toUpperCase();
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
  });
  return { paths: Object.fromEntries(entries) };
}

/** The document of one version, e.g. `apis/apps/v1`; undefined if nothing of it is served. `version`: the server’s own. */
export function openApiDocument(kinds: KindTable, version: string, path: string): JsonMap | undefined {
  const served = servedAt(kinds, path);
  if (served.length === 0) return undefined;
  const paths = served.flatMap((kind) => {
    const base = `/${path}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;
    const scale = kind.scale === undefined ? [] : [[`${base}/scale`, pathItem(kind)] as const];
    return [[base, pathItem(kind)] as const, ...scale];
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `v${version}` },
    paths: Object.fromEntries(paths),
    components: { schemas: Object.fromEntries(schemasOf(served)) },
  };
}

const kindReference = ({ group, version, kind }: ServedKind): JsonMap => ({ group, version, kind });

/** Only what kubectl looks for: the kind behind a path, and that its writes take `fieldValidation`. */
export function pathItem(kind: ServedKind): JsonMap {
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

/** Schemas of kinds and of everything that they refer to. */
export function schemasOf(served: readonly ServedKind[]): Schemas {
  const schemas: Schemas = new Map();
  for (const kind of served) {
    if (kind.custom === undefined) addBuiltInSchemas(schemas, kind);
    else schemas.set(customSchemaName(kind), customSchemaOf(schemas, kind.custom.openApi));
    const name = kind.custom === undefined ? builtInSchemaName(kind) : customSchemaName(kind);
    const reference = { 'x-kubernetes-group-version-kind': [kindReference(kind)] };
    schemas.set(name, { ...schemas.get(name), ...reference });
  }
  return schemas;
}

/** `io.x-k8s.leaderworkerset.v1.LeaderWorkerSet`: the group reversed, version, kind. */
function customSchemaName(kind: ServedKind): string {
  return [...kind.group.split('.').reverse(), kind.version, kind.kind].join('.');
}

/** The definition's schema; the server documents what every object has itself (apiextensions-apiserver pkg/controller/openapi/builder). */
function customSchemaOf(schemas: Schemas, openApi: JsonMap): JsonMap {
  const text = (field: string): JsonMap => ({ type: 'string', description: fieldText('V1Deployment', field) });
  const metadata = {
    description:
      "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
    allOf: [addMetadataSchema(schemas)],
  };
  const properties = { ...mapAt(openApi, 'properties'), apiVersion: text('apiVersion'), kind: text('kind'), metadata };
  return { ...openApi, type: 'object', properties };
}
