/** What a stack's `autoscaling` means where it says nothing, with its sources. */
import type { RoleName } from '../model-service.ts';
import type { Autoscaling, ScalingTargets } from './autoscaling.ts';
import type { LatencyObjectives } from './monitoring.ts';
import type { Stack } from './resolved-stack.ts';

export const autoscalingDefaults = {
  signal: 'queue',
  minReplicas: 1,
  targets: {
    /** Both: llm-d/llm-d guides/workload-autoscaling/keda-epp/optimized-baseline. */
    heldRequests: 1,
    runningRequests: 16,
    /** GoogleCloudPlatform/kubernetes-engine-samples ai-ml/llm-multihost-gpus/vllm-hpa.yaml; also where the picker's detector calls a server saturated. */
    queuedRequests: 5,
    /** Both: llm-d/llm-d guides/workload-autoscaling/keda-epp-token-aware/README.md. */
    kvCacheUsedRatio: 0.8,
    prefillBacklogSeconds: 1.5,
  },
  /** Of llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md, which is measured with them. */
  objectives: { ttftSeconds: 3, itlSeconds: 0.1 },
} as const satisfies {
  readonly signal: NonNullable<Autoscaling['signal']>;
  readonly minReplicas: number;
  readonly targets: Required<ScalingTargets>;
  readonly objectives: Required<LatencyObjectives>;
};

export interface ResolvedAutoscaling {
  readonly kind: Autoscaling['kind'];
  readonly cluster?: string;
  readonly signal: NonNullable<Autoscaling['signal']>;
  readonly targets: Required<ScalingTargets>;
  readonly objectives: Required<LatencyObjectives>;
}

/** Undefined: nothing in the cluster scales the stack. */
export function resolveAutoscaling({ spec }: Stack): ResolvedAutoscaling | undefined {
  if (spec.autoscaling === undefined) return undefined;
  const { kind, cluster, signal, targets } = spec.autoscaling;
  return {
    kind,
    ...(cluster !== undefined && { cluster }),
    signal: signal ?? autoscalingDefaults.signal,
    targets: { ...autoscalingDefaults.targets, ...targets },
    objectives: { ...autoscalingDefaults.objectives, ...spec.monitoring?.objectives },
  };
}

/** Bounds of a role: its own, else those of all. Undefined: nobody scales it. */
export function replicaBounds(
  { spec }: Stack,
  role: RoleName,
): { readonly min: number; readonly max: number } | undefined {
  const { autoscaling } = spec;
  if (autoscaling === undefined) return undefined;
  const own = role === 'aggregated' ? {} : (autoscaling[role] ?? {});
  return {
    min: own.minReplicas ?? autoscaling.minReplicas ?? autoscalingDefaults.minReplicas,
    max: own.maxReplicas ?? autoscaling.maxReplicas,
  };
}
