/** The paths that are not resources: version, health, discovery, OpenAPI. */
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap } from '../world/json.ts';
import { discoveryGroup, discoveryRoot, discoveryVersion } from './discovery.ts';
import type { KindTable } from './kinds.ts';
import { openApiDocument, openApiIndex } from './openapi.ts';
import { protobufTypes, swaggerBytes, swaggerDocument } from './openapi-v2.ts';
import { methodNotAllowed, pageNotFound, resourceNotFound } from './rejections.ts';
import { type AnswerReply, jsonHeaders, textHeaders } from './reply.ts';
import { refuse } from './status.ts';

/** Answers reads of a document; other methods on a known path are 405, unknown paths 404 as text. */
export function answerDocument(kinds: KindTable, version: string, request: HttpRequest): AnswerReply {
  const steps = request.path.split('/').filter((step) => step !== '');
  const reply = documentAt(kinds, version, { request, steps }) ?? refuse(pageNotFound, undefined);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(methodNotAllowed, {});
  return reply;
}

interface Asked {
  readonly request: HttpRequest;
  readonly steps: readonly string[];
}

function documentAt(kinds: KindTable, version: string, { request, steps }: Asked): AnswerReply | undefined {
  const [root = ''] = steps;
  switch (root) {
    case 'version':
      return steps.length === 1 ? answer(versionFacts(version)) : refuse(resourceNotFound, {});
    case 'healthz':
    case 'livez':
    case 'readyz':
      return { status: 200, headers: textHeaders, body: 'ok' };
    case 'openapi':
      return openApiAt(kinds, version, { request, steps: steps.slice(1) });
    case 'api':
    case 'apis':
      return discoveryAt(kinds, { request, steps });
    default:
      return undefined;
  }
}

function discoveryAt(kinds: KindTable, { request, steps }: Asked): AnswerReply | undefined {
  const [root, second, third] = steps;
  if (second === undefined) {
    const { contentType, body } = discoveryRoot(kinds, root === 'api', request);
    return { status: 200, headers: { 'content-type': contentType }, body };
  }
  if (third === undefined && root === 'apis') return answer(discoveryGroup(kinds, second));
  const [group, version] = root === 'api' ? ['', second] : [second, third ?? ''];
  const isKnownGroup = kinds.all.some((kind) => kind.group === group && kind.custom === undefined);
  return answer(discoveryVersion(kinds, group, version)) ?? (isKnownGroup ? refuse(resourceNotFound, {}) : undefined);
}

function openApiAt(kinds: KindTable, version: string, { request, steps }: Asked): AnswerReply | undefined {
  const [form, ...rest] = steps;
  if (form === 'v2' && rest.length === 0) return swaggerReply(kinds, version, request);
  if (form !== 'v3') return undefined;
  if (rest.length > 0) return answer(openApiDocument(kinds, version, rest.join('/')));
  // The real server sends the index as text.
  return { status: 200, headers: textHeaders, body: JSON.stringify(openApiIndex(kinds)) };
}

function swaggerReply(kinds: KindTable, version: string, request: HttpRequest): AnswerReply {
  if (request.headers['accept']?.includes(protobufTypes.accepted) !== true) {
    return { status: 200, headers: jsonHeaders, body: swaggerDocument(kinds, version) };
  }
  const bytes = swaggerBytes(kinds, version);
  return { status: 200, headers: { 'content-type': protobufTypes.answered }, body: '', bytes };
}

function answer(body: JsonMap | undefined): AnswerReply | undefined {
  return body === undefined ? undefined : { status: 200, headers: jsonHeaders, body };
}

/** What `kubectl version` reads. The build facts mean nothing here. */
function versionFacts(version: string): JsonMap {
  const [major = '', minor = ''] = version.split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: `v${version}`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2026-01-01T00:00:00Z',
    goVersion: 'go1.25',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}
