/** Reading request bodies, and refusing those that are not what their path says. */
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap, JsonValue } from '../world/json.ts';
import { apiVersionOf, resourceName, type ServedKind } from './kinds.ts';
import { isMap, nameOf, namespaceOf, textAt } from './objects.ts';
import { badRequest, notServed, unknownBodyFormat } from './rejections.ts';
import { fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';

/** `application/json; charset=utf-8` → `application/json`. */
export function contentType(request: HttpRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** What the real server names as acceptable; protobuf is named too, though only JSON and YAML are read here. */
const bodyTypes = ['application/json', 'application/yaml', PROTOBUF];

/** The object of a create or update request, with its type checked and filled in. */
export function readObject(request: HttpRequest, kind: ServedKind): JsonMap {
  const type = contentType(request);
  if (type === PROTOBUF)
    return refuse(notServed, {}, `${resourceName(kind)} in protobuf, only in JSON and YAML${elsewhere(kind)}`);
  if (type !== '' && type !== 'application/json' && type !== 'application/yaml') {
    return refuse(unknownBodyFormat, undefined, bodyTypes);
  }
  const body = type === 'application/yaml' ? parseYamlBody(request) : parseJson(request, kind);
  if (!isMap(body)) return refuse(badRequest, undefined, unrecognized(request, kind, 'not an object'));
  return typed(body, kind);
}

/** `kubectl auth` asks in protobuf and nothing else. */
function elsewhere({ review }: ServedKind): string {
  return review === true ? ': ask with kubectl create -f FILE instead of kubectl auth' : '';
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
    return parseYaml(body) as JsonValue;
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
function typed(body: JsonMap, kind: ServedKind): JsonMap {
  const apiVersion = apiVersionOf(kind);
  const given = { apiVersion: textAt(body, 'apiVersion'), kind: textAt(body, 'kind') };
  if (given.kind !== '' && given.kind !== kind.kind) {
    if (kind.custom !== undefined) {
      const error = fieldErrors.invalid('kind', given.kind, `must be ${kind.kind}`);
      refuseInvalid({ group: kind.group, kind: given.kind }, nameOf(body), [error]);
    }
    const [version = '', group = 'core'] = given.apiVersion.split('/').reverse();
    const text = `${given.kind} in version ${JSON.stringify(given.apiVersion)} cannot be handled as a ${kind.kind}: converting (${version}.${given.kind}) to (${group}.${kind.kind}): unknown conversion`;
    refuse(badRequest, undefined, text);
  }
  if (given.apiVersion !== '' && given.apiVersion !== apiVersion) {
    const text = `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`;
    refuse(badRequest, undefined, text);
  }
  return { ...body, apiVersion, kind: kind.kind };
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
