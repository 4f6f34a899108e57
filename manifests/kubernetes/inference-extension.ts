/**
 * InferencePool v1 (kubernetes-sigs/gateway-api-inference-extension config/crd/bases) and llm-d's objects around it (llm-d/llm-d-router
 * config/crd/bases): the fields that we write.
 */
import type { AppliedMeta } from './wire.ts';

export const POOL_GROUP = 'inference.networking.k8s.io';
export const LLM_D_GROUP = 'llm-d.ai';

export interface InferencePool {
  readonly apiVersion: `${typeof POOL_GROUP}/v1`;
  readonly kind: 'InferencePool';
  readonly metadata: AppliedMeta;
  readonly spec: {
    /** 1 to 64 labels; no expressions. */
    readonly selector: { readonly matchLabels: { readonly [key: string]: string } };
    /** 1 to 8, all different; each is an endpoint of its own. */
    readonly targetPorts: readonly { readonly number: number }[];
    readonly appProtocol?: 'http' | 'kubernetes.io/h2c';
    readonly endpointPickerRef: {
      readonly name: string;
      readonly port: { readonly number: number };
      readonly failureMode: FailureMode;
    };
  };
}

/** Without a picker: any pod, or an error. */
export type FailureMode = 'FailOpen' | 'FailClose';

interface PoolRef {
  readonly group: typeof POOL_GROUP;
  readonly kind: 'InferencePool';
  readonly name: string;
}

export interface InferenceObjective {
  readonly apiVersion: `${typeof LLM_D_GROUP}/v1alpha2`;
  readonly kind: 'InferenceObjective';
  readonly metadata: AppliedMeta;
  readonly spec: { readonly priority: number; readonly poolRef: PoolRef };
}

export interface InferenceModelRewrite {
  readonly apiVersion: `${typeof LLM_D_GROUP}/v1alpha2`;
  readonly kind: 'InferenceModelRewrite';
  readonly metadata: AppliedMeta;
  readonly spec: { readonly poolRef: PoolRef; readonly rules: readonly ModelRewriteRule[] };
}

export interface ModelRewriteRule {
  /** Absent: every model. */
  readonly matches?: readonly { readonly model: { readonly type: 'Exact'; readonly value: string } }[];
  /** All with weights (1..1,000,000) or none. */
  readonly targets: readonly { readonly modelRewrite: string; readonly weight?: number }[];
}
