import { describe, expect, it } from 'vitest';
import { documentSchema, targetOf } from '#shared/documents/index.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | false;
}

/** Every field of the schema with its path. */
function fieldsOf(node: Node, path = ''): readonly (readonly [string, Node])[] {
  const children = Object.entries(node.properties ?? {}).map(([name, child]) => [`${path}.${name}`, child] as const);
  const below = [...children, ...(node.items === undefined ? [] : [[`${path}[]`, node.items] as const])];
  return below.flatMap(([name, child]) => [[name, child] as const, ...fieldsOf(child, name)]);
}

describe('documentSchema', () => {
  const schema = documentSchema('Cluster') as Node; // the shape of a JSON Schema
  const fields = new Map(fieldsOf(schema));

  it('describes every field', () => {
    const silent = [...fields].filter(([, { description }]) => description === undefined).map(([path]) => path);

    expect(silent).toEqual([]);
    expect(fields.size).toBeGreaterThan(50);
  });

  it('allows no unknown field anywhere', () => {
    const open = [...fields].filter(
      ([, { properties, additionalProperties }]) => properties && additionalProperties !== false,
    );

    expect(open).toEqual([]);
  });

  it.each([
    {
      path: '.spec.gpuPools[].maxPodsPerNode',
      description: 'Pods per node; each node takes a range of at least twice as many addresses (8..256; default 32)',
      byDefault: 32,
    },
    {
      path: '.spec.releaseChannel',
      description: 'GKE release channel (RAPID, REGULAR, STABLE; default REGULAR)',
      byDefault: 'REGULAR',
    },
    {
      path: '.spec.networking.addresses.rdma',
      description: 'RDMA NICs: split evenly into one subnet per NIC; IPv4 range (default 192.168.128.0/18)',
      byDefault: '192.168.128.0/18',
    },
    {
      path: '.spec.protection.deletion',
      description: 'Refuse every deletion until a document switches this off (default true)',
      byDefault: true,
    },
    { path: '.spec.systemPool.diskSizeGb', description: 'Boot disk, GB (20..65536; default 100)', byDefault: 100 },
  ])('says unit, range and default of $path', ({ path, description, byDefault }) => {
    expect(fields.get(path)).toMatchObject({ description, default: byDefault });
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

it('names the target of a cluster', () => {
  expect(targetOf(makeClusterDocument() as unknown as ClusterDocument)).toBe('cluster/demo'); // valid by construction of the builder
});
