/** GKE over HTTP/JSON: what gcloud speaks, and the Node client with `fallback: true, protocol: 'http'`. */
import type { GkeWorld } from '../gke/gke-world.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError } from '../world/rejection.ts';
import { allGkeMethods, containerServiceName, containerProtos } from './gke-protos.ts';
import { lowerFirst } from './grpc.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';
import { type HttpRoute, toRoutes } from './http-rules.ts';
import { canonicalJson, type EnumForm } from './proto-json.ts';
import { JsonFormError, type JsonProblem } from './proto-json-read.ts';

/** Answers the paths of google.container.v1.ClusterManager and one of Service Usage. */
export function gkeRestService(world: GkeWorld): HttpService {
  const routes = toRoutes(containerProtos().lookupService(containerServiceName));
  const methods = allGkeMethods(world);
  return (request) => {
    const found = findRoute(routes, request);
    if (found === undefined) return serviceUsage(request);
    try {
      return answer(request, found, (message) => methods.get(lowerFirst(found.route.method.name))?.(message) ?? {});
    } catch (thrown) {
      if (thrown instanceof ApiError) return toErrorReply(thrown);
      if (thrown instanceof BadRequest) return toBadRequestReply(thrown.problems);
      throw thrown;
    }
  };
}

interface FoundRoute {
  readonly route: HttpRoute;
  readonly bound: Readonly<Record<string, string>>;
}

/** Bindings never overlap for one verb: the first is the only one. */
function findRoute(routes: readonly HttpRoute[], request: HttpRequest): FoundRoute | undefined {
  for (const route of routes) {
    const bound = route.verb === request.method ? route.match(request.path) : undefined;
    if (bound !== undefined) return { route, bound };
  }
  return undefined;
}

/** Both directions go through the protos, so that this wire shows and accepts exactly what gRPC can carry. */
function answer(request: HttpRequest, { route, bound }: FoundRoute, call: (message: JsonMap) => JsonMap): HttpReply {
  const { resolvedRequestType, resolvedResponseType } = route.method;
  if (resolvedRequestType === null || resolvedResponseType === null)
    throw new Error(`answering ${route.method.name}: its types are not resolved`);
  const sent = { ...(route.hasBody ? parseBody(request) : parseQuery(request)), ...bound };
  const message = asBadRequest(() => canonicalJson(resolvedRequestType, sent));
  return { status: 200, body: canonicalJson(resolvedResponseType, call(message), enumForm(request)) };
}

/** What is wrong with the request itself, in contrast to a world that answers what the protos do not have. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly problems: readonly JsonProblem[];

  constructor(problems: readonly JsonProblem[]) {
    super('the request is malformed');
    this.problems = problems;
  }
}

function asBadRequest<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof JsonFormError) throw new BadRequest(thrown.problems);
    throw thrown;
  }
}

function parseBody(request: HttpRequest): JsonMap {
  const text = request.body.toString('utf8');
  if (text.trim() === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    // JSON.parse yields JSON; an array or a bare value is not a message.
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as JsonMap;
  } catch {
    // The parser's own words add nothing to the answer below.
  }
  throw new BadRequest([{ field: '', description: 'Invalid JSON payload received. Unexpected token.' }]);
}

/** Parameters of every Google API: "System parameters" in the Cloud APIs documentation. */
const systemParameters: ReadonlySet<string> = new Set([
  '$.xgafv',
  '$alt',
  '$fields',
  '$prettyPrint',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
]);

/** Only text fields are ever sent this way to GKE. */
function parseQuery(request: HttpRequest): JsonMap {
  return Object.fromEntries([...request.query].filter(([name]) => !systemParameters.has(name)));
}

function enumForm(request: HttpRequest): EnumForm {
  const alt = request.query.get('$alt') ?? request.query.get('alt') ?? '';
  return alt.includes('enum-encoding=int') ? 'number' : 'name';
}

/** `errors[].reason` as Terraform prints it behind the message (hashicorp/terraform-provider-google #3650, #5229, #7895). */
const reasons: Readonly<Partial<Record<ApiError['code'], string>>> = {
  INVALID_ARGUMENT: 'badRequest',
  FAILED_PRECONDITION: 'failedPrecondition',
  NOT_FOUND: 'notFound',
  ALREADY_EXISTS: 'alreadyExists',
  PERMISSION_DENIED: 'forbidden',
  RESOURCE_EXHAUSTED: 'rateLimitExceeded',
  UNIMPLEMENTED: 'notImplemented',
};

function toErrorReply({ httpStatus, code, message }: ApiError): HttpReply {
  const reason = reasons[code] ?? 'backendError';
  const errors = [{ message, domain: 'global', reason }];
  return { status: httpStatus, body: { error: { code: httpStatus, message, errors, status: code } } };
}

/** danny-avila/LibreChat #11761 quotes a whole answer of this kind. */
function toBadRequestReply(problems: readonly JsonProblem[]): HttpReply {
  const message = problems.map(({ description }) => description).join('\n');
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: problems }];
  const errors = problems.map(({ description }) => ({ message: description, reason: 'invalid' }));
  return { status: 400, body: { error: { code: 400, message, errors, status: 'INVALID_ARGUMENT', details } } };
}

/** gcloud asks Service Usage whether an API is on before it creates a cluster; here all of them are. */
function serviceUsage(request: HttpRequest): HttpReply | undefined {
  const match = /^\/v1\/(projects\/[^/]+\/services\/[^/:]+)$/.exec(request.path);
  if (match === null || request.method !== 'GET') return undefined;
  return { status: 200, body: { name: match[1], state: 'ENABLED' } };
}
