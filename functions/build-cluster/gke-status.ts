/** What a GKE cluster and its pools say of themselves. The resource decides, its operation only explains (D4). Pure. */
import { at, differences, listAt, pick, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { isOurs } from '#shared/domain/ownership.ts';
import type { StepStatus } from '#shared/domain/step.ts';
import { differs, failed, flatten, foreign } from './world-failures.ts';
import type { BuildStep, Observed, WorldStatus } from './steps.ts';

/** Fixed at creation; a cluster that has them otherwise cannot carry RDMA pools. */
const clusterPaths = ['network', 'subnetwork', 'networkConfig.datapathProvider', 'networkConfig.enableMultiNetworking'];

/** `additionalNodeNetworkConfigs` cannot be changed: a wrong NIC list means another pool. */
const poolPaths = ['config.machineType', 'networkConfig.additionalNodeNetworkConfigs', 'locations'];

/** Absent, somebody else's, different in what cannot be changed, or what GKE says of it; in this order. */
export function clusterStatus(step: Extract<BuildStep, { kind: 'cluster' }>, observed: Observed): WorldStatus {
  const { cluster } = observed;
  if (cluster === undefined) return { state: 'absent' };
  if (!isOurs(cluster, observed.target)) return failed(foreign(step.title));
  const different = differences(pick(step.body, clusterPaths), flatten(cluster, clusterPaths));
  if (different.length > 0) return failed(differs(step.title, different));
  return lifecycle(cluster, step.title, observed, 'cluster');
}

/** The same for one GPU pool; its size is no difference, because that is its owner's business (D13). */
export function poolStatus(step: Extract<BuildStep, { kind: 'pool' }>, observed: Observed): WorldStatus {
  const pool = findPool(observed.cluster, step.name);
  if (pool === undefined) return { state: 'absent' };
  if (!isOurs(pool, observed.target)) return failed(foreign(step.title));
  const different = differences(pick(step.body, poolPaths), flatten(pool, poolPaths));
  if (different.length > 0) return failed(differs(step.title, different));
  return lifecycle(pool, step.title, observed, `pool/${step.name}`);
}

/** A pool by name, as the cluster lists it. */
export function findPool(cluster: JsonObject | undefined, name: string): JsonObject | undefined {
  return listAt(cluster, 'nodePools').find((pool): pool is JsonObject => at(pool, 'name') === name);
}

const STANDING = new Set(['RUNNING', 'RUNNING_WITH_ERROR', 'DEGRADED', 'RECONCILING']);

/**
 *   | status                         | means                                                        |
 *   | RUNNING                        | done                                                         |
 *   | RUNNING_WITH_ERROR, DEGRADED   | done: usable; the readiness step says what is missing        |
 *   | RECONCILING                    | done: it stands, and somebody's operation changes it         |
 *   | PROVISIONING, unspecified      | running                                                      |
 *   | STOPPING                       | running: it is being deleted by somebody                     |
 *   | ERROR                          | failed; looked at again, because pools heal (NVIDIA/aicr #2065) |
 */
function lifecycle(resource: JsonObject, title: string, observed: Observed, subject: string): StepStatus {
  const status = textAt(resource, 'status') ?? 'STATUS_UNSPECIFIED';
  if (STANDING.has(status)) return { state: 'done' };
  if (status === 'ERROR') {
    return failed({ kind: 'capacity', message: `${title} is in ERROR: ${conditionText(resource)}` });
  }
  const operation = observed.clusterOperations.find((candidate) => candidate.subject === subject);
  const reason = `GKE reports ${status}`;
  return operation === undefined
    ? { state: 'running', reason }
    : { state: 'running', reason: `${reason}, ${operation.type}`, operation: operation.name };
}

function conditionText(resource: JsonObject): string {
  const conditions = listAt(resource, 'conditions').map((condition) => {
    const code = textAt(condition, 'code') ?? textAt(condition, 'canonicalCode') ?? 'no code';
    return `${code}: ${textAt(condition, 'message') ?? 'no message'}`;
  });
  return conditions.length > 0 ? conditions.join('; ') : (textAt(resource, 'statusMessage') ?? 'GKE gives no reason');
}
