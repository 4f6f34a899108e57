/** Calls of the GKE API over gRPC, in proto3 JSON both ways (see gax.ts). */
import { ClusterManagerClient } from '@google-cloud/container/build/src/v1/cluster_manager_client.js';
import type { CallOptions } from 'google-gax';
import type { JsonObject } from '../domain/json.ts';
import { lazily, withDeadline } from './calls.ts';
import { type GoogleConnection, perConnection } from './connection.ts';
import { gaxInstance, grpcClientOptions } from './gax.ts';

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

/** The calls over one connection; the same for all adapters, so that they share one client and its channel. */
export const gkeCallOf = perConnection(makeGkeCall);

function makeGkeCall(connection: GoogleConnection): GkeCall {
  const client = lazily(() => new ClusterManagerClient(grpcClientOptions(connection, 'container'), gaxInstance));
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
