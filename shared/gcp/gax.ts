/**
 * google-gax as our clients use it, handed to them through the `gaxInstance` parameter of their constructors. Two differences:
 *
 * 1. Descriptors are parsed once. gax hashes and parses `protos.json` per client, and again for every error with details:
 *    a third of a second of CPU (measured; 7 ms so) for one "already exists" of Compute Engine, an everyday answer for us.
 * 2. A gRPC method takes and gives proto3 JSON (see proto-json.ts), so that no field changes its form at our border.
 */
import * as gax from 'google-gax';
import type { JsonObject } from '../domain/json.ts';
import { clientOptions } from './calls.ts';
import { endpointOf, type GoogleConnection, type GoogleService } from './connection.ts';
import { decodeProtoJson, encodeProtoJson, parseProtos } from './proto-json.ts';

type Protos = gax.protobuf.INamespace;

class ParsedOnceRoot extends gax.protobuf.Root {
  static override fromJSON(json: Protos, root?: gax.protobuf.Root): gax.protobuf.Root {
    return root === undefined ? parseProtos(json) : gax.protobuf.Root.fromJSON(json, root);
  }
}

const protobuf = { ...gax.protobuf, Root: ParsedOnceRoot };

class JsonGrpcClient extends gax.GrpcClient {
  override loadProtoJSON(json: Protos): gax.grpc.GrpcObject {
    const packages: gax.grpc.GrpcObject = {};
    for (const service of servicesOf(parseProtos(json))) {
      const path = service.fullName.slice(1).split('.');
      const name = path.pop() ?? '';
      const parent = path.reduce<gax.grpc.GrpcObject>((level, part) => {
        // Only the objects made here are in it: the parents of a service are packages.
        level[part] ??= {};
        return level[part] as gax.grpc.GrpcObject;
      }, packages);
      parent[name] = gax.grpc.makeGenericClientConstructor(toServiceDefinition(service), name, {});
    }
    return packages;
  }
}

class ParsedOnceRestClient extends gax.fallback.GrpcClient {
  override loadProtoJSON(json: Protos): gax.protobuf.Root {
    return parseProtos(json);
  }
}

/** For the constructors of all generated clients, REST and gRPC. */
export const gaxInstance: typeof gax = {
  ...gax,
  GrpcClient: JsonGrpcClient,
  protobuf,
  fallback: { ...gax.fallback, GrpcClient: ParsedOnceRestClient, protobuf },
};

/** `clientOptions` for a gRPC client, whose credentials must be of the copy of grpc-js that gax uses. */
export function grpcClientOptions(connection: GoogleConnection, service: GoogleService): gax.ClientOptions {
  const hasTls = endpointOf(connection, service)?.tls ?? true;
  // Without TLS no token travels: gRPC refuses to send one.
  return {
    ...clientOptions(connection, service),
    ...(!hasTls && { sslCreds: gax.grpc.credentials.createInsecure() }),
  };
}

function servicesOf(namespace: gax.protobuf.NamespaceBase): readonly gax.protobuf.Service[] {
  return namespace.nestedArray.flatMap((nested) => {
    if (nested instanceof gax.protobuf.Service) return [nested];
    return nested instanceof gax.protobuf.Namespace ? servicesOf(nested) : [];
  });
}

function toServiceDefinition(service: gax.protobuf.Service): gax.grpc.ServiceDefinition {
  return Object.fromEntries(
    service.methodsArray.map((method) => [method.name, toMethodDefinition(method, service.fullName.slice(1))]),
  );
}

function toMethodDefinition(
  method: gax.protobuf.Method,
  service: string,
): gax.grpc.MethodDefinition<JsonObject, JsonObject> {
  const requestType = () => typeOf(method, 'resolvedRequestType');
  const responseType = () => typeOf(method, 'resolvedResponseType');
  return {
    path: `/${service}/${method.name}`,
    originalName: `${method.name.charAt(0).toLowerCase()}${method.name.slice(1)}`,
    requestStream: method.requestStream === true,
    responseStream: method.responseStream === true,
    requestSerialize: (json) => encodeProtoJson(requestType(), json),
    requestDeserialize: (bytes) => decodeProtoJson(requestType(), bytes),
    responseSerialize: (json) => encodeProtoJson(responseType(), json),
    responseDeserialize: (bytes) => decodeProtoJson(responseType(), bytes),
  };
}

/** Resolved at the first call of a method: most methods of a service are never called. */
function typeOf(method: gax.protobuf.Method, side: 'resolvedRequestType' | 'resolvedResponseType'): gax.protobuf.Type {
  method.resolve();
  const type = method[side];
  if (type === null) throw new Error(`resolving ${method.fullName}: ${side} is missing`);
  return type;
}
