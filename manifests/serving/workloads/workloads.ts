/** What runs the pods of a stack. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { deployment } from './deployment.ts';

export function workloads(stack: Stack): readonly Applied[] {
  return stack.roles.flatMap((role) => (role.workload === 'Deployment' ? [deployment(stack, role)] : []));
}
