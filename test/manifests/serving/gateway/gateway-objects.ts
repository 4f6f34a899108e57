/** The objects of a stack's gateway, by kind and name. */
import type { V1Deployment } from '@kubernetes/client-node';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { gateway } from '#manifests/serving/gateway/gateway.ts';
import type { GatewaySpec } from '#shared/domain/serving/gateway.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

export function objectsOf(written: GatewaySpec | undefined, spec: Partial<ServingStackSpec> = {}): readonly Applied[] {
  return gateway(makeStack({ ...(written !== undefined && { gateway: written }), ...spec }));
}

export const nameOf = ({ kind, metadata }: Applied) => `${kind}/${metadata.name}`;

export function one<T = { readonly spec: unknown }>(objects: readonly Applied[], name: string): T {
  const found = objects.find((object) => nameOf(object) === name);
  if (found === undefined) throw new Error(`there is no ${name} among ${objects.map(nameOf).join(', ')}`);
  return found as unknown as T;
}

export const pickerOf = (objects: readonly Applied[]) =>
  one<Applied<V1Deployment>>(objects, 'Deployment/demo-epp').spec!;
