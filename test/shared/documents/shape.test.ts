import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeClusterDocument, makePool, problemLines } from '../../support/make-cluster.ts';

const LABEL_KEY =
  'must have a Kubernetes label key: an optional DNS prefix and /, then at most 63 letters, digits, hyphens, underscores or dots; correct it, e.g. example.com/role';

describe('the form of a document', () => {
  it('accepts the smallest document as it was written', () => {
    const document = makeClusterDocument();

    expect(parseDocument(document, catalogue)).toEqual({ ok: true, document, warnings: [] });
  });

  it.each([
    {
      value: undefined,
      expected: [
        '(document) is missing: must be a mapping with apiVersion, kind, metadata, spec; begin with apiVersion: inference-fleet/v1',
      ],
    },
    {
      value: [1],
      expected: [
        '(document) = [1]: must be a mapping with apiVersion, kind, metadata, spec; begin with apiVersion: inference-fleet/v1',
      ],
    },
    {
      value: { apiVersion: 'inference-fleet/v1', kind: 'cluster' },
      expected: ['kind = "cluster": must be one of Cluster, ModelService; use Cluster'],
    },
    {
      value: { kind: 'toString' },
      expected: [
        'apiVersion is missing: must be inference-fleet/v1; write inference-fleet/v1',
        'kind = "toString": must be one of Cluster, ModelService; use Cluster or ModelService',
      ],
    },
    {
      value: { apiVersion: 'v1', kind: 'Cluster' },
      expected: [
        'apiVersion = "v1": must be inference-fleet/v1; write inference-fleet/v1',
        'metadata is missing: must be a mapping with name, sequence, labels; add it, e.g. {name: demo}',
        'spec is missing: must be a mapping with project, region, zone, releaseChannel, version, networking, systemPool, gpuPools, addOns, workloadIdentity, protection; add it',
      ],
    },
  ])('refuses $value', ({ value, expected }) => {
    expect(problemLines(value)).toEqual(expected);
  });

  it.each([
    {
      changes: { metadata: { name: 'Demo' } },
      expected:
        'metadata.name = "Demo": must be at most 40 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen; correct it, e.g. demo',
    },
    {
      changes: { metadata: { name: 'd'.repeat(41) } },
      expected: `metadata.name = "${'d'.repeat(41)}": must be at most 40 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen; correct it, e.g. demo`,
    },
    {
      changes: { metadata: { sequence: -1 } },
      expected: 'metadata.sequence = -1: must be a whole number from 0 to 1000000000000; use 0',
    },
    {
      changes: { metadata: { labels: { Team: 'a' } } },
      expected:
        'metadata.labels.Team = "Team": must have a key of at most 63 lower-case letters, digits, hyphens or underscores that begins with a letter; correct it, e.g. team',
    },
    {
      changes: { spec: { zone: 'us-central1' } },
      expected: 'spec.zone = "us-central1": must be a zone; correct it, e.g. us-central1-b',
    },
    {
      changes: { spec: { version: 1.33 } },
      expected: 'spec.version = 1.33: must be a full GKE version; write text in quotes, e.g. 1.33.4-gke.1134000',
    },
    {
      changes: { spec: { releaseChannel: 'regular' } },
      expected: 'spec.releaseChannel = "regular": must be one of RAPID, REGULAR, STABLE; use REGULAR',
    },
    {
      changes: { spec: { releaseChannel: 'EXTENDED' } },
      expected:
        'spec.releaseChannel = "EXTENDED": must be one of RAPID, REGULAR, STABLE; use RAPID or REGULAR or STABLE',
    },
    {
      changes: { spec: { workloadIdentity: 'yes' } },
      expected: 'spec.workloadIdentity = "yes": must be true or false; correct it, e.g. true',
    },
    {
      changes: { spec: { gpuPools: [] } },
      expected: 'spec.gpuPools = []: must be a list with 1 to 64 entries; correct it',
    },
    {
      changes: { metadata: { labels: { prototype: 7 } } },
      expected:
        'metadata.labels.prototype = 7: must be at most 63 lower-case letters, digits, hyphens or underscores; write text in quotes, e.g. serving',
    },
    {
      changes: { metadata: { sequence: 1_000_000_000_001 } },
      expected: 'metadata.sequence = 1000000000001: must be a whole number from 0 to 1000000000000; use 1000000000000',
    },
    {
      changes: { spec: { systemPool: [] } },
      expected:
        'spec.systemPool = []: must be a mapping with machineType, nodes, diskSizeGb, usdPerNodeHour; correct it',
    },
    {
      changes: { spec: { systemPool: { nodes: 0 } } },
      expected: 'spec.systemPool.nodes = 0: must be a whole number from 1 to 100; use 1',
    },
    {
      changes: { spec: { systemPool: { usdPerNodeHour: 0 } } },
      expected: 'spec.systemPool.usdPerNodeHour = 0: must be a number above 0, at most 100000; correct it',
    },
    {
      changes: { spec: { networking: { addresses: { gvnic: '10.0.0.0' } } } },
      expected:
        'spec.networking.addresses.gvnic = "10.0.0.0": must be an IPv4 range in CIDR notation; correct it, e.g. 192.168.64.0/18',
    },
    {
      changes: { pool: { machineType: 8 } },
      expected: 'spec.gpuPools[0].machineType = 8: must be text; write text in quotes, e.g. a3-ultragpu-8g',
    },
    {
      changes: { pool: { size: { initial: 2.6 } } },
      expected: 'spec.gpuPools[0].size.initial = 2.6: must be a whole number from 0 to 1000; use 3',
    },
    {
      changes: { pool: { maxPodsPerNode: 512 } },
      expected: 'spec.gpuPools[0].maxPodsPerNode = 512: must be a whole number from 8 to 256; use 256',
    },
    {
      changes: { pool: { gpuDriverVersion: 'INSTALLATION_DISABLED' } },
      expected:
        'spec.gpuPools[0].gpuDriverVersion = "INSTALLATION_DISABLED": must be one of LATEST, DEFAULT; use LATEST or DEFAULT',
    },
    { changes: { pool: { labels: { '-': 'x' } } }, expected: `spec.gpuPools[0].labels["-"] = "-": ${LABEL_KEY}` },
    {
      changes: { pool: { taints: [{ key: 'a', value: 'b', effect: 'NO_SCHEDULE' }] } },
      expected:
        'spec.gpuPools[0].taints[0].effect = "NO_SCHEDULE": must be one of NoSchedule, PreferNoSchedule, NoExecute; use NoSchedule',
    },
    {
      changes: { pool: { taints: [{ key: 'a', effect: 'NoSchedule' }] } },
      expected:
        'spec.gpuPools[0].taints[0].value is missing: must be a Kubernetes label value: at most 63 letters, digits, hyphens, underscores or dots; add it, e.g. decode',
    },
    {
      changes: { pool: { consumption: { reservation: [{ name: 'a' }, { name: 'b' }] } } },
      expected:
        'spec.gpuPools[0].consumption.reservation = [{"name":"a"},{"name":"b"}]: must be a mapping with name, project, block, subBlock; correct it, e.g. {name: h200-res}',
    },
    {
      changes: { pool: { size: null } },
      expected:
        'spec.gpuPools[0].size = null: must be a mapping with initial, min, max, owner; correct it, e.g. {initial: 0}',
    },
  ])('answers $expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([expected]);
  });
});

describe('an unknown field', () => {
  it.each([
    {
      changes: { spec: { gpuPool: 1 } },
      expected: 'spec.gpuPool = 1: is not a field of this version; did you mean gpuPools?',
    },
    {
      changes: { pool: { machinetyp: 'x' } },
      expected: 'spec.gpuPools[0].machinetyp = "x": is not a field of this version; did you mean machineType?',
    },
    {
      changes: { pool: { size: { initial: 2, replicas: 3 } } },
      expected:
        'spec.gpuPools[0].size.replicas = 3: is not a field of this version; remove it; known here: initial, min, max, owner',
    },
    {
      changes: { document: { status: { phase: 'ready' } } },
      expected:
        'status = {"phase":"ready"}: is not a field of this version; remove it; known here: apiVersion, kind, metadata, spec',
    },
  ])('is answered with $expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([expected]);
  });

  it('that is misspelt does not hide what is wrong below it, in its own spelling or another', () => {
    const { gpuPools, ...spec } = makeClusterDocument({
      pool: { machineType: undefined, machinetype: 'a3-ultragpu-8', size: { initial: 'two' } },
    })['spec'] as { readonly gpuPools: JsonObject[] };
    const document = { ...makeClusterDocument(), spec: { ...spec, gpupools: JSON.parse(JSON.stringify(gpuPools)) } };

    expect(problemLines(document)).toEqual([
      expect.stringMatching(/^spec\.gpupools = .*: is not a field of this version; did you mean gpuPools\?$/),
      'spec.gpuPools[0].machinetype = "a3-ultragpu-8": is not a field of this version; did you mean machineType?',
      'spec.gpuPools[0].size.initial = "two": must be a whole number from 0 to 1000; correct it, e.g. 0',
      'spec.gpuPools[0].machineType = "a3-ultragpu-8": must be a GPU machine of the catalogue; use a3-ultragpu-8g',
    ]);
  });

  it('beside the one that was meant is not taken for it', () => {
    const lines = problemLines(makeClusterDocument({ spec: { gpupools: [{ size: 'wrong' }] } }));

    expect(lines).toEqual([
      'spec.gpupools = [{"size":"wrong"}]: is not a field of this version; did you mean gpuPools?',
    ]);
  });

  it('does not hide what is wrong beside it', () => {
    const lines = problemLines(makeClusterDocument({ pool: { size: { initial: 2, max: 1, replicas: 3 } } }));

    expect(lines).toEqual([
      'spec.gpuPools[0].size.replicas = 3: is not a field of this version; remove it; known here: initial, min, max, owner',
      'spec.gpuPools[0].size.max = 1: must not be below initial (2); use at least 2',
    ]);
  });
});

it('says how many entries of a list are too many, and judges no more of them than there may be', () => {
  const wrong = { initial: 2, max: 1 };
  const gpuPools = Array.from({ length: 70 }, (_, index) =>
    makePool({ name: `p${index}`, size: index === 69 ? wrong : { initial: 0 } }),
  );

  const lines = problemLines(makeClusterDocument({ spec: { gpuPools } }));

  expect(lines).toEqual([
    expect.stringMatching(
      /^spec\.gpuPools = .*…: must be a list with 1 to 64 entries; remove 6 of the 70: at most 64$/,
    ),
  ]);
});

it('shortens a long key', () => {
  const [line] = problemLines(makeClusterDocument({ spec: { ['x'.repeat(500)]: 1 } }));

  expect(line).toContain(`spec["${'x'.repeat(80)}…"] = 1: is not a field of this version; remove it`);
});

it('shortens a long value', () => {
  const [line] = problemLines(makeClusterDocument({ metadata: { name: 'x'.repeat(500) } }));

  expect(line).toContain(`metadata.name = "${'x'.repeat(79)}…: must be`);
});

it('answers with every problem at once, of form and of content', () => {
  const document = makeClusterDocument({
    metadata: { name: 'Demo' },
    spec: { zone: 'us-east4-b', workloadIdentity: 1, networking: { addresses: { gvnic: '192.168.0.0/24' } } },
    pool: { machineType: 'a3-megagpu-8g', size: { initial: 1, owner: 'me' }, placement: 'compact' },
  });

  expect(problemLines(document)).toEqual([
    'metadata.name = "Demo": must be at most 40 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen; correct it, e.g. demo',
    'spec.gpuPools[0].size.owner = "me": must be one of inference-fleet, gke, fixed; use inference-fleet or gke or fixed',
    'spec.workloadIdentity = 1: must be true or false; correct it, e.g. true',
    'spec.zone = "us-east4-b": must be a zone of us-central1; use a zone of us-central1, or region us-east4',
    'spec.gpuPools[0].machineType = "a3-megagpu-8g": is known (fabric tcpxo) but not built by this version; use a3-ultragpu-8g',
    'spec.gpuPools[0].placement = "compact": must be none with a reservation, whose machines are placed already; remove it; to pin the topology name a block of the reservation',
    'spec.networking.addresses.gvnic = "192.168.0.0/24": must not overlap primary (192.168.0.0/18, default); move one of the two, e.g. this one to 192.168.64.0/24',
  ]);
});
