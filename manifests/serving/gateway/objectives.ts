/** Priorities that requests name, and names of models that change on the way. The endpoint picker reads both. */
import type { ModelRewrite, Objective } from '../../../shared/domain/serving/gateway.ts';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import {
  type InferenceModelRewrite,
  type InferenceObjective,
  LLM_D_GROUP,
  type ModelRewriteRule,
  POOL_GROUP,
} from '../../kubernetes/inference-extension.ts';
import { stackLabels } from '../labels.ts';
import { objectiveName } from './names.ts';

const VERSION = `${LLM_D_GROUP}/v1alpha2` as const;

export function objectives(
  stack: Stack,
  { objectives: written, rewrites }: StackGateway,
): readonly (InferenceObjective | InferenceModelRewrite)[] {
  return [
    ...written.map((objective) => inferenceObjective(stack, objective)),
    ...(rewrites.length === 0 ? [] : [inferenceModelRewrite(stack, rewrites)]),
  ];
}

/** Its name is what requests write in their header. */
function inferenceObjective(stack: Stack, { name, priority }: Objective): InferenceObjective {
  return {
    apiVersion: VERSION,
    kind: 'InferenceObjective',
    metadata: { name: objectiveName(stack, name), namespace: stack.namespace, labels: stackLabels(stack) },
    spec: { priority, poolRef: poolOf(stack) },
  };
}

/** All rewrites of a stack are one object, so that their order is that of the document. */
function inferenceModelRewrite(stack: Stack, rewrites: readonly ModelRewrite[]): InferenceModelRewrite {
  return {
    apiVersion: VERSION,
    kind: 'InferenceModelRewrite',
    metadata: { name: stack.name, namespace: stack.namespace, labels: stackLabels(stack) },
    spec: { poolRef: poolOf(stack), rules: rewrites.map(ruleOf) },
  };
}

/** Without a model it matches every request. */
function ruleOf({ model, targets }: ModelRewrite): ModelRewriteRule {
  return {
    ...(model !== undefined && { matches: [{ model: { type: 'Exact', value: model } }] }),
    targets: targets.map(({ model: modelRewrite, weight }) => ({
      modelRewrite,
      ...(weight !== undefined && { weight }),
    })),
  };
}

/** The pool has the name of the stack. */
function poolOf({ name }: Stack) {
  return { group: POOL_GROUP, kind: 'InferencePool', name } as const;
}
