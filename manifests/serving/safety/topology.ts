/** Pods that talk to each other stand near each other. */
import type { V1WeightedPodAffinityTerm } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import { EXCLUSIVE_TOPOLOGY, groupLabels } from '../../kubernetes/leader-worker-set.ts';
import type { AppliedMeta, Wire } from '../../kubernetes/wire.ts';
import { roleSelector, stackSelector } from '../labels.ts';
import type { Contributor } from '../pod/contribution.ts';

/** On nodes of dense reservations only (llm-d/llm-d docs/infrastructure/providers/gke/README.md). */
const topologyKeys = {
  block: 'cloud.google.com/gce-topology-block',
  subblock: 'cloud.google.com/gce-topology-subblock',
} as const;

/** A wish, no condition: where nodes do not say where they are, it is no reason to wait. Weights: llm-d/llm-d guides/wide-ep-lws …/gke. */
export const topology: Contributor = (stack, role) => {
  if (safetyOf(stack).topology !== 'prefer') return {};
  const preferredDuringSchedulingIgnoredDuringExecution = [
    near(stack, role, { topologyKey: topologyKeys.block, weight: 2 }),
    near(stack, role, { topologyKey: topologyKeys.subblock, weight: 1 }),
  ];
  return { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution } } };
};

interface Wish {
  readonly topologyKey: string;
  readonly weight: number;
}

/** Pods of a group talk at every step, so they come near their own group; single pods of a request's two sides near the whole stack. */
function near(stack: Stack, role: StackRole, { topologyKey, weight }: Wish): Wire<V1WeightedPodAffinityTerm> {
  const whom =
    role.nodes > 1
      ? { labelSelector: { matchLabels: roleSelector(stack, role) }, matchLabelKeys: [groupLabels.groupKey] }
      : { labelSelector: { matchLabels: stackSelector(stack) } };
  return { weight, podAffinityTerm: { topologyKey, ...whom } };
}

/**
 * Annotations of a LeaderWorkerSet whose groups each have a block or sub-block of their own: a condition, so groups wait where there is
 * none left. It is on the object, not on its pods, and reaches pods that start after it.
 */
export function groupAnnotations(stack: Stack): Pick<AppliedMeta, 'annotations'> {
  const wish = safetyOf(stack).topology;
  if (wish !== 'exclusive-block' && wish !== 'exclusive-subblock') return {};
  const topologyKey = wish === 'exclusive-block' ? topologyKeys.block : topologyKeys.subblock;
  return { annotations: { [EXCLUSIVE_TOPOLOGY]: topologyKey } };
}
