/** What runs the pods of a stack. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { deployment } from './deployment.ts';
import { disaggregatedSet } from './disaggregated-set.ts';
import { leaderWorkerSet } from './leader-worker-set.ts';
import { services } from './service.ts';
import { sidecarAccess } from './sidecar-access.ts';

export function workloads(stack: Stack): readonly Applied[] {
  const runs = stack.isDisaggregatedSet ? [disaggregatedSet(stack)] : stack.roles.map((role) => workload(stack, role));
  return [...sidecarAccess(stack), ...runs, ...services(stack)];
}

function workload(stack: Stack, role: StackRole): Applied {
  return role.workload === 'Deployment' ? deployment(stack, role) : leaderWorkerSet(stack, role);
}
