/** What the nodes of a pool offer, and whose machines they are. Pure. */
import { at, objectAt, textAt } from '#shared/domain/compare.ts';
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { allocatableOf, hasCondition } from '#shared/domain/kubernetes-facts.ts';
import type { PodElsewhere } from '#shared/domain/node-pool/types.ts';
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
    isCordoned: isCordoned(node),
    ...(mark !== undefined && { cordonedFor: mark }),
    pods: onNodes.get(name) ?? [],
    group,
    ...(group === undefined && { keptBecause: 'is a machine of none of the pool’s instance groups' }),
  };
}

/**
 * Pods of another pool's node that are counted on. First row that matches wins; the names decide which of two pools goes on that have
 * each chosen a node with the replica that the other one counted on.
 *   | the node                                     | its pods                                        |
 *   | is not cordoned                              | count                                           |
 *   | is, for a pool whose name comes after ours   | count for what we have chosen already: `yields` |
 *   | is, for another pool or by a person          | do not count: they may be drained               |
 */
export function countedPods(node: JsonObject, { onNodes }: PodsByPlace, target: string): readonly PodElsewhere[] {
  const pods = onNodes.get(textAt(node, 'metadata.name') ?? '') ?? [];
  if (!isCordoned(node)) return pods;
  return (cordonedFor(node) ?? '') > target ? pods.map((pod) => ({ ...pod, yields: true })) : [];
}

/** By whomever: its pods may be asked to leave at any moment. */
export function isCordoned(node: JsonObject | undefined): boolean {
  return at(node, 'spec.unschedulable') === true;
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
