/** The groups of pods that a LeaderWorkerSet makes, also inside a DisaggregatedSet. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { LeaderWorkerSetSpec, LeaderWorkerTemplate } from '../../kubernetes/leader-worker-set.ts';
import { podTemplate } from '../pod/pod.ts';

/** `isScaled`: somebody else says how many groups there are. */
export function groupSpec(
  stack: Stack,
  role: StackRole,
  { isScaled }: { readonly isScaled: boolean },
): LeaderWorkerSetSpec {
  return {
    ...(!isScaled && { replicas: role.replicas }),
    rolloutStrategy: { type: 'RollingUpdate', rollingUpdateConfiguration: role.rollout },
    leaderWorkerTemplate: groupTemplate(stack, role),
  };
}

function groupTemplate(stack: Stack, role: StackRole): LeaderWorkerTemplate {
  const size = role.nodes;
  // A container of a single pod restarts where it is; recreating the pod would only lose what it has cached.
  if (size === 1) return { size, restartPolicy: 'None', workerTemplate: podTemplate(stack, role, 'single') };
  const leaderTemplate = podTemplate(stack, role, 'leader');
  const workerTemplate = podTemplate(stack, role, 'worker');
  // Ranks of data parallelism are all alike: which one a pod is, it reads from its environment.
  const areAlike = JSON.stringify(leaderTemplate) === JSON.stringify(workerTemplate);
  return {
    size,
    // What lost a member cannot go on; but a leader that waits for a node to be made must not take its group down again and again.
    restartPolicy: 'RecreateGroupAfterStart',
    ...(!areAlike && { leaderTemplate }),
    workerTemplate,
  };
}
