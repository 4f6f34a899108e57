import { describe, expect, it } from 'vitest';
import { documentSchema } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeModelServiceDocument, type ModelServiceChanges, remarks } from '../../../support/make-model-service.ts';

const NAMESPACE =
  'must be at most 63 lower-case letters, digits or hyphens, and begin and end with a letter or digit; correct it, e.g. serving';

function cluster(changes: JsonObject): ModelServiceChanges {
  return { spec: { cluster: { project: 'demo', location: 'us-central1', name: 'demo', ...changes } } };
}

const scaling = (changes: JsonObject): ModelServiceChanges => ({ spec: { scaling: changes } });

const targets = (changes: JsonObject): ModelServiceChanges => scaling({ targets: changes });

describe('a wrong form is answered in these words:', () => {
  it.each<{ changes: ModelServiceChanges; expected: string }>([
    {
      changes: cluster({ location: 'us-central' }),
      expected: 'spec.cluster.location = "us-central": must be a region or a zone; correct it, e.g. us-central1',
    },
    {
      changes: cluster({ name: 'd'.repeat(41) }),
      expected: `spec.cluster.name = "${'d'.repeat(41)}": must be at most 40 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen; correct it, e.g. demo`,
    },
    { changes: { spec: { namespace: 'a.b' } }, expected: `spec.namespace = "a.b": ${NAMESPACE}` },
    {
      changes: { spec: { namespace: 'n'.repeat(64) } },
      expected: `spec.namespace = "${'n'.repeat(64)}": ${NAMESPACE}`,
    },
    {
      changes: { spec: { servedModelName: 'a b' } },
      expected:
        'spec.servedModelName = "a b": must be 1 to 255 letters, digits or any of . _ - / : @ +; correct it, e.g. meta-llama/Llama-3.3-70B-Instruct',
    },
    {
      changes: { spec: { roles: [] } },
      expected: 'spec.roles = []: must be a list with 1 to 2 entries; correct it',
    },
    {
      changes: { decode: { workload: { kind: 'StatefulSet', name: 'a' } } },
      expected:
        'spec.roles[1].workload.kind = "StatefulSet": must be one of Deployment, LeaderWorkerSet, DisaggregatedSetRoleScaler; use Deployment or LeaderWorkerSet or DisaggregatedSetRoleScaler',
    },
    {
      changes: { decode: { workload: { kind: 'Deployment', name: '-a' } } },
      expected:
        'spec.roles[1].workload.name = "-a": must be at most 253 lower-case letters, digits, hyphens or dots, and begin and end with a letter or digit; correct it, e.g. llama-70b-decode',
    },
    {
      changes: { decode: { gpusPerReplica: 0 } },
      expected: 'spec.roles[1].gpusPerReplica = 0: must be a whole number from 1 to 1024; use 1',
    },
    {
      changes: { decode: { metricsPort: 65_536 } },
      expected: 'spec.roles[1].metricsPort = 65536: must be a whole number from 1 to 65535; use 65535',
    },
    {
      changes: { decode: { usdPerGpuHour: 0 } },
      expected: 'spec.roles[1].usdPerGpuHour = 0: must be a number above 0, at most 100000; correct it',
    },
    {
      changes: { prefill: { peakPrefillTokensPerSecond: 0 } },
      expected: 'spec.roles[0].peakPrefillTokensPerSecond = 0: must be a number above 0, at most 10000000; correct it',
    },
    {
      changes: { decode: { size: { min: 1, max: 0 } } },
      expected: 'spec.roles[1].size.max = 0: must be a whole number from 1 to 1000; use 1',
    },
    {
      changes: { decode: { size: { min: 1, max: 8, owner: 'gke' } } },
      expected:
        'spec.roles[1].size.owner = "gke": must be one of inference-fleet, hpa, fixed; use inference-fleet or hpa or fixed',
    },
    {
      changes: { pool: { size: { min: 1, max: 8, owner: 'hpa' } } },
      expected:
        'spec.nodePools[0].size.owner = "hpa": must be one of inference-fleet, gke, fixed; use inference-fleet or gke or fixed',
    },
    {
      changes: { spec: { signals: { maxAgeSeconds: 14 } } },
      expected: 'spec.signals.maxAgeSeconds = 14: must be a whole number of seconds from 15 to 900; use 15',
    },
    {
      changes: { spec: { signals: { sources: ['pod'] } } },
      expected: 'spec.signals.sources[0] = "pod": must be one of pods, monitoring; use pods',
    },
    {
      changes: { spec: { slo: { ttftP90Seconds: 0 } } },
      expected: 'spec.slo.ttftP90Seconds = 0: must be a number of seconds above 0, at most 600; correct it',
    },
    {
      changes: targets({ kvCacheUsedRatio: 80 }),
      expected: 'spec.scaling.targets.kvCacheUsedRatio = 80: must be a number above 0, at most 1; correct it, e.g. 0.8',
    },
    {
      changes: targets({ saturationRatio: 1.1 }),
      expected: 'spec.scaling.targets.saturationRatio = 1.1: must be a number above 0, at most 1; correct it, e.g. 0.7',
    },
    {
      changes: targets({ queuedRequestsPerReplica: 0 }),
      expected:
        'spec.scaling.targets.queuedRequestsPerReplica = 0: must be a number above 0, at most 10000; correct it, e.g. 1',
    },
    {
      changes: targets({ runningRequestsPerReplica: -1 }),
      expected:
        'spec.scaling.targets.runningRequestsPerReplica = -1: must be a number above 0, at most 10000; correct it, e.g. 16',
    },
    {
      changes: targets({ prefillBacklogSeconds: 601 }),
      expected:
        'spec.scaling.targets.prefillBacklogSeconds = 601: must be a number of seconds above 0, at most 600; correct it, e.g. 1.5',
    },
    {
      changes: scaling({ toleranceRatio: 1.01 }),
      expected: 'spec.scaling.toleranceRatio = 1.01: must be a number from 0 to 1; correct it, e.g. 0.1',
    },
    {
      changes: scaling({ toleranceRatio: -0.1 }),
      expected: 'spec.scaling.toleranceRatio = -0.1: must be a number from 0 to 1; correct it, e.g. 0.1',
    },
    {
      changes: scaling({ down: { stabilizationSeconds: 3601 } }),
      expected:
        'spec.scaling.down.stabilizationSeconds = 3601: must be a whole number of seconds from 0 to 3600; use 3600',
    },
    {
      changes: scaling({ up: { periodSeconds: 0 } }),
      expected: 'spec.scaling.up.periodSeconds = 0: must be a whole number of seconds from 1 to 1800; use 1',
    },
    {
      changes: { spec: { spendCapUsdPerHour: 0 } },
      expected: 'spec.spendCapUsdPerHour = 0: must be a number above 0, at most 100000; correct it',
    },
  ])('$expected', ({ changes, expected }) => {
    expect(remarks(makeModelServiceDocument(changes)).problems).toEqual([expected]);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ModelServiceChanges }>([
    { name: 'a zone', changes: cluster({ location: 'us-central1-b' }) },
    { name: 'a zone of AI machines', changes: cluster({ location: 'us-central1-ai1a' }) },
    { name: 'a namespace of 63 characters', changes: { spec: { namespace: 'n'.repeat(63) } } },
    { name: 'a model named by its path', changes: { spec: { servedModelName: '/models/llama_70b@v1' } } },
    { name: 'a workload name with dots', changes: { decode: { workload: { kind: 'Deployment', name: '1.a-b' } } } },
    { name: 'no tolerance', changes: scaling({ toleranceRatio: 0 }) },
    { name: 'a full tolerance', changes: scaling({ toleranceRatio: 1 }) },
    { name: 'a window of an hour', changes: scaling({ down: { stabilizationSeconds: 3600 } }) },
    { name: 'no window', changes: scaling({ down: { stabilizationSeconds: 0 } }) },
    { name: 'a full cache', changes: targets({ kvCacheUsedRatio: 1 }) },
    { name: 'no pool that may be resized', changes: { spec: { nodePools: [] } } },
  ])('$name', ({ changes }) => {
    expect(remarks(makeModelServiceDocument(changes)).problems).toEqual([]);
  });
});

it('answers with every problem at once, of form and of content', () => {
  const document = makeModelServiceDocument({
    prefill: { size: { min: 0, max: 8 }, gpusPerReplica: 0 },
    decode: { size: { min: 3, max: 2 }, podsPerReplica: 2 },
    pool: { name: 'h20' },
  });

  expect(remarks(document).problems.map((line) => line.split(/[ :]/)[0])).toEqual([
    'spec.roles[0].gpusPerReplica',
    'spec.roles[1].podsPerReplica',
    'spec.roles[1].size.max',
    'spec.roles[1].size.min',
    'spec.nodePools[0].name',
  ]);
});

describe('the schema', () => {
  const text = JSON.stringify(documentSchema('ModelService'));

  it.each([
    'Seconds after which a sample is too old to decide by (15..900; default 90)',
    'How far a signal may be off its setpoint, as part of it, before anything changes (0..1; default 0.1)',
    'Used part of the KV cache of a replica (above 0, at most 1; default 0.8)',
    'Port of its /metrics (1..65535; default 9090)',
    'Seconds of recommendations of which the most cautious counts (0..3600; default 300)',
  ])('says: %s', (description) => {
    expect(text).toContain(`"description":"${description}"`);
  });

  it('describes every field and allows no other', () => {
    const nodes = objectsOf(documentSchema('ModelService'));

    expect(nodes.length).toBeGreaterThan(12);
    for (const { properties, additionalProperties } of nodes) {
      expect(additionalProperties === false || properties === undefined).toBe(true);
      for (const field of Object.values(properties ?? {})) expect(field).toHaveProperty('description');
    }
  });
});

interface ObjectNode {
  readonly properties?: object;
  readonly additionalProperties?: unknown;
}

/** Every node of a JSON Schema that is a mapping. */
function objectsOf(node: unknown): readonly ObjectNode[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'type' in node && node.type === 'object' ? [node as ObjectNode] : []; // the shape of a JSON Schema
  return [...own, ...Object.values(node).flatMap(objectsOf)];
}
