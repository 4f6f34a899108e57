/** The form of a ServingStack: what is answered to somebody who writes one wrongly. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem, parseRequest } from '#shared/documents/index.ts';
import { schemaOfKind } from '#shared/documents/parse-any.ts';
import { parseServingStack } from '#shared/documents/serving-stack/parse.ts';
import type { JsonObject } from '#shared/domain/json.ts';

function document(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'inference-fleet/v1',
    kind: 'ServingStack',
    metadata: { name: 'llama', ...metadata },
    spec: {
      namespace: 'serving',
      model: { id: 'meta-llama/Llama-3.1-8B-Instruct' },
      hardware: { machineType: 'a3-ultragpu-8g' },
      roles: { aggregated: { gpus: 1 } },
      ...spec,
    },
  };
}

function problemLines(value: JsonObject): readonly string[] {
  const parsed = parseServingStack(value, servingCatalogue);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('a ServingStack', () => {
  it('is valid with a name, a namespace, a model, a machine and a role', () => {
    expect(problemLines(document())).toEqual([]);
  });

  it.each([
    {
      name: 'a role that is misspelt, and what is below it',
      spec: { roles: { agregated: { gpus: 'all', replica: 2 } } },
      expected: [
        'spec.roles.agregated = {"gpus":"all","replica":2}: is not a field of this version; did you mean aggregated?',
        'spec.roles.aggregated.replica = 2: is not a field of this version; did you mean replicas?',
        'spec.roles.aggregated.gpus = "all": must be a whole number from 1 to 8; correct it, e.g. 4',
      ],
    },
    {
      name: 'what is no number at all',
      spec: { roles: { aggregated: { gpus: Number.NaN } } },
      expected: ['spec.roles.aggregated.gpus = null: must be a whole number from 1 to 8; correct it, e.g. 4'],
    },
    {
      name: 'half of a disaggregated stack',
      spec: { roles: { prefill: {}, workload: 'Pod' } },
      expected: [
        expect.stringMatching(
          /^spec\.roles\.decode is missing: must be a mapping with replicas, gpus, .*; add it$/,
        ) as string,
        'spec.roles.workload = "Pod": must be one of Deployment, LeaderWorkerSet, DisaggregatedSet; use Deployment or LeaderWorkerSet or DisaggregatedSet',
      ],
    },
    {
      name: 'both kinds of roles at once',
      spec: { roles: { aggregated: {}, prefill: {}, decode: {} } },
      expected: [
        'spec.roles = {"aggregated":{},"prefill":{},"decode":{}}: must have aggregated, or prefill and decode, not both; remove aggregated, or prefill and decode',
      ],
    },
    {
      name: 'one role of each kind',
      spec: { roles: { aggregated: {}, decode: {} } },
      expected: [
        'spec.roles = {"aggregated":{},"decode":{}}: must have aggregated, or prefill and decode, not both; remove aggregated, or decode',
      ],
    },
    {
      name: 'a mapping that is written as its name',
      spec: { storage: { weights: { bucket: 'x' } } },
      expected: [
        expect.stringMatching(
          /^spec\.storage\.weights\.bucket = "x": must be a mapping with name, .*, e\.g\. \{name: .+\}$/,
        ) as string,
      ],
    },
    {
      name: 'no roles',
      spec: { roles: {} },
      expected: [
        'spec.roles = {}: must be a mapping with aggregated, workload, or a mapping with prefill, decode, workload, scaling; correct it',
      ],
    },
    {
      name: 'a tier of a kind that there is not',
      spec: { kvCache: { offload: { cpuGib: 64, tier: { kind: 'local-sdd' } } } },
      expected: ['spec.kvCache.offload.tier.kind = "local-sdd": must be one of local-ssd, claim; use local-ssd'],
    },
    {
      name: 'a field of another tier',
      spec: { kvCache: { offload: { cpuGib: 64, tier: { kind: 'local-ssd', sizeGib: 500, claim: 'kv' } } } },
      expected: [
        'spec.kvCache.offload.tier.claim = "kv": is not a field of this version; remove it; known here: kind, sizeGib',
      ],
    },
    {
      name: 'a flag that is neither text nor number',
      spec: { engine: { flags: { '--max-num-seqs': [256] } } },
      expected: [
        'spec.engine.flags["--max-num-seqs"] = [256]: must be text, or a number, or true or false; correct it',
      ],
    },
    {
      name: 'a machine that nobody knows, and nothing else that depends on it',
      spec: { hardware: { machineType: 'a3-ultra-8g' }, roles: { aggregated: { gpus: 3 } } },
      expected: [
        'spec.hardware.machineType = "a3-ultra-8g": must be a GPU machine of the catalogue: one of a3-ultragpu-8g, a4-highgpu-8g, a4x-highgpu-4g, a3-megagpu-8g, a3-highgpu-8g; use a3-ultragpu-8g',
      ],
    },
    {
      name: 'labels that no object can have',
      metadata: { labels: { team: 'search-', 'cost-': 'a', 'e-mail_': '_b' } },
      expected: [
        'metadata.labels.team = "search-": must begin and end with a letter or digit, as labels of Kubernetes objects do; remove what stands around it',
        'metadata.labels.cost- = "a": must be a key that ends with a letter or digit, as labels of Kubernetes objects do; cut what follows its last letter',
        'metadata.labels.e-mail_ = "_b": must be a key that ends with a letter or digit, as labels of Kubernetes objects do; cut what follows its last letter',
      ],
    },
  ])('is refused for $name', ({ spec, metadata, expected }) => {
    expect(problemLines(document(spec, metadata))).toEqual(expected);
  });

  it('is not a request: it is not published', () => {
    const parsed = parseRequest(document(), catalogue);

    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
      'kind = "ServingStack": must be one of Cluster, ModelService, Override, Pause, Resume: a ServingStack is rendered, not published; run inferctl render -f FILE, and apply what it prints to the cluster',
    ]);
  });

  it('has a description at every field', () => {
    const fields = fieldsOf(schemaOfKind('ServingStack'), '');

    expect(fields.length).toBeGreaterThan(150);
    expect(fields.filter(({ node }) => !('description' in node) && !('const' in node)).map(({ path }) => path)).toEqual(
      [],
    );
  });
});

interface Field {
  readonly path: string;
  readonly node: object;
}

/** All fields of a JSON Schema, those of alternatives and of entries of lists too. */
function fieldsOf(node: unknown, path: string): readonly Field[] {
  if (typeof node !== 'object' || node === null) return [];
  const {
    properties = {},
    items,
    anyOf = [],
    oneOf = [],
  } = node as {
    readonly properties?: { readonly [key: string]: object };
    readonly items?: object;
    readonly anyOf?: readonly object[];
    readonly oneOf?: readonly object[];
  };
  return [
    ...Object.entries(properties).flatMap(([key, inner]) => [
      { path: `${path}.${key}`, node: inner },
      ...fieldsOf(inner, `${path}.${key}`),
    ]),
    ...[items, ...anyOf, ...oneOf].flatMap((inner) => fieldsOf(inner, path)),
  ];
}
