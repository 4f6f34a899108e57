/** What GKE's operations say about themselves. Pure. */
import { at, instantMsAt, listAt, numberAt, textAt } from '../domain/compare.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { ClusterOperation, OperationReading } from '../domain/operation.ts';
import { readGkeOperationError } from './google-error-facts.ts';
import { toOperationError } from './google-errors.ts';

/**
 * DONE does not mean success: a failed operation carries `error`, `statusMessage` or both
 * (googleapis/googleapis google/container/v1/cluster_service.proto Operation; `statusMessage` is deprecated but still written).
 */
export function toReading(operation: JsonObject): OperationReading {
  if (operation['status'] !== 'DONE') return { state: 'running', ...progressOf(operation) };
  const texts = [textAt(operation, 'error.message'), textAt(operation, 'statusMessage')].flatMap((text) => text || []);
  const code = numberAt(operation, 'error.code');
  if (texts.length === 0 && code === undefined) return { state: 'succeeded' };
  const facts = readGkeOperationError(code, texts);
  return { state: 'failed', error: toOperationError(describe(operation), [facts], operation) };
}

/** The operation if it is about the cluster or one of its pools and not over. */
export function toRunningOperation(operation: Json, cluster: string): ClusterOperation | undefined {
  if (textAt(operation, 'status') === 'DONE') return undefined;
  // …/projects/123/locations/us-central1/clusters/demo/nodePools/h200: the link names the project by its number.
  const target = /\/clusters\/([^/]+)(?:\/nodePools\/([^/]+))?$/.exec(textAt(operation, 'targetLink') ?? '');
  if (target?.[1] !== cluster) return undefined;
  const startedAtMs = instantMsAt(operation, 'startTime');
  return {
    name: textAt(operation, 'name') ?? '(unnamed)',
    type: textAt(operation, 'operationType') ?? 'TYPE_UNSPECIFIED',
    subject: target[2] === undefined ? 'cluster' : `pool/${target[2]}`,
    ...(startedAtMs !== undefined && { startedAtMs }),
  };
}

/** `nodes done 1, nodes total 2`: the metrics in GKE's own words (OperationProgress.Metric). */
function progressOf(operation: JsonObject): { readonly progress?: string } {
  const metrics = listAt(operation, 'progress.metrics').map((metric) => {
    const value = at(metric, 'intValue') ?? at(metric, 'doubleValue') ?? at(metric, 'stringValue');
    return `${textAt(metric, 'name') ?? 'metric'} ${JSON.stringify(value ?? 0).replaceAll('"', '')}`;
  });
  return metrics.length === 0 ? {} : { progress: metrics.join(', ') };
}

function describe(operation: JsonObject): string {
  const target = textAt(operation, 'targetLink')?.split('/').slice(-2).join('/');
  return `${textAt(operation, 'operationType') ?? 'operation'} of ${target ?? 'an unnamed resource'}`;
}
