/**
 * Both roles in one object, rolled out together: a pod of one version never meets one of another. Its controller makes a LeaderWorkerSet
 * for each role and revision, and, under external scaling, a DisaggregatedSetRoleScaler for each role. We write none of these: one that
 * is there before its controller made it is never adopted (kubernetes-sigs/lws pkg/controllers/disaggregatedset/scaler_manager.go).
 */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { DisaggregatedRole, DisaggregatedSet } from '../../kubernetes/disaggregated-set.ts';
import { roleSelector, stackLabels, stackSelector } from '../labels.ts';
import { groupSpec } from './group.ts';

export function disaggregatedSet(stack: Stack): DisaggregatedSet {
  return {
    apiVersion: 'disaggregatedset.x-k8s.io/v1',
    kind: 'DisaggregatedSet',
    metadata: {
      name: stack.name,
      namespace: stack.namespace,
      labels: { ...stackLabels(stack), ...stackSelector(stack) },
    },
    spec: { roles: stack.roles.map((role) => roleOf(stack, role)) },
  };
}

function roleOf(stack: Stack, role: StackRole): DisaggregatedRole {
  const isScaled = stack.roleScaling === 'external';
  return {
    name: role.role,
    metadata: { labels: { ...stackLabels(stack), ...roleSelector(stack, role) } },
    ...(isScaled && { scaling: { mode: 'External' } as const }),
    spec: groupSpec(stack, role, { isScaled }),
  };
}
