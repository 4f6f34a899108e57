/** A role whose replicas are groups of pods, one on each node, that serve one model together. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { LeaderWorkerSet } from '../../kubernetes/leader-worker-set.ts';
import { roleSelector, stackLabels } from '../labels.ts';
import { groupAnnotations } from '../safety/topology.ts';
import { groupSpec } from './group.ts';

export function leaderWorkerSet(stack: Stack, role: StackRole): LeaderWorkerSet {
  return {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: {
      name: role.name,
      namespace: stack.namespace,
      labels: { ...stackLabels(stack), ...roleSelector(stack, role) },
      ...groupAnnotations(stack),
    },
    spec: groupSpec(stack, role, { isScaled: stack.spec.autoscaling !== undefined }),
  };
}
