/** The labels of a stack and of its pods. Every selector derives from here: what is spelt once cannot be spelt two ways. */
import type { Stack, StackRole } from '../../shared/domain/serving/resolved-stack.ts';

export type Labels = { readonly [key: string]: string };

/** llm-d/llm-d guides/recipes/modelserver/base; llm-d/llm-d-router docs/disaggregation.md. */
export const labelKeys = {
  /** On what answers requests over HTTP: workers of a group have it not. */
  serving: 'llm-d.ai/inference-serving',
  stack: 'llm-d.ai/guide',
  model: 'llm-d.ai/model',
  role: 'llm-d.ai/role',
  engine: 'llm-d.ai/engine-type',
  acceleratorVariant: 'llm-d.ai/accelerator-variant',
  acceleratorVendor: 'llm-d.ai/accelerator-vendor',
} as const;

/** What an aggregated server is called by llm-d: `both` is its deprecated name (llm-d/llm-d-router docs/disaggregation.md). */
export const roleLabels = { aggregated: 'prefill-decode', prefill: 'prefill', decode: 'decode' } as const;

/** The stack's name, on its pods too; monitors copy it to their series. */
export const INSTANCE_LABEL = 'app.kubernetes.io/instance';

/** On pods that are no model servers, and on tests: which one it is. */
export const COMPONENT_LABEL = 'app.kubernetes.io/component';

/** On what belongs to no single stack too. */
export const managedByUs = { 'app.kubernetes.io/managed-by': 'inference-fleet' } as const;

/** Of every object of the stack (Kubernetes documentation, "Recommended Labels"), after the owner's own. */
export function stackLabels({ name, labels }: Stack): Labels {
  return {
    ...labels,
    'app.kubernetes.io/name': 'inference-stack',
    [INSTANCE_LABEL]: name,
    ...managedByUs,
  };
}

/** `serves`: whether the pod answers requests; a worker of a tensor-parallel group does not. */
export function podLabels(stack: Stack, role: StackRole, { serves }: { readonly serves: boolean }): Labels {
  return {
    ...stackLabels(stack),
    ...roleSelector(stack, role),
    ...(serves && { [labelKeys.serving]: 'true' }),
    [labelKeys.model]: modelSlug(stack.model.id),
    [labelKeys.engine]: 'vllm',
    [labelKeys.acceleratorVariant]: 'gpu',
    [labelKeys.acceleratorVendor]: 'nvidia',
  };
}

/** All pods of the role, workers too. */
export function roleSelector(stack: Stack, { role }: StackRole): Labels {
  return { ...stackSelector(stack), [labelKeys.role]: roleLabels[role] };
}

/** All model server pods of the stack, workers too. */
export function stackSelector({ name }: Stack): Labels {
  return { [labelKeys.stack]: name };
}

/** Those that answer requests: what an InferencePool may choose from. */
export function servingSelector(stack: Stack): Labels {
  return { ...stackSelector(stack), [labelKeys.serving]: 'true' };
}

/** Pods beside the model servers. */
export type Component = 'endpoint-picker' | 'model-router' | 'image-puller' | 'load-test';

export function componentSelector({ name }: Stack, component: Component): Labels {
  return { [INSTANCE_LABEL]: name, [COMPONENT_LABEL]: component };
}

/** Of a component's pods, and of every object that it comes with. */
export function componentLabels(stack: Stack, component: Component): Labels {
  return { ...stackLabels(stack), ...componentSelector(stack, component) };
}

/** A label value is at most 63 letters, digits, `-`, `_` and `.`, so never the raw name, which has a slash (Kubernetes documentation, "Labels and Selectors"). */
function modelSlug(id: string): string {
  const last = id.split('/').at(-1) ?? id;
  const slug = last.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return slug.slice(0, 63).replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}
