import { describe, expect, it } from 'vitest';
import { type ClusterChanges, makeClusterDocument, makePool, problemLines } from '../../../support/make-cluster.ts';

/** Sizes count at their largest, in the middle of an upgrade, with three system nodes. */
function addresses(changes: Readonly<Record<string, string>>): ClusterChanges {
  return { spec: { networking: { addresses: changes } } };
}

describe('a rule is answered in these words:', () => {
  it.each<{ changes: ClusterChanges; expected: readonly string[] }>([
    {
      changes: { ...addresses({ rdma: '192.168.128.0/26' }), pool: { size: { initial: 2, max: 5 } } },
      expected: [
        'spec.networking.addresses.rdma = "192.168.128.0/26": must hold 5 GPU nodes and 4 reserved addresses in each of its 8 subnets (/29); use /25 or larger',
      ],
    },
    {
      changes: { ...addresses({ gvnic: '192.168.64.0/29' }), pool: { size: { initial: 4 }, upgrade: { maxSurge: 1 } } },
      expected: [
        'spec.networking.addresses.gvnic = "192.168.64.0/29": must hold 5 GPU nodes: 9 addresses, not 8; use /28 or larger',
      ],
    },
    {
      changes: { ...addresses({ primary: '192.168.0.0/29' }) },
      expected: [
        'spec.networking.addresses.primary = "192.168.0.0/29": must hold 5 nodes: 10 addresses, not 8; use /28 or larger',
      ],
    },
    {
      changes: { ...addresses({ pods: '10.4.0.0/22' }), pool: { size: { initial: 5 } } },
      expected: [
        'spec.networking.addresses.pods = "10.4.0.0/22": must hold the pods of 8 nodes: 1088 addresses, not 1024; use /21 or larger',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ClusterChanges }>([
    {
      name: 'RDMA subnets of exactly the pool and the reserved addresses',
      changes: { ...addresses({ rdma: '192.168.128.0/26' }), pool: { size: { initial: 2, max: 4 } } },
    },
    {
      name: 'a gVNIC subnet of exactly the pool and the reserved addresses',
      changes: { ...addresses({ gvnic: '192.168.64.0/29' }), pool: { size: { initial: 4 } } },
    },
    {
      name: 'pods of exactly the nodes',
      changes: { ...addresses({ pods: '10.4.0.0/22' }), pool: { size: { initial: 4 } } },
    },
  ])('$name', ({ changes }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([]);
  });
});

it('counts all pools of a cluster against one plan', () => {
  const gpuPools = [
    makePool({ size: { initial: 3 } }),
    makePool({ name: 'spot', size: { initial: 2 }, consumption: { spot: true } }),
  ];

  expect(
    problemLines(makeClusterDocument({ spec: { gpuPools, ...addresses({ rdma: '192.168.128.0/26' }).spec } })),
  ).toEqual([
    'spec.networking.addresses.rdma = "192.168.128.0/26": must hold 5 GPU nodes and 4 reserved addresses in each of its 8 subnets (/29); use /25 or larger',
  ]);
});
