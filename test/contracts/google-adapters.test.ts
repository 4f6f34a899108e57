/** The adapters with the official clients, over the local cloud's wires. */
import { makeComputeNetworks } from '#shared/gcp/compute-networks.ts';
import { makeGkeClusters } from '#shared/gcp/gke-clusters.ts';
import { makeGkeNodePools } from '#shared/gcp/gke-node-pools.ts';
import { makeNodePoolSizes } from '#shared/gcp/node-pool-sizes.ts';
import { makeZoneFacts } from '#shared/gcp/zone-facts.ts';
import { defineCloudNetworksContract } from './cloud-networks.contract.ts';
import { defineClustersContract } from './clusters.contract.ts';
import { addClusterNetwork } from './networks-fixture.ts';
import { defineNodePoolSizesContract } from './node-pool-sizes.contract.ts';
import { poolLevers, wireWorld } from './wired-world.ts';
import { defineZoneFactsContract } from './zone-facts.contract.ts';

defineCloudNetworksContract('Compute Engine adapter over REST', async () => {
  const wired = await wireWorld();
  return { ...wired, networks: makeComputeNetworks(wired) };
});

defineClustersContract('GKE adapters over gRPC', async () => {
  const wired = await wireWorld();
  await addClusterNetwork(wired.world, wired);
  return { ...wired, clusters: makeGkeClusters(wired), pools: makeGkeNodePools(wired) };
});

defineNodePoolSizesContract('GKE over gRPC and Compute Engine over REST', async () => {
  const wired = await wireWorld();
  await addClusterNetwork(wired.world, wired);
  const ports = { clusters: makeGkeClusters(wired), pools: makeGkeNodePools(wired), sizes: makeNodePoolSizes(wired) };
  return { ...wired, ...ports, ...poolLevers(wired.world) };
});

defineZoneFactsContract('Compute Engine and GKE adapters', async () => {
  const wired = await wireWorld();
  return { ...wired, zones: makeZoneFacts(wired) };
});
