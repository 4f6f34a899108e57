/** The sample documents are what they claim to be, and the mistakes of the blog series that this project grew from cannot be written. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { documentSchema } from '#shared/documents/index.ts';
import { parseRequestText } from '#shared/documents/text.ts';
import type { FleetDocument } from '#shared/domain/fleet-document.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import { makeClusterDocument, makeResolvedCluster, problemLines } from '../support/make-cluster.ts';

function example(name: string): string {
  return readFileSync(new URL(`../../manifests/examples/${name}`, import.meta.url), 'utf8');
}

function documentIn(name: string): FleetDocument {
  const parsed = parseRequestText(example(name), catalogue);
  if (!parsed.ok || parsed.kind !== 'document') throw new Error(`reading ${name}: it is no valid document`);
  return parsed.document;
}

/** Examples that serve as a manual. */
const complete = [
  { name: 'a3-ultra-full.yaml', kind: 'Cluster' },
  { name: 'model-service-pd.yaml', kind: 'ModelService' },
] as const;

describe('manifests/examples', () => {
  it.each(['a3-ultra.yaml', 'a3-ultra-full.yaml', 'model-service-pd.yaml', 'model-service-lws.yaml'])(
    '%s is valid without a warning',
    (name) => {
      expect(parseRequestText(example(name), catalogue)).toMatchObject({ ok: true, warnings: [] });
    },
  );

  it('a3-ultra.yaml is the smallest cluster with room to grow', () => {
    const document = documentIn('a3-ultra.yaml');

    expect(document.kind === 'Cluster' && resolveCluster(document, catalogue)).toEqual(
      makeResolvedCluster({ pool: { size: { initial: 2, min: 1, max: 4 } } }),
    );
  });

  it.each(['model-service-pd.yaml', 'model-service-lws.yaml'])(
    '%s asks of a pool what a3-ultra.yaml declares',
    (name) => {
      const cluster = documentIn('a3-ultra.yaml');
      const model = documentIn(name);

      const declared = cluster.kind === 'Cluster' ? cluster.spec.gpuPools : [];
      const asked = model.kind === 'ModelService' ? (model.spec.nodePools ?? []) : [];

      // Whoever declares a pool first owns its bounds: other ones would be refused.
      expect(asked).toHaveLength(1);
      for (const { name: pool, size } of asked) {
        const { min, max } = declared.find((other) => other.name === pool)?.size ?? {};
        expect(size).toMatchObject({ min, max });
      }
    },
  );

  it.each(complete)('$name shows every field of the schema', ({ name, kind }) => {
    const text = example(name);
    const fields = [...JSON.stringify(documentSchema(kind)).matchAll(/"properties":\{/g)];
    const missing = propertyNames(documentSchema(kind)).filter((field) => !new RegExp(`\\b${field}:`).test(text));

    expect(fields.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it.each(complete)('$name calls default what is default', ({ name: file, kind }) => {
    const lines = example(file).split('\n');
    const claimed = lines.filter((line) => /# default$|# default[:;]/.test(line) && !/[{]|create/.test(line));
    const schema = JSON.stringify(documentSchema(kind));
    const wrong = claimed.filter((line) => {
      const [, name = '', value = ''] = /(\w+): (\S+)/.exec(line) ?? [];
      return !new RegExp(`"${name}":\\{[^{}]*"default":"?${value}"?[,}]`).test(schema);
    });

    expect(claimed.length).toBeGreaterThanOrEqual(7);
    expect(wrong).toEqual([]);
  });
});

/** Rows of the errata of maci0/gke-inference-from-scratch (parts 1 and 2, 2025-10): what its readers were told to build. */
describe('a mistake of the blog series', () => {
  it.each([
    {
      row: 1,
      mistake: 'an RDMA network made by MTU alone',
      changes: { spec: { networking: { mtu: 8896 } } },
      expected:
        'spec.networking.mtu = 8896: is not a field of this version; remove it; known here: mode, primary, addresses',
    },
    {
      row: 3,
      mistake: 'a cluster without multi-networking',
      changes: { spec: { networking: { mode: 'single' } } },
      expected: 'spec.networking.mode = "single": must be multi-network; use multi-network',
    },
    {
      row: 4,
      mistake: 'a GPU pool without a driver',
      changes: { pool: { gpuDriverVersion: 'NONE' } },
      expected: 'spec.gpuPools[0].gpuDriverVersion = "NONE": must be one of LATEST, DEFAULT; use LATEST or DEFAULT',
    },
    {
      row: 5,
      mistake: 'a machine without GPUs',
      changes: { pool: { machineType: 'n2-standard-8' } },
      expected:
        'spec.gpuPools[0].machineType = "n2-standard-8": must be a GPU machine of the catalogue; use a3-ultragpu-8g',
    },
    {
      row: 5,
      mistake: 'an autoscaler on the control pool',
      changes: { spec: { systemPool: { size: { min: 1, max: 10 } } } },
      expected:
        'spec.systemPool.size = {"min":1,"max":10}: is not a field of this version; remove it; known here: machineType, nodes, diskSizeGb, usdPerNodeHour',
    },
    {
      row: 8,
      mistake: 'a firewall on the RDMA network',
      changes: { spec: { networking: { firewalls: ['rdma'] } } },
      expected:
        'spec.networking.firewalls = ["rdma"]: is not a field of this version; remove it; known here: mode, primary, addresses',
    },
    {
      row: 9,
      mistake: 'any reservation, falling back to on-demand',
      changes: { pool: { consumption: { any: true } } },
      expected:
        'spec.gpuPools[0].consumption = {"any":true}: must say where the machines come from: there is no plain on-demand for them; use reservation: {name: …} or spot: true',
    },
    {
      row: 10,
      mistake: 'proxies within the gVNIC range',
      changes: { spec: { networking: { addresses: { proxyOnly: '192.168.64.0/23' } } } },
      expected:
        'spec.networking.addresses.gvnic = "192.168.64.0/18" (default): must not overlap proxyOnly (192.168.64.0/23); move one of the two, e.g. this one to 192.168.192.0/18',
    },
    {
      row: 11,
      mistake: '16 local SSDs',
      changes: { pool: { localSsdCount: 16 } },
      expected:
        'spec.gpuPools[0].localSsdCount = 16: is not a field of this version; remove it; known here: name, machineType, size, consumption, labels, taints, placement, management, upgrade, gpuDriverVersion, maxPodsPerNode, usdPerNodeHour',
    },
  ])('is refused: $mistake (row $row)', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toContain(expected);
  });
});

/** Names of all fields of a JSON Schema. */
function propertyNames(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const own =
    'properties' in node && typeof node.properties === 'object' && node.properties !== null
      ? Object.keys(node.properties)
      : [];
  return [...own, ...Object.values(node).flatMap(propertyNames)];
}
