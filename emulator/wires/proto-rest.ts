/**
 * A gRPC service over HTTP/JSON, by the `google.api.http` options of its methods, as Google's own front end serves it. The same
 * methods stand behind both wires.
 */
import type protobuf from 'protobufjs';
import { mapOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { lowerFirst, type UnaryMethod } from './grpc.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';
import { type HttpRoute, toRoutes } from './http-rules.ts';
import { canonicalJson, type EnumForm } from './proto-json.ts';
import { JsonFormError, type JsonProblem } from './proto-json-read.ts';

export interface ProtoRestOptions {
  readonly services: readonly protobuf.Service[];
  /** All methods of the services by lowerCamelCase name; those that are not served reject when they are called. */
  readonly methods: ReadonlyMap<string, UnaryMethod>;
}

/** Rejections of the methods are thrown on; a malformed request is answered here. */
export function protoRestService({ services, methods }: ProtoRestOptions): HttpService {
  const routes = services.flatMap(toRoutes);
  return async (request) => {
    const found = findRoute(routes, request);
    if (found === undefined) return undefined;
    const { name } = found.route.method;
    const method = methods.get(lowerFirst(name));
    if (method === undefined) throw new Error(`answering ${name}: nothing stands behind it`);
    try {
      return await answer(request, found, method);
    } catch (thrown) {
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
async function answer(request: HttpRequest, { route, bound }: FoundRoute, call: UnaryMethod): Promise<HttpReply> {
  const { resolvedRequestType, resolvedResponseType } = route.method;
  if (resolvedRequestType === null || resolvedResponseType === null)
    throw new Error(`answering ${route.method.name}: its types are not resolved`);
  const sent = withBound(route.hasBody ? parseBody(request) : parseQuery(request), bound);
  const message = asBadRequest(() => canonicalJson(resolvedRequestType, sent));
  return { status: 200, body: canonicalJson(resolvedResponseType, await call(message), enumForm(request)) };
}

/** The path wins over the body. `subscription.name` is bound inside the body's subscription. */
function withBound(sent: JsonMap, bound: FoundRoute['bound']): JsonMap {
  return Object.entries(bound).reduce<JsonMap>((result, [path, value]) => {
    const [field = '', inner] = path.split('.');
    return { ...result, [field]: inner === undefined ? value : { ...mapOf(result, field), [inner]: value } };
  }, sent);
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

/** Only fields of the message itself are ever sent this way by gcloud; numbers come as text, which proto3 JSON allows. */
function parseQuery(request: HttpRequest): JsonMap {
  return Object.fromEntries([...request.query].filter(([name]) => !systemParameters.has(name)));
}

function enumForm(request: HttpRequest): EnumForm {
  const alt = request.query.get('$alt') ?? request.query.get('alt') ?? '';
  return alt.includes('enum-encoding=int') ? 'number' : 'name';
}

/** danny-avila/LibreChat #11761 quotes a whole answer of this kind. */
function toBadRequestReply(problems: readonly JsonProblem[]): HttpReply {
  const message = problems.map(({ description }) => description).join('\n');
  const details = [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: problems }];
  const errors = problems.map(({ description }) => ({ message: description, reason: 'invalid' }));
  return { status: 400, body: { error: { code: 400, message, errors, status: 'INVALID_ARGUMENT', details } } };
}
