/** GKE over HTTP/JSON: what gcloud speaks, and the Node client with `fallback: true, protocol: 'http'`. */
import type { GkeWorld } from '../gke/gke-world.ts';
import { ApiError } from '../world/rejection.ts';
import { allGkeMethods, containerServiceName, containerProtos } from './gke-protos.ts';
import type { HttpReply, HttpRequest, HttpService } from './http.ts';
import { protoRestService } from './proto-rest.ts';

/** Answers the paths of google.container.v1.ClusterManager and one of Service Usage. */
export function gkeRestService(world: GkeWorld): HttpService {
  const clusterManager = protoRestService({
    services: [containerProtos().lookupService(containerServiceName)],
    methods: allGkeMethods(world),
  });
  return async (request) => {
    try {
      return (await clusterManager(request)) ?? serviceUsage(request);
    } catch (thrown) {
      if (thrown instanceof ApiError) return toErrorReply(thrown);
      throw thrown;
    }
  };
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

/** gcloud asks Service Usage whether an API is on before it creates a cluster; here all of them are. */
function serviceUsage(request: HttpRequest): HttpReply | undefined {
  const match = /^\/v1\/(projects\/[^/]+\/services\/[^/:]+)$/.exec(request.path);
  if (match === null || request.method !== 'GET') return undefined;
  return { status: 200, body: { name: match[1], state: 'ENABLED' } };
}
