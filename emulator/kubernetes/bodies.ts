/** Reading request bodies, and refusing those that are not what their path says. */
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap, JsonValue } from '../world/json.ts';
import { apiVersionOf, resourceName, type ServedKind } from './kinds.ts';
import { isMap, nameOf, namespaceOf, textAt } from './objects.ts';
import { readProtobuf } from './protobuf-bodies.ts';
import { badRequest, notServed, unknownBodyFormat } from './rejections.ts';
import { carrying, fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';

/** `application/json; charset=utf-8` → `application/json`. */
export function contentType(request: HttpRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What the real server names as acceptable; of protobuf a few kinds are read here. */
const bodyTypes = ['application/json', 'application/yaml', PROTOBUF];

/** The object of a create or update request, with its type checked and filled in. */
export function readObject(request: HttpRequest, kind: ServedKind): JsonMap {
  const type = contentType(request);
  if (type === PROTOBUF) return typed(request, requireProtobuf(request, kind), kind);
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
    return refuse(unknownBodyFormat, undefined, bodyTypes);
  }
  const body = type === 'application/yaml' ? parseYamlBody(request) : parseJson(request, kind);
  if (!isMap(body)) return refuse(badRequest, undefined, unrecognized(request, kind, 'not an object'));
  return typed(request, body, kind);
}

/** Of most kinds only JSON and YAML are read; what kubectl makes of its arguments, it can also make of a file. */
function requireProtobuf({ body }: HttpRequest, kind: ServedKind): JsonMap {
  const how = `${resourceName(kind)} in protobuf, only in JSON and YAML: use kubectl create -f FILE`;
  return readProtobuf(body) ?? refuse(notServed, {}, how);
}

function parseJson(request: HttpRequest, kind: ServedKind): JsonValue {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (thrown) {
    // Every mistake is reported as Go reports a truncated document; V8's own text would match nothing a client knows.
    if (thrown instanceof SyntaxError) {
      return refuse(
        badRequest,
        undefined,
        unrecognized(request, kind, 'json parse error: unexpected end of JSON input'),
      );
    }
    throw thrown;
  }
}

/** Quotes the body, as the real server does. */
function unrecognized(request: HttpRequest, kind: ServedKind, detail: string): string {
  const text = request.body.length === 0 ? '<empty>' : request.body.toString('utf8');
  return `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; ${detail} (${text})`;
}

/** YAML, of which JSON is a part: the body of an apply. */
export function parseYamlBody(request: HttpRequest): JsonValue {
  const body = request.body.toString('utf8');
  const json = body.startsWith('{') ? parseIfJson(body) : undefined;
  if (json !== undefined) return json;
  try {
    // Bodies are JSON values by the format's definition; dates stay text in the core schema.
    return parseYaml(body, { uniqueKeys: false }) as JsonValue;
  } catch (thrown) {
    if (!(thrown instanceof YAMLParseError)) throw thrown;
    const text = `error decoding YAML: error converting YAML to JSON: yaml: line ${thrown.linePos?.[0].line ?? 1}: did not find expected node content`;
    return refuse(badRequest, undefined, text);
  }
}

/** What programs send is JSON, for which the YAML parser takes a hundred times as long; flow mappings begin alike and are none. */
function parseIfJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object under the kind of its path; another kind or version is refused. */
function typed(request: HttpRequest, body: JsonMap, kind: ServedKind): JsonMap {
  const apiVersion = apiVersionOf(kind);
  const given = { apiVersion: textAt(body, 'apiVersion'), kind: textAt(body, 'kind') };
  const isOtherKind = given.kind !== '' && given.kind !== kind.kind;
  if (isOtherKind && kind.custom === undefined) {
    const version = given.apiVersion.split('/').at(-1) ?? '';
    const [group = ''] = kind.group.split('.');
    const text = `${given.kind} in version ${JSON.stringify(given.apiVersion)} cannot be handled as a ${kind.kind}: converting (${version}.${given.kind}) to (${group === '' ? 'core' : group}.${kind.kind}): unknown conversion`;
    refuse(badRequest, undefined, text);
  }
  if (given.apiVersion !== '' && given.apiVersion !== apiVersion) {
    const text = `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`;
    carrying(strangeFields(request, body, kind), () => refuse(badRequest, undefined, text));
  }
  if (isOtherKind) {
    const error = fieldErrors.invalid('kind', given.kind, `must be ${kind.kind}`);
    refuseInvalid({ group: kind.group, kind: given.kind }, nameOf(body), [error]);
  }
  return { ...body, apiVersion, kind: kind.kind };
}

/** A version that is not served has no schema, so that nothing of a custom resource in it is known. */
function strangeFields({ query }: HttpRequest, body: JsonMap, kind: ServedKind): readonly string[] {
  const validation = query.get('fieldValidation');
  if (kind.custom === undefined || validation === 'Ignore') return [];
  const [version = '', group = ''] = textAt(body, 'apiVersion').split('/').reverse();
  if (group !== kind.group || textAt(body, 'kind') !== kind.kind) return [];
  const unknown = Object.keys(body).filter((field) => !['apiVersion', 'kind', 'metadata'].includes(field));
  const texts = unknown.toSorted().map((field) => `unknown field ${JSON.stringify(field)}`);
  if (validation !== 'Strict' || texts.length === 0) return texts;
  const what = `${kind.kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}`;
  return refuse(badRequest, undefined, `${what}: strict decoding error: ${texts.join(', ')}`);
}

/** Refuses an object whose name or namespace is not that of the path. */
export function requireSameObject(object: JsonMap, namespace: string, name: string): void {
  const given = namespaceOf(object);
  if (given !== '' && given !== namespace) {
    refuse(
      badRequest,
      undefined,
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (name !== '' && nameOf(object) !== name) {
    const text = `the name of the object (${nameOf(object)}) does not match the name on the URL (${name})`;
    refuse(badRequest, undefined, text);
  }
}
