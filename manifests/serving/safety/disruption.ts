/** How many replicas of a role may be moved away at a time when nodes are drained. */
import type { V1PodDisruptionBudget } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { roleSelector, stackLabels } from '../labels.ts';

export function disruptionBudgets(stack: Stack): readonly Applied<V1PodDisruptionBudget>[] {
  return safetyOf(stack).disruptionBudgets ? stack.roles.map((role) => budget(stack, role)) : [];
}

/**
 * Of all pods of the role, workers too: a group is as dead without a worker as without its leader, so a budget of leaders alone would
 * let a drain take a worker of every group at once. Once a pod of a group is gone the others are not ready, and pods that are not ready
 * may always go: the rest of the group follows, the next group waits.
 */
function budget(stack: Stack, role: StackRole): Applied<V1PodDisruptionBudget> {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: role.name,
      namespace: stack.namespace,
      labels: { ...stackLabels(stack), ...roleSelector(stack, role) },
    },
    spec: {
      maxUnavailable: 1,
      // By default a pod that does not become ready blocks the drain of its node for as long as the budget is used up.
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: roleSelector(stack, role) },
    },
  };
}
