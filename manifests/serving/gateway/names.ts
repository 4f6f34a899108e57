/** What the objects around a stack's Gateway are called. The Gateway, the route, the pool and its policies have the stack's own name. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { clusterWideName } from '../cluster-wide-name.ts';

export function pickerName({ name }: Stack): string {
  return `${name}-epp`;
}

/** Of the whole cluster, so the namespace is a part of it. */
export function pickerClusterName(stack: Stack): string {
  return clusterWideName(stack, pickerName(stack));
}

export function modelRouterName({ name }: Stack): string {
  return `${name}-model-router`;
}

/** What requests write in their header; of a namespace's, so that no other stack has it. */
export function objectiveName({ name }: Stack, objective: string): string {
  return `${name}-${objective}`;
}

export function modelMappingName({ name }: Stack): string {
  return `${name}-model-mapping`;
}
