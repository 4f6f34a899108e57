/** Calls of Cloud Monitoring over gRPC, in proto3 JSON both ways (see gax.ts). */
import { MetricServiceClient } from '@google-cloud/monitoring/build/src/v3/metric_service_client.js';
import type { CallOptions } from 'google-gax';
import type { JsonObject } from '../domain/json.ts';
import { lazily, withDeadline } from './calls.ts';
import { type GoogleConnection, perConnection } from './connection.ts';
import { gaxInstance, grpcClientOptions } from './gax.ts';

export interface MonitoringCalls {
  /** All pages of one query. */
  listTimeSeries(request: JsonObject, timeoutMs: number): Promise<readonly JsonObject[]>;
  /** At most 200 series a call (Cloud Monitoring API reference, `projects.timeSeries.create`). */
  createTimeSeries(request: JsonObject, timeoutMs: number): Promise<void>;
}

/** The same for all adapters of one connection, so that they share one client and its channel. */
export const monitoringCallsOf = perConnection(makeMonitoringCalls);

function makeMonitoringCalls(connection: GoogleConnection): MonitoringCalls {
  const client = lazily(() => new MetricServiceClient(grpcClientOptions(connection, 'monitoring'), gaxInstance));
  // With our gax the client's messages are JSON; the generated types describe them as classes.
  const ask = async () => (await client()) as unknown as JsonClient;
  return {
    listTimeSeries: async (request, timeoutMs) => {
      // Not repeated: whoever reads signals looks again within seconds, and meanwhile must not wait for an answer that is old then.
      const once = { ...withDeadline(timeoutMs), retry: null };
      return (await (await ask()).listTimeSeries(request, once))[0];
    },
    createTimeSeries: async (request, timeoutMs) => {
      await (await ask()).createTimeSeries(request, withDeadline(timeoutMs));
    },
  };
}

interface JsonClient {
  listTimeSeries(request: JsonObject, options: CallOptions): Promise<readonly [readonly JsonObject[], ...unknown[]]>;
  createTimeSeries(request: JsonObject, options: CallOptions): Promise<unknown>;
}
