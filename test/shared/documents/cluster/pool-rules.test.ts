import { describe, expect, it } from 'vitest';
import { type ClusterChanges, makeClusterDocument, makePool, problemLines } from '../../../support/make-cluster.ts';

describe('a rule is answered in these words:', () => {
  it.each<{ changes: ClusterChanges; expected: readonly string[] }>([
    {
      changes: { spec: { gpuPools: [makePool(), makePool()] } },
      expected: ['spec.gpuPools[1].name = "h200": must not be the name of another pool; use another name, e.g. h200-2'],
    },
    {
      changes: { pool: { name: 'system' } },
      expected: [
        'spec.gpuPools[0].name = "system": must not be the name of the system pool; use another name, e.g. system-1',
      ],
    },
    {
      changes: { metadata: { labels: { 'managed-by': 'me', 'goog-x': 'y' } } },
      expected: [
        'metadata.labels.managed-by = "me": must not be a label that says who owns a resource; use another key',
        'metadata.labels.goog-x = "y": must not be a label that says who owns a resource; use another key',
      ],
    },
    {
      changes: { pool: { labels: { 'node.kubernetes.io/role': 'gpu' } } },
      expected: [
        'spec.gpuPools[0].labels["node.kubernetes.io/role"] = "gpu": must not use a prefix of Google or Kubernetes; use a prefix of yours, e.g. example.com/, or none',
      ],
    },
    {
      changes: { pool: { labels: { 'cloud.google.com/gke-networking-dra-driver': 'true' } } },
      expected: [
        'spec.gpuPools[0].labels["cloud.google.com/gke-networking-dra-driver"] = "true": must not use a prefix of Google or Kubernetes; use a prefix of yours, e.g. example.com/, or none',
      ],
    },
    {
      changes: { pool: { taints: [{ key: 'nvidia.com/gpu', value: 'no', effect: 'NoSchedule' }] } },
      expected: [
        'spec.gpuPools[0].taints[0] = {"key":"nvidia.com/gpu","value":"no","effect":"NoSchedule"}: must not repeat key and effect; nvidia.com/gpu NoSchedule is there already; remove it',
      ],
    },
    {
      changes: { pool: { size: { initial: 2, min: 3 } } },
      expected: ['spec.gpuPools[0].size.min = 3: must not be above initial (2); use at most 2'],
    },
    {
      changes: { pool: { size: { initial: 2, max: 1 } } },
      expected: ['spec.gpuPools[0].size.max = 1: must not be below initial (2); use at least 2'],
    },
    {
      changes: { pool: { size: { initial: 2, max: 4, owner: 'fixed' } } },
      expected: [
        'spec.gpuPools[0].size.max = 4: must equal initial (2) when the owner is fixed; remove it, or name an owner that scales',
      ],
    },
    {
      changes: { pool: { size: { initial: 2, min: 3, owner: 'fixed' } } },
      expected: [
        'spec.gpuPools[0].size.min = 3: must equal initial (2) when the owner is fixed; remove it, or name an owner that scales',
      ],
    },
    {
      changes: { pool: { size: { initial: 0, owner: 'gke' } } },
      expected: ['spec.gpuPools[0].size.max is missing: must be above 0 for an autoscaler; use at least 1'],
    },
    {
      changes: { pool: { upgrade: { maxUnavailable: 0 } } },
      expected: [
        'spec.gpuPools[0].upgrade = {"maxUnavailable":0}: must allow 1 to 20 nodes at once (maxSurge 0 + maxUnavailable 0); use maxSurge 0 and maxUnavailable 1',
      ],
    },
    {
      changes: { pool: { upgrade: { maxSurge: 20 } } },
      expected: [
        'spec.gpuPools[0].upgrade = {"maxSurge":20}: must allow 1 to 20 nodes at once (maxSurge 20 + maxUnavailable 1); use maxSurge 0 and maxUnavailable 1',
      ],
    },
    {
      changes: { pool: { management: { autoUpgrade: false } } },
      expected: [
        'spec.gpuPools[0].management.autoUpgrade = false: must be true in a release channel; remove it: the maintenance exclusion of the cluster already holds node upgrades back',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ClusterChanges }>([
    { name: 'a name of 40 characters', changes: { metadata: { name: 'd'.repeat(40) } } },
    { name: 'a name of one letter', changes: { metadata: { name: 'd' } } },
    { name: 'min, initial and max in order', changes: { pool: { size: { initial: 2, min: 1, max: 3 } } } },
    {
      name: 'a fixed size that repeats itself',
      changes: { pool: { size: { initial: 2, min: 2, max: 2, owner: 'fixed' } } },
    },
    { name: 'an autoscaler from zero', changes: { pool: { size: { initial: 0, max: 1, owner: 'gke' } } } },
    { name: 'an upgrade by surge alone', changes: { pool: { upgrade: { maxSurge: 1, maxUnavailable: 0 } } } },
    { name: 'no auto-repair', changes: { pool: { management: { autoRepair: false } } } },
    {
      name: 'a label that only ends like a reserved prefix',
      changes: { pool: { labels: { 'mykubernetes.io/x': 'y', 'gke.io': 'z' } } },
    },
    {
      name: 'the GPU taint with another effect',
      changes: { pool: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoExecute' }] } },
    },
  ])('$name', ({ changes }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([]);
  });
});
