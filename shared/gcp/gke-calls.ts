/** Calls of the GKE API over gRPC, in proto3 JSON both ways (see gax.ts). */
import { ClusterManagerClient } from '@google-cloud/container/build/src/v1/cluster_manager_client.js';
import { type CallOptions, grpc } from 'google-gax';
import type { JsonObject } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';
import { clientOptions, lazily, withDeadline } from './calls.ts';
import { endpointOf, type GoogleConnection } from './connection.ts';
import { gaxInstance } from './gax.ts';

export type GkeMethod =
  | 'createCluster'
  | 'createNodePool'
  | 'getCluster'
  | 'getNodePool'
  | 'getOperation'
  | 'getServerConfig'
  | 'listOperations'
  | 'setNodePoolAutoscaling'
  | 'setNodePoolSize';

/** One unary call; throws what the client throws. */
export type GkeCall = (method: GkeMethod, request: JsonObject, timeoutMs: number) => Promise<JsonObject>;

const known = new WeakMap<GoogleConnection, GkeCall>();

/** The calls over one connection; the same for all adapters, so that they share one client and its channel. */
export function gkeCallOf(connection: GoogleConnection): GkeCall {
  const existing = known.get(connection);
  if (existing !== undefined) return existing;
  const call = makeGkeCall(connection);
  known.set(connection, call);
  return call;
}

function makeGkeCall(connection: GoogleConnection): GkeCall {
  const endpoint = endpointOf(connection, 'container');
  const client = lazily(
    () =>
      new ClusterManagerClient(
        {
          ...clientOptions(connection, 'container'),
          // The credentials must be of the copy of grpc-js that gax uses. Without TLS no token travels: gRPC refuses to send one.
          ...(endpoint?.tls === false && { sslCreds: grpc.credentials.createInsecure() }),
        },
        gaxInstance,
      ),
  );
  return async (method, request, timeoutMs) => {
    const options = withDeadline(timeoutMs);
    const calls = (await client()) as unknown as JsonCalls;
    const [response] = await calls[method](request, options);
    return response;
  };
}

/** The client's methods as they are with our gax: the generated types describe the messages, not their JSON. */
type JsonCalls = Readonly<
  Record<GkeMethod, (request: JsonObject, options: CallOptions) => Promise<readonly [JsonObject, ...unknown[]]>>
>;

export function locationPath({ project, region }: Place): string {
  return `projects/${project}/locations/${region}`;
}
