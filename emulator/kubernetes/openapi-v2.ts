/** OpenAPI v2, which kubectl 1.27 and 1.28 read before a client-side apply and for `explain`: the same facts as in version 3. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { encodeSwagger } from './openapi-v2-protobuf.ts';
import { apiVersionOf, type KindTable, type ServedKind } from './kinds.ts';
import { isMap, mapsAt, textAt } from './objects.ts';
import { openApiIndex, pathItem, schemasOf } from './openapi.ts';

/** What clients accept, which is no media type that Go can parse, and what the server answers (kube-openapi pkg/handler). */
export const protobufTypes = {
  accepted: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  answered: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
} as const;

/** `/openapi/v2` as JSON, of a server that says this version. */
export function swaggerDocument(kinds: KindTable, version: string): JsonMap {
  const stored = kinds.all.filter((kind) => kind.review !== true && kind.computed === undefined);
  const definitions = [...schemasOf(stored)].map(([name, schema]) => [name, toVersion2(schema)] as const);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: `v${version}` },
    paths: Object.fromEntries(stored.map((kind) => [pathOf(kind), pathItem(kind)])),
    definitions: Object.fromEntries(definitions),
  };
}

const pathOf = (kind: ServedKind): string =>
  `/${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;

const encoded = new WeakMap<KindTable, { readonly served: string; readonly bytes: Buffer }>();

/** The document in protobuf; made anew when other kinds are served. */
export function swaggerBytes(kinds: KindTable, version: string): Buffer {
  const served = JSON.stringify([version, openApiIndex(kinds)]);
  const known = encoded.get(kinds);
  if (known?.served === served) return known.bytes;
  const bytes = encodeSwagger(swaggerDocument(kinds, version));
  encoded.set(kinds, { served, bytes });
  return bytes;
}

/** References stand alone in version 2, and one of two types is a format. */
function toVersion2(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(toVersion2);
  if (!isMap(value)) return value;
  const [only, ...others] = mapsAt(value, 'allOf');
  if (only !== undefined && others.length === 0) {
    const { allOf: _replaced, ...rest } = value;
    return toVersion2({ ...rest, ...only });
  }
  if (value['format'] === 'int-or-string') return { type: 'string', format: 'int-or-string' };
  const entries = Object.entries(value).flatMap(([key, child]) =>
    child === undefined ? [] : [[key, toVersion2(child)] as const],
  );
  const copy = Object.fromEntries(entries);
  const reference = textAt(value, '$ref');
  if (reference !== '') copy['$ref'] = reference.replace('#/components/schemas/', '#/definitions/');
  return copy;
}
