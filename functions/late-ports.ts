/**
 * Ports whose adapters are loaded at their first call, for what is not the first thing that a function asks for: the first call of
 * `build-cluster` comes after 25 ms less of CPU. One function per port, because a port made from a list of names would need a cast;
 * so the compiler tells when a port gets a method that is missing here.
 */
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { ZoneFacts } from '#shared/ports/zone-facts.ts';

export function lateClusters(load: () => Promise<Clusters>): Clusters {
  return {
    read: async (...call) => await (await load()).read(...call),
    create: async (...call) => await (await load()).create(...call),
    readOperation: async (...call) => await (await load()).readOperation(...call),
    runningOperations: async (...call) => await (await load()).runningOperations(...call),
  };
}

export function lateNodePools(load: () => Promise<NodePools>): NodePools {
  return {
    read: async (...call) => await (await load()).read(...call),
    create: async (...call) => await (await load()).create(...call),
  };
}

export function lateZoneFacts(load: () => Promise<ZoneFacts>): ZoneFacts {
  return {
    networkProfile: async (...call) => await (await load()).networkProfile(...call),
    offersMachine: async (...call) => await (await load()).offersMachine(...call),
    reservation: async (...call) => await (await load()).reservation(...call),
    versions: async (...call) => await (await load()).versions(...call),
  };
}
