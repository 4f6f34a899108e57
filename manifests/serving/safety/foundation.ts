/** What has to be there before anything else of a stack. */
import type { V1Namespace, V1PriorityClass } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Priority } from '../../../shared/domain/serving/safety.ts';
import { safetyOf } from '../../../shared/domain/serving/safety-defaults.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import { serviceAccount } from './identity.ts';

/** A priority without a value names a class that is there already. */
export function foundation(stack: Stack): readonly Applied[] {
  const { createNamespace, priority } = safetyOf(stack);
  return [
    ...(createNamespace ? [namespace(stack)] : []),
    ...(priority?.value === undefined ? [] : [priorityClass(stack, { ...priority, value: priority.value })]),
    serviceAccount(stack),
  ];
}

function namespace(stack: Stack): Applied<V1Namespace> {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: stack.namespace, labels: stackLabels(stack) } };
}

/** Cluster-wide, and its value can never be changed (kubernetes/kubernetes pkg/apis/scheduling/validation, ValidatePriorityClassUpdate). */
function priorityClass(stack: Stack, { className, value }: Required<Priority>): Applied<V1PriorityClass> {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: className, labels: stackLabels(stack) },
    value,
    description: `Pods of the inference stack ${stack.namespace}/${stack.name}`,
  };
}
