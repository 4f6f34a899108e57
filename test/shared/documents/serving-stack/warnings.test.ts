/** What is valid and hardly meant is warned of, with what to write. */
import { describe, expect, it } from 'vitest';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem } from '#shared/documents/format.ts';
import { parseServingStack, parseServingStackText } from '#shared/documents/serving-stack/parse.ts';
import type { ClusterDocument } from '#shared/domain/cluster.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeClusterDocument } from '../../../support/make-cluster.ts';

function documentOf(spec: Partial<ServingStackSpec>) {
  return {
    apiVersion: 'inference-fleet/v1',
    kind: 'ServingStack',
    metadata: { name: 'demo' },
    spec: {
      namespace: 'serving',
      model: { id: 'org/model' },
      hardware: { machineType: 'a3-ultragpu-8g' },
      roles: { aggregated: {} },
      ...spec,
    },
  };
}

function warningsOf(spec: Partial<ServingStackSpec>): readonly string[] {
  const parsed = parseServingStack(documentOf(spec), servingCatalogue);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.warnings.map(formatProblem);
}

const h100 = { hardware: { machineType: 'a3-highgpu-8g' } } as const;
const llamaFp8 = { id: 'nvidia/Llama-3.3-70B-Instruct-FP8' } as const;
const scaled = { monitoring: {}, project: 'my-project' } as const;

describe('a context that the KV room may not hold', () => {
  it('is warned of with the arithmetic, a context that fits, and more GPUs', () => {
    const model = { id: 'meta-llama/Llama-3.1-70B-Instruct' };

    expect(warningsOf({ model, ...h100, roles: { aggregated: { gpus: 2 } } })).toEqual([
      expect.stringMatching(
        /^spec\.model\.maxContextTokens = 131072 \(default\): one sequence of the context takes 20\.0 GiB of each GPU of aggregated, which has room for 1\.5 GiB \(72\.8 GiB - 65\.7 GiB of weights - about 5\.6 GiB for vLLM\): vLLM would not start; write maxContextTokens: \d{4,5}, or gpus: 4$/,
      ),
    ]);
  });

  it.each([
    {
      name: 'a shorter one',
      spec: { model: { ...llamaFp8, maxContextTokens: 8192 }, roles: { aggregated: { gpus: 2 } } },
    },
    { name: 'more GPUs', spec: { model: llamaFp8, roles: { aggregated: { gpus: 4 } } } },
    { name: 'a model that nobody knows', spec: { roles: { aggregated: { gpus: 1 } } } },
    {
      name: 'keys and values in a format that is not counted here',
      spec: {
        model: { id: 'meta-llama/Llama-3.1-70B-Instruct' },
        roles: { aggregated: { gpus: 2 } },
        engine: { flags: { '--kv-cache-dtype': 'fp8' } },
      },
    },
  ] as const)('is not warned of with $name', ({ spec }) => {
    expect(warningsOf({ ...h100, ...spec })).toEqual([]);
  });
});

describe('a stack that nobody can reach', () => {
  it.each([
    { name: 'pairs', roles: { prefill: {}, decode: {} }, what: 'prefill and decode are paired' },
    {
      name: 'ranks',
      roles: { aggregated: { parallelism: 'expert' } },
      what: 'a rank of parallelism: expert is chosen',
    },
  ] as const)('is warned of: $name without an endpoint picker', ({ roles, what }) => {
    const rule = `spec.gateway is missing: ${what} for each request by an endpoint picker: without one there is no way in but one of your own; add gateway: {}`;

    expect(warningsOf({ roles })).toEqual([rule]);
    expect(warningsOf({ roles, gateway: {} })).toEqual([]);
  });
});

describe('replicas beside an autoscaler', () => {
  it('are warned of above its least, by what becomes of them', () => {
    const roles = { aggregated: { gpus: 1, replicas: 4 } };

    expect(warningsOf({ ...scaled, roles, autoscaling: { kind: 'keda', cluster: 'demo', maxReplicas: 8 } })).toEqual([
      'spec.roles.aggregated.replicas = 4: is only the fallback for when KEDA cannot measure: the autoscaler decides, from minReplicas 1; write minReplicas: 4 in spec.autoscaling, which keeps them',
    ]);
    expect(warningsOf({ ...scaled, roles, autoscaling: { kind: 'hpa', maxReplicas: 8 } })).toEqual([
      expect.stringContaining('is of no use: the autoscaler decides'),
    ]);
    expect(warningsOf({ ...scaled, roles, autoscaling: { kind: 'hpa', minReplicas: 4, maxReplicas: 8 } })).toEqual([]);
  });
});

describe('keys and values between roles', () => {
  const parts = { prefill: { gpus: 1 }, decode: { gpus: 4 } } as const;

  it('are warned of where they go over TCP and nobody said so', () => {
    expect(warningsOf({ roles: parts, gateway: {} })).toEqual([
      'spec.hardware.rdma = "none" (default): keys and values go from prefill to decode over TCP, which adds to the time to the first token; use dranet, which gives each GPU its NIC',
    ]);
    expect(warningsOf({ roles: parts, gateway: {}, hardware: { machineType: 'a4x-highgpu-4g' } })).toEqual([
      expect.stringContaining('use a machine with RoCE, or say none if that is meant'),
    ]);
    expect(
      warningsOf({ roles: parts, gateway: {}, hardware: { machineType: 'a3-ultragpu-8g', rdma: 'none' } }),
    ).toEqual([]);
  });
});

describe('a cluster without InferencePool', () => {
  function onVersion(version: string, spec: Partial<ServingStackSpec> = { gateway: {} }): readonly string[] {
    const cluster = makeClusterDocument({ spec: { version } }) as unknown as ClusterDocument; // of plain JSON
    const parsed = parseServingStackText(JSON.stringify(documentOf(spec)), servingCatalogue, cluster);
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    return parsed.warnings.map(formatProblem);
  }

  it.each(['1.33.4-gke.1134000', '1.34.0-gke.1625999'])('is warned of at version %s', (version) => {
    expect(onVersion(version)).toEqual([
      `spec.gateway = "(set)": needs InferencePool v1, which GKE installs from 1.34.0-gke.1626000: the cluster demo has ${version}; move the cluster to a newer version, or install the definitions of gateway-api-inference-extension by hand`,
    ]);
  });

  it.each(['1.34.0-gke.1626000', '1.34.1-gke.1', '1.35.0-gke.1'])('is not warned of at version %s', (version) => {
    expect(onVersion(version)).toEqual([]);
  });

  it('is not warned of without a gateway', () => {
    expect(onVersion('1.33.4-gke.1134000', {})).toEqual([]);
  });
});
