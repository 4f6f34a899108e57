/**
 * One gRPC port on which several services of the local cloud register, and the services' definitions read from the
 * `protos.json` that every official `@google-cloud/*` package carries.
 *
 *   const port = new GrpcPort();
 *   port.add(loadService(protosJson, 'google.pubsub.v1.Publisher'), { createTopic: unary((topic) => world.createTopic(topic)) });
 *   const number = await port.listen(0);
 *
 * Requests and responses are proto3 JSON on this side of the wire: enum names, int64 as decimal text, bytes as base64,
 * timestamps and durations as text, field masks as `a,b`; fields that hold their default are absent.
 */
import * as grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import type { JsonMap } from '../world/json.ts';
import { ApiError } from '../world/rejection.ts';
import { decodeJson, encodeJson } from './proto-json.ts';

/** One method by its lowerCamelCase name (`createCluster`). May throw `ApiError`. */
export type UnaryMethod = (request: JsonMap) => JsonMap | Promise<JsonMap>;

/** Parses the descriptors of one package; do it once per package, not per service. */
export function loadProtos(protosJson: object): protobuf.Root {
  const root = protobuf.Root.fromJSON(protosJson);
  root.resolveAll();
  return root;
}

/** Definition of one service for `GrpcPort.add`, e.g. `google.container.v1.ClusterManager`. */
export function loadService(protos: object, fullName: string): grpc.ServiceDefinition {
  const root = protos instanceof protobuf.Root ? protos : loadProtos(protos);
  const service = root.lookupService(fullName);
  return Object.fromEntries(
    service.methodsArray.map((method) => [lowerFirst(method.name), toMethodDefinition(method)]),
  );
}

function toMethodDefinition(method: protobuf.Method): grpc.MethodDefinition<JsonMap, JsonMap> {
  method.resolve();
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null)
    throw new Error(`loading method ${method.fullName}: its types are not resolved`);
  return {
    path: `/${(method.parent?.fullName ?? '').slice(1)}/${method.name}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: (json) => encodeJson(request, json),
    requestDeserialize: (bytes) => decodeJson(request, bytes),
    responseSerialize: (json) => encodeJson(response, json),
    responseDeserialize: (bytes) => decodeJson(response, bytes),
    originalName: lowerFirst(method.name),
  };
}

/** Makes a gRPC method of a function; what it throws becomes the call's status. Streams are written with grpc-js's own types. */
export function unary(method: UnaryMethod): grpc.handleUnaryCall<JsonMap, JsonMap> {
  return (call, callback) => {
    answer(method, call.request).then(
      (response) => callback(null, response),
      (thrown: unknown) => callback(toStatus(thrown)),
    );
  };
}

async function answer(method: UnaryMethod, request: JsonMap): Promise<JsonMap> {
  return method(request);
}

/** gRPC status of whatever a method threw; anything but an `ApiError` is a bug of the local cloud and says so. */
export function toStatus(thrown: unknown): Pick<grpc.StatusObject, 'code' | 'details'> {
  if (thrown instanceof ApiError) return { code: grpc.status[thrown.code], details: thrown.message };
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { code: grpc.status.INTERNAL, details: `the local cloud failed: ${text}` };
}

/** One listening gRPC server without TLS. Methods of an added service that have no handler answer UNIMPLEMENTED. */
export class GrpcPort {
  // Pub/Sub messages are up to 10 MB, above gRPC's default limit of 4 MiB (Pub/Sub documentation, "Quotas and limits").
  readonly #server: grpc.Server;

  /** `onCall` is told of every call: the client's own description of itself, and the method's path. */
  constructor(onCall: (client: string, call: string) => void = () => {}) {
    const unlimited = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
    this.#server = new grpc.Server({ ...unlimited, interceptors: [watching(onCall)] });
  }

  add(service: grpc.ServiceDefinition, handlers: grpc.UntypedServiceImplementation): void {
    this.#server.addService(service, handlers);
  }

  /** Listens on the loopback interface; 0 chooses a free port. Returns the port's number. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new Error(`listening for gRPC on port ${port}: ${error.message}`, { cause: error }));
      });
    });
  }

  /** Ends open calls and stops listening. */
  close(): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}

function watching(onCall: (client: string, call: string) => void): grpc.ServerInterceptor {
  return (method, call) =>
    new grpc.ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, nextMetadata) => {
            onCall(metadata.get('x-goog-api-client').join(' '), method.path);
            nextMetadata(metadata);
          },
        }),
    });
}

/** `CreateCluster` → `createCluster` */
export function lowerFirst(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}
