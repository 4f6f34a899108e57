import { replicaBounds, type ResolvedAutoscaling } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { KEDA_API_VERSION, type ScaledObject, type TriggerAuthentication } from '../../kubernetes/keda.ts';
import { stackLabels } from '../labels.ts';
import { scaleTarget } from '../workloads/scale-target.ts';
import { behaviorOf } from './behavior.ts';
import { authenticationName, signalsOf } from './triggers.ts';

/** Seconds; llm-d/llm-d guides/workload-autoscaling/keda-epp. */
const POLLING_SECONDS = 15;
/** Before the last replica goes, where none is allowed. */
const COOLDOWN_SECONDS = 300;
/** Looks in a row that fail before the fallback counts, three quarters of a minute. */
const FAILURES = 3;

/** KEDA makes the HPA of a role from it; another one on the same role would pull against it. */
export function scaledObject(stack: Stack, role: StackRole, scaling: ResolvedAutoscaling): ScaledObject {
  const { min, max } = replicaBounds(stack, role.role) ?? { min: role.replicas, max: role.replicas };
  const { triggers, scalingModifiers } = signalsOf(stack, role, scaling);
  return {
    apiVersion: KEDA_API_VERSION,
    kind: 'ScaledObject',
    metadata: { name: role.name, namespace: stack.namespace, labels: stackLabels(stack) },
    spec: {
      scaleTargetRef: scaleTarget(stack, role),
      pollingInterval: POLLING_SECONDS,
      cooldownPeriod: COOLDOWN_SECONDS,
      minReplicaCount: min,
      maxReplicaCount: max,
      fallback: fallbackOf(role, min),
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: behaviorOf(scaling) },
        ...(scalingModifiers !== undefined && { scalingModifiers }),
      },
      triggers,
    },
  };
}

/** What cannot be measured is left as it is, and not below what the document begins with: a fixed number would shed load when monitoring breaks. */
function fallbackOf({ replicas }: StackRole, min: number): ScaledObject['spec']['fallback'] {
  return { failureThreshold: FAILURES, replicas: Math.max(min, replicas), behavior: 'currentReplicasIfHigher' };
}

/** As KEDA's own account, by Workload Identity; it needs `roles/monitoring.viewer` of the project (KEDA documentation, "Prometheus"). */
export function triggerAuthentication(stack: Stack): TriggerAuthentication {
  return {
    apiVersion: KEDA_API_VERSION,
    kind: 'TriggerAuthentication',
    metadata: { name: authenticationName(stack), namespace: stack.namespace, labels: stackLabels(stack) },
    spec: { podIdentity: { provider: 'gcp' } },
  };
}
