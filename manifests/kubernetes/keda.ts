/** Custom resources of KEDA, as far as we write them (kedacore/keda config/crd/bases). */
import type { V2CrossVersionObjectReference, V2HorizontalPodAutoscalerBehavior } from '@kubernetes/client-node';
import type { Applied, Wire } from './wire.ts';

export const KEDA_API_VERSION = 'keda.sh/v1alpha1';

export type ScaledObject = Applied<{ spec: ScaledObjectSpec }> & { readonly kind: 'ScaledObject' };

export interface ScaledObjectSpec {
  readonly scaleTargetRef: Wire<V2CrossVersionObjectReference>;
  /** Seconds; between zero and one replica only, from one on the HPA asks. */
  readonly pollingInterval: number;
  /** Seconds; before the step to zero only. */
  readonly cooldownPeriod: number;
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly fallback: Fallback;
  readonly advanced: {
    readonly horizontalPodAutoscalerConfig: { readonly behavior: Wire<V2HorizontalPodAutoscalerBehavior> };
    readonly scalingModifiers?: ScalingModifiers;
  };
  readonly triggers: readonly Trigger[];
}

/** What is done while a trigger cannot be read. */
export interface Fallback {
  readonly failureThreshold: number;
  readonly replicas: number;
  readonly behavior: 'static' | 'currentReplicas' | 'currentReplicasIfHigher' | 'currentReplicasIfLower';
}

/** One formula over the triggers by name, in expr-lang; their thresholds are not looked at then. */
export interface ScalingModifiers {
  readonly formula: string;
  readonly target: string;
  readonly activationTarget: string;
  readonly metricType: 'AverageValue' | 'Value';
}

export type Trigger = PrometheusTrigger | WorkloadTrigger;

export interface PrometheusTrigger {
  readonly type: 'prometheus';
  readonly name: string;
  readonly metricType: 'AverageValue';
  readonly metadata: {
    readonly serverAddress: string;
    /** Must give exactly one series. */
    readonly query: string;
    readonly threshold: string;
    readonly activationThreshold: string;
    /** `false`: no series is an error, not a zero. */
    readonly ignoreNullValues: 'false';
  };
  readonly authenticationRef: { readonly name: string };
}

/** Counts pods, whether ready or not. */
export interface WorkloadTrigger {
  readonly type: 'kubernetes-workload';
  readonly name: string;
  readonly metadata: { readonly podSelector: string; readonly value: string };
}

export type TriggerAuthentication = Applied<{ spec: { readonly podIdentity: { readonly provider: 'gcp' } } }> & {
  readonly kind: 'TriggerAuthentication';
};
