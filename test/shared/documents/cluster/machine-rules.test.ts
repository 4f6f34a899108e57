import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument } from '#shared/documents/index.ts';
import type { Catalogue } from '#shared/domain/catalogue.ts';
import { type ClusterChanges, makeClusterDocument, makePool, problemLines } from '../../../support/make-cluster.ts';

describe('a rule is answered in these words:', () => {
  it.each<{ changes: ClusterChanges; expected: readonly string[] }>([
    {
      changes: { spec: { region: 'us-east4' } },
      expected: [
        'spec.zone = "us-central1-b": must be a zone of us-east4; use a zone of us-east4, or region us-central1',
      ],
    },
    {
      changes: { spec: { zone: 'us-central1-a' } },
      expected: [
        'spec.zone = "us-central1-a": must offer a3-ultragpu-8g, which it does not by the table of 2026-08; use one of asia-south1-b, asia-south2-c, europe-west1-b, europe-west4-a, us-central1-b, us-east4-b, us-east5-a, us-south1-b, us-west1-c',
      ],
    },
    {
      changes: { pool: { machineType: 'a3-ultra-8g' } },
      expected: [
        'spec.gpuPools[0].machineType = "a3-ultra-8g": must be a GPU machine of the catalogue; use a3-ultragpu-8g',
      ],
    },
    {
      changes: { pool: { machineType: 'a3-megagpu-8g' } },
      expected: [
        'spec.gpuPools[0].machineType = "a3-megagpu-8g": is known (fabric tcpxo) but not built by this version; use a3-ultragpu-8g',
      ],
    },
    {
      changes: { pool: { machineType: 'a3-highgpu-8g' } },
      expected: [
        'spec.gpuPools[0].machineType = "a3-highgpu-8g": is known (fabric tcpx) but not built by this version; use a3-ultragpu-8g',
      ],
    },
    {
      changes: { pool: { machineType: 'a4-highgpu-8g' } },
      expected: [
        'spec.gpuPools[0].machineType = "a4-highgpu-8g": is known (fabric roce) but not built by this version; use a3-ultragpu-8g',
      ],
    },
    {
      changes: { spec: { version: '1.31.4-gke.1182999' } },
      expected: [
        'spec.version = "1.31.4-gke.1182999": must be at least 1.31.4-gke.1183000 for a3-ultragpu-8g; use a newer one, or leave it out for the channel\'s default',
      ],
    },
    {
      changes: { spec: { systemPool: { machineType: 'a3-ultragpu-8g' } } },
      expected: [
        'spec.systemPool.machineType = "a3-ultragpu-8g": must be a machine without GPUs; use e.g. e2-standard-16',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ClusterChanges }>([
    { name: 'exactly the minimum version', changes: { spec: { version: '1.31.4-gke.1183000' } } },
  ])('$name', ({ changes }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([]);
  });
});

describe('what depends on the catalogue', () => {
  it('warns of a zone that the table does not know, and accepts it', () => {
    const parsed = parseDocument(
      makeClusterDocument({ spec: { region: 'us-north9', zone: 'us-north9-a' } }),
      catalogue,
    );

    expect(parsed.ok && parsed.warnings.map(formatProblem)).toEqual([
      'spec.zone = "us-north9-a": is not in the table of 2026-08, so nothing says that it offers a3-ultragpu-8g; nothing to do if it does: preflight asks Google',
    ]);
  });

  const [ultra, a4] = ['a3-ultragpu-8g', 'a4-highgpu-8g'].map(
    (type) => catalogue.machines.find((machine) => machine.machineType === type)!,
  );

  it('builds another machine of the same fabric as soon as the data says so', () => {
    const facts: Catalogue = { ...catalogue, machines: [{ ...a4!, buildable: true }] };

    expect(problemLines(makeClusterDocument({ pool: { machineType: 'a4-highgpu-8g' } }), facts)).toEqual([]);
  });

  it('does not let pools with other NICs share the networks', () => {
    const odd = { ...ultra!, machineType: 'odd-gpu', nics: { gvnic: 1, rdma: 4 } };
    const facts: Catalogue = {
      ...catalogue,
      machines: [ultra!, odd],
      offers: {
        ...catalogue.offers,
        zonesByMachine: { ...catalogue.offers.zonesByMachine, 'odd-gpu': ['us-central1-b'] },
      },
    };
    const gpuPools = [makePool(), makePool({ name: 'odd', machineType: 'odd-gpu' })];

    expect(problemLines(makeClusterDocument({ spec: { gpuPools } }), facts)).toEqual([
      'spec.gpuPools[1].machineType = "odd-gpu": must have the NICs of a3-ultragpu-8g, which shares its networks (roce, 1 gVNIC + 8 RDMA, not roce, 1 gVNIC + 4 RDMA); put it in a cluster of its own',
    ]);
  });
});
