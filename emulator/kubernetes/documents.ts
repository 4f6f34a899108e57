/** The paths that are not resources: version, health, discovery, OpenAPI. */
import type { HttpRequest } from '../wires/http.ts';
import type { JsonMap } from '../world/json.ts';
import { discoveryGroup, discoveryRoot, discoveryVersion, openApiDocument, openApiIndex } from './discovery.ts';
import type { KindTable } from './kinds.ts';
import { methodNotAllowed, pageNotFound } from './rejections.ts';
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
      return answer(versionFacts(version));
    case 'healthz':
    case 'livez':
    case 'readyz':
      return { status: 200, headers: textHeaders, body: 'ok' };
    case 'openapi':
      return openApiAt(kinds, steps.slice(1));
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
  if (root === 'api') return answer(discoveryVersion(kinds, '', second));
  return answer(third === undefined ? discoveryGroup(kinds, second) : discoveryVersion(kinds, second, third));
}

function openApiAt(kinds: KindTable, [version, ...rest]: readonly string[]): AnswerReply | undefined {
  if (version !== 'v3') return undefined;
  if (rest.length > 0) return answer(openApiDocument(kinds, rest.join('/')));
  // The real server sends the index as text.
  return { status: 200, headers: textHeaders, body: JSON.stringify(openApiIndex(kinds)) };
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
