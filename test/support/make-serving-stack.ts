/** Stacks to test builders and rules with: what a test is about, and nothing else. */
import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import type { Wire } from '#manifests/kubernetes/wire.ts';
import type { Position } from '#manifests/serving/pod/contribution.ts';
import { podTemplate } from '#manifests/serving/pod/pod.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { stackOf } from '#shared/documents/serving-stack/parse.ts';
import type { RoleName } from '#shared/domain/model-service.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';

/** A model on one GPU of A3 Ultra where nothing else is said; not checked against any rule. */
export function makeStack(spec: Partial<ServingStackSpec> = {}): Stack {
  return stackOf(
    {
      apiVersion: 'inference-fleet/v1',
      kind: 'ServingStack',
      metadata: { name: 'demo' },
      spec: {
        namespace: 'serving',
        model: { id: 'org/model' },
        hardware: { machineType: 'a3-ultragpu-8g' },
        roles: { aggregated: { gpus: 1 } },
        ...spec,
      },
    },
    servingCatalogue,
  );
}

/** The pod that the role's only or leading pods are made from. */
export function podOf(
  stack: Stack,
  name: RoleName,
  position?: Position,
): Wire<V1PodTemplateSpec> & { readonly spec: Wire<V1PodSpec> } {
  const role = stack.roles.find(({ role }) => role === name)!;
  const template = podTemplate(stack, role, position ?? (role.nodes > 1 ? 'leader' : 'single'));
  return { ...template, spec: template.spec! };
}

export function serverOf(stack: Stack, name: RoleName = 'aggregated', position?: Position): Wire<V1Container> {
  return podOf(stack, name, position).spec.containers[0]!;
}

/** Values of its variables by name, those that are written as such. */
export function envOf(server: Wire<V1Container>): Record<string, string | undefined> {
  return Object.fromEntries((server.env ?? []).map(({ name, value }) => [name, value]));
}

/** The value of a flag, `''` for a switch, undefined where it is not; of arguments and of a script alike. */
export function flagOf(server: Wire<V1Container>, flag: string): string | undefined {
  const words = (server.args ?? []).flatMap((argument) => argument.split(' \\\n  '));
  const word = words.find((one) => one === flag || one.startsWith(`${flag}=`));
  return word?.slice(flag.length + 1).replace(/^'(.*)'$/, '$1');
}
