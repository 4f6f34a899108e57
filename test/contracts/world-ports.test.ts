/** The ports that tests use without sockets promise the same as the adapters. */
import { worldClusters, worldNetworks, worldNodePoolSizes, worldPools, worldZones } from '../support/world-ports.ts';
import { defineCloudNetworksContract } from './cloud-networks.contract.ts';
import { defineClustersContract } from './clusters.contract.ts';
import { addClusterNetwork } from './networks-fixture.ts';
import { defineNodePoolSizesContract } from './node-pool-sizes.contract.ts';
import { makeStillWorld, poolLevers } from './wired-world.ts';
import { defineZoneFactsContract } from './zone-facts.contract.ts';

defineCloudNetworksContract('ports over the world', async () => {
  const { world, time } = makeStillWorld();
  return { ...time, networks: worldNetworks(world) };
});

defineClustersContract('ports over the world', async () => {
  const { world, time } = makeStillWorld();
  await addClusterNetwork(world, time);
  return { ...time, clusters: worldClusters(world), pools: worldPools(world) };
});

defineNodePoolSizesContract('ports over the world', async () => {
  const { world, time } = makeStillWorld();
  await addClusterNetwork(world, time);
  const ports = { clusters: worldClusters(world), pools: worldPools(world), sizes: worldNodePoolSizes(world) };
  return { ...time, ...ports, ...poolLevers(world) };
});

defineZoneFactsContract('ports over the world', async () => {
  const { world, time } = makeStillWorld();
  return { ...time, zones: worldZones(world) };
});
