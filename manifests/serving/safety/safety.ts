/** What keeps a stack serving while nodes, pods and neighbours come and go; after the pods, which it is about. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { disruptionBudgets } from './disruption.ts';
import { networkPolicies } from './network-policies.ts';

export function safety(stack: Stack): readonly Applied[] {
  return [...disruptionBudgets(stack), ...networkPolicies(stack)];
}
