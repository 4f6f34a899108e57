/** Compute Engine's REST API over the world: paths, parameters, bodies and the JSON form of its errors. */
import { type ComputeCollection, type ComputePlace, collectionShapes } from '../compute/collections.ts';
import type { ComputeWorld, ResourceName } from '../compute/compute-world.ts';
import type { ListOptions } from '../compute/listing.ts';
import { badPathName, missingBody, notFound, notServed } from '../compute/rejections.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError, defineRejection, reject } from '../world/rejection.ts';
import { answerBatch } from './batch.ts';
import {
  type CollectionCall,
  type ComputeCall,
  computeCalls,
  type GroupCall,
  type ProjectCall,
} from './compute-calls.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';

export { computeCalls } from './compute-calls.ts';

const badJson = defineRejection({
  id: 'compute.badJson',
  code: 'INVALID_ARGUMENT',
  reason: 'parseError',
  source: 'googleapis/google-api-ruby-client #831',
  message: () => 'Parse Error',
});

/** A `wait` answers after this time with whatever there is: 2 minutes, compute.proto, GlobalOperations.Wait. */
const waitDeadlineMs = 120_000;

interface Route {
  readonly call: ComputeCall;
  readonly pattern: RegExp;
}

/** Path parameters by name. */
type Parameters = Readonly<Record<string, string>>;

interface Arrival {
  readonly world: ComputeWorld;
  readonly request: HttpRequest;
  readonly parameters: Parameters;
}

/**
 * Serves `computeCalls`, one by one or several in a batch; the rest of the API answers 501. The beta API, which gcloud's beta commands
 * speak, has the same calls under another path; what only beta has is not served.
 */
export function computeService(world: ComputeWorld): HttpService {
  const routes = computeCalls.map((call) => ({ call, pattern: patternOf(call.path) }));
  const single: HttpService = async (request) => {
    if (!/^\/compute(\/|$)/.test(request.path)) return undefined;
    const path = request.path.replace(/^\/compute\/beta\//, '/compute/v1/');
    return { status: 200, body: await answer(world, { ...request, path }, routes) };
  };
  const refusing = (service: HttpService): HttpService => {
    return async (request) => {
      try {
        return await service(request);
      } catch (error) {
        if (error instanceof ApiError) return errorReply(error);
        throw error;
      }
    };
  };
  return refusing((request) =>
    request.method === 'POST' && /^\/batch\/compute(\/(v1|beta))?$/.test(request.path)
      ? answerBatch(request, refusing(single))
      : single(request),
  );
}

/** `…/regions/{region}` → a pattern with one named group for each parameter. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

async function answer(world: ComputeWorld, request: HttpRequest, routes: readonly Route[]): Promise<JsonMap> {
  for (const { call, pattern } of routes) {
    const match = call.method === request.method ? pattern.exec(request.path) : null;
    if (match === null) continue;
    const parameters = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    const project = parameters['project'] ?? '';
    if (project !== world.project && project !== world.projectNumber) reject(notFound, `projects/${project}`);
    const arrival = { world, request, parameters };
    if ('collection' in call) return answerCollection(call, arrival);
    return isGroupCall(call) ? answerGroup(call, arrival) : answerProject(call, arrival);
  }
  return reject(notServed, `${request.method} ${request.path}`);
}

async function answerProject({ verb }: ProjectCall, { world, request, parameters }: Arrival): Promise<JsonMap> {
  const place = placeOf(parameters);
  const operation = parameters['operation'] ?? '';
  switch (verb) {
    case 'getProject':
      return world.describeProject();
    case 'listOperations':
      return world.listOperations(place, listOptions(request));
    case 'aggregatedOperations':
      return world.aggregatedOperations(listOptions(request));
    case 'getOperation':
      return world.operation(place, operation);
    case 'wait':
      return waitFor(world, place, operation);
  }
}

function answerCollection({ verb, collection }: CollectionCall, { world, request, parameters }: Arrival): JsonMap {
  // `regions/{region}` and `zones/{zone}` name a resource, and no place, where the resources are regions and zones.
  const place = collectionShapes[collection].scope === 'project' ? {} : placeOf(parameters);
  switch (verb) {
    case 'list':
      return world.list(collection, place, listOptions(request));
    case 'aggregatedList':
      return world.aggregatedList(collection, listOptions(request));
    case 'insert':
      return world.insert(collection, place, bodyOf(request), changeOptions(request));
    case 'get': {
      const { name } = resourceName(collection, place, parameters);
      return world.get(collection, place, name);
    }
    case 'patch':
      return world.patch(resourceName(collection, place, parameters), bodyOf(request), changeOptions(request));
    case 'delete':
      return world.remove(resourceName(collection, place, parameters), changeOptions(request));
  }
}

function isGroupCall(call: GroupCall | ProjectCall): call is GroupCall {
  return call.verb === 'listManagedInstances' || call.verb === 'deleteInstances';
}

function answerGroup({ verb }: GroupCall, { world, request, parameters }: Arrival): JsonMap {
  const { place, name } = resourceName('instanceGroupManagers', placeOf(parameters), parameters);
  if (verb === 'listManagedInstances') return world.listManagedInstances(place, name, listOptions(request));
  return world.deleteInstances(place, name, { body: bodyOf(request), ...changeOptions(request) });
}

/**
 * Answers when the operation has ended, or after two minutes. Both are world time: whoever waits here is not at work, so the
 * request takes no hold and the clock goes on.
 */
async function waitFor(world: ComputeWorld, place: ComputePlace, name: string): Promise<JsonMap> {
  world.operation(place, name);
  await new Promise<void>((resolve) => {
    const cancelDeadline = world.clock.after(waitDeadlineMs, () => {
      stopListening();
      resolve();
    });
    const stopListening = world.onOperationEnd(place, name, () => {
      cancelDeadline();
      resolve();
    });
  });
  return world.operation(place, name);
}

function placeOf(parameters: Parameters): ComputePlace {
  const { region, zone } = parameters;
  return { ...(region !== undefined && { region }), ...(zone !== undefined && { zone }) };
}

function resourceName(collection: ComputeCollection, place: ComputePlace, parameters: Parameters): ResourceName {
  const { noun } = collectionShapes[collection];
  const name = parameters[noun] ?? '';
  if (!/^([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?|[1-9][0-9]{0,19})$/.test(name)) reject(badPathName, noun, name);
  return { collection, place, name };
}

function bodyOf(request: HttpRequest): JsonMap {
  if (request.body.length === 0) return reject(missingBody);
  const body = parseJson(request.body.toString('utf8'));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return reject(missingBody);
  // JSON.parse makes nothing but plain JSON values, and this one is an object.
  return body as JsonMap;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return reject(badJson);
  }
}

function listOptions({ query }: HttpRequest): ListOptions {
  const [filter, maxResults, pageToken] = ['filter', 'maxResults', 'pageToken'].map((name) => query.get(name) ?? '');
  return {
    ...(filter && { filter }),
    ...(maxResults && { maxResults: Number(maxResults) }),
    ...(pageToken && { pageToken }),
  };
}

function changeOptions({ query }: HttpRequest): { readonly requestId?: string } {
  const requestId = query.get('requestId');
  return requestId === null ? {} : { requestId };
}

/**
 * The form of inspec/inspec-gcp #301: neither `status` nor `details`. So official clients derive the code from the HTTP
 * status alone, and see "already exists" as ABORTED (googleapis/google-cloud-dotnet #11718).
 */
function errorReply(error: ApiError): HttpReply {
  const { message, httpStatus: code, reason } = error;
  const errors = [{ message, domain: 'global', reason: reason ?? 'invalid' }];
  return { status: code, body: { error: { code, message, errors } } };
}
