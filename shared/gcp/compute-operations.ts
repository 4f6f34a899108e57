/** State of Compute Engine's global and regional operations. */
import { GlobalOperationsClient } from '@google-cloud/compute/build/src/v1/global_operations_client.js';
import { RegionOperationsClient } from '@google-cloud/compute/build/src/v1/region_operations_client.js';
import { listAt, numberAt, textAt } from '../domain/compare.ts';
import type { JsonObject } from '../domain/json.ts';
import { type OperationReading, readingOrWhyNot } from '../domain/operation.ts';
import { attempt, clientOptions, lazily, readTimeoutMs, withDeadline } from './calls.ts';
import { toRestJson } from './compute-json.ts';
import type { GoogleConnection } from './connection.ts';
import { gaxInstance } from './gax.ts';
import { type GoogleErrorFacts, readComputeOperationError } from './google-error-facts.ts';
import { toOperationError } from './google-errors.ts';

export interface ComputeOperations {
  /** `scope` is `global` or a region. What cannot be read is a reading, too: `gone` or `unreadable`. */
  read(scope: string, project: string, operation: string): Promise<OperationReading>;
}

export function makeComputeOperations(connection: GoogleConnection): ComputeOperations {
  const options = clientOptions(connection, 'compute');
  const global = lazily(() => new GlobalOperationsClient(options, gaxInstance));
  const regional = lazily(() => new RegionOperationsClient(options, gaxInstance));
  const get = async (scope: string, project: string, operation: string): Promise<object> => {
    const call = withDeadline(readTimeoutMs);
    if (scope === 'global') return (await (await global()).get({ project, operation }, call))[0];
    return (await (await regional()).get({ project, region: scope, operation }, call))[0];
  };
  return {
    read: (scope, project, operation) => readOperationWith(operation, () => get(scope, project, operation)),
  };
}

/** Reads an operation of whatever scope by the call that is given. */
export function readOperationWith(operation: string, get: () => Promise<object>): Promise<OperationReading> {
  return readingOrWhyNot(async () => toReading(toRestJson(await attempt(`reading operation ${operation}`, get))));
}

/** Exported for its table test. The operation's JSON is that of the REST reference, "REST Resource: globalOperations". */
export function toReading(operation: JsonObject): OperationReading {
  const errors = errorsOf(operation);
  if (operation['status'] === 'DONE' && errors.length === 0) return { state: 'succeeded' };
  if (operation['status'] === 'DONE') {
    return { state: 'failed', error: toOperationError(describe(operation), errors, operation) };
  }
  const progressPercent = numberAt(operation, 'progress');
  return { state: 'running', ...(progressPercent !== undefined && { progress: `${progressPercent} %` }) };
}

function errorsOf(operation: JsonObject): readonly GoogleErrorFacts[] {
  const entries = listAt(operation, 'error.errors').map((entry) => {
    const code = textAt(entry, 'code');
    const message = textAt(entry, 'message');
    return readComputeOperationError({
      ...(code !== undefined && { code }),
      ...(message !== undefined && { message }),
    });
  });
  const httpStatus = numberAt(operation, 'httpErrorStatusCode');
  if (entries.length > 0 || httpStatus === undefined || httpStatus < 400) return entries;
  return [{ reasons: [], httpStatus, text: textAt(operation, 'httpErrorMessage') ?? `HTTP ${httpStatus}` }];
}

/** `insert of networks/demo-rdma`, from `operationType` and the end of `targetLink`. */
function describe(operation: JsonObject): string {
  const target = textAt(operation, 'targetLink')?.split('/').slice(-2).join('/');
  return `${textAt(operation, 'operationType') ?? 'operation'} of ${target ?? 'an unnamed resource'}`;
}
