/** GKE over HTTP/JSON: what gcloud speaks, and the Node client with `fallback: true, protocol: 'http'`. */
import type { GkeWorld } from '../gke/gke-world.ts';
import { ApiError } from '../world/rejection.ts';
import { allBetaMethods, allGkeMethods, betaServiceName, containerProtos, containerServiceName } from './gke-protos.ts';
import { firstReply, type HttpService } from './http.ts';
import { jsonErrorReply } from './json-error.ts';
import { protoRestService } from './proto-rest.ts';

/** Answers the paths of ClusterManager in v1 and v1beta1. */
export function gkeRestService(world: GkeWorld): HttpService {
  const serve = (name: string, methods: ReturnType<typeof allGkeMethods>) =>
    protoRestService({ services: [containerProtos().lookupService(name)], methods });
  const services = [serve(containerServiceName, allGkeMethods(world)), serve(betaServiceName, allBetaMethods(world))];
  return async (request) => {
    try {
      return await firstReply(services, request);
    } catch (thrown) {
      if (thrown instanceof ApiError) return jsonErrorReply(thrown, reasons[thrown.code] ?? 'backendError');
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
