import { describe, expect, it } from 'vitest';
import type { GkeWorld } from '../../../emulator/gke/gke-world.ts';
import { clusterPath, makeGkeWithCluster } from './gke-fixtures.ts';

interface Case {
  readonly name: string;
  readonly call: (world: GkeWorld) => unknown;
  readonly code?: string;
  readonly message: string;
}

const cases: readonly Case[] = [
  {
    name: 'a cluster by its short name',
    call: (world) => world.getCluster('fleet'),
    message: "'cluster_id' or cluster in 'name' must be specified.",
  },
  {
    name: 'a node pool by the name of its cluster',
    call: (world) => world.getNodePool(clusterPath),
    message: 'Node_pool_id must be specified.',
  },
  {
    name: 'a project in place of a location',
    call: (world) => world.listClusters('projects/demo'),
    message: 'Location "" does not exist.',
  },
  {
    name: 'a cluster of a project that is not ours',
    call: (world) => world.getCluster('projects/other/locations/us-central1/clusters/fleet'),
    code: 'PERMISSION_DENIED',
    message:
      'Required "container.clusters.get" permission(s) for "projects/other/locations/us-central1/clusters/fleet".',
  },
  {
    name: 'the clusters of a project that is not ours',
    call: (world) => world.listClusters('projects/other/locations/-'),
    code: 'PERMISSION_DENIED',
    message: 'Required "container.clusters.list" permission(s) for "projects/other".',
  },
];

describe('names of the GKE API', () => {
  it.each(cases)('are refused: $name', ({ call, code = 'INVALID_ARGUMENT', message }) => {
    const { world } = makeGkeWithCluster();

    expect(() => call(world)).toThrow(expect.objectContaining({ code, message }));
  });
});
