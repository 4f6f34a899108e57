/** What the nodes of a pool offer, and whose machines they are. Pure. */
import { at, objectAt, textAt } from '#shared/domain/compare.ts';
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { allocatableOf, hasCondition } from '#shared/domain/kubernetes-facts.ts';
import type { InstanceGroup } from '#shared/ports/node-pool-sizes.ts';
import type { PodsByPlace } from './read-pods.ts';
import { CORDONED_FOR, type ObservedNode } from './steps.ts';

export function readNode(node: JsonObject, groups: readonly InstanceGroup[], { onNodes }: PodsByPlace): ObservedNode {
  const name = textAt(node, 'metadata.name') ?? '';
  const group = groups.find((one) => isMachineOf(one, { name, providerId: textAt(node, 'spec.providerID') ?? '' }));
  const mark = cordonedFor(node);
  return {
    name,
    isReady: hasCondition(node, 'Ready'),
    gpus: allocatableOf(node, GPU_RESOURCE),
    isCordoned: at(node, 'spec.unschedulable') === true,
    ...(mark !== undefined && { cordonedFor: mark }),
    pods: onNodes.get(name) ?? [],
    group,
    ...(group === undefined && { keptBecause: 'is a machine of none of the pool’s instance groups' }),
  };
}

/** Target of the pool for which we have cordoned it; undefined: not by us. */
export function cordonedFor(node: JsonObject | undefined): string | undefined {
  const mark = objectAt(node, 'metadata.annotations')[CORDONED_FOR];
  return typeof mark === 'string' ? mark : undefined;
}

/** `gce://<project>/<zone>/<machine>`; machines of a group `G-grp` are named `G-<suffix>` (as GKE names them). */
function isMachineOf(group: InstanceGroup, node: { readonly name: string; readonly providerId: string }): boolean {
  const zone = node.providerId.split('/').at(-2);
  return zone === group.zone && node.name.startsWith(`${group.name.replace(/-grp$/, '')}-`);
}
