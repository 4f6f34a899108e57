import { describe, expect, it } from 'vitest';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { parseServingStack } from '#shared/documents/serving-stack/parse.ts';

function problemsOf(gateway: unknown): readonly string[] {
  const parsed = parseServingStack(
    {
      apiVersion: 'inference-fleet/v1',
      kind: 'ServingStack',
      metadata: { name: 'chat' },
      spec: {
        namespace: 'serving',
        model: { id: 'Qwen/Qwen3-32B', maxContextTokens: 8192 },
        hardware: { machineType: 'a3-ultragpu-8g' },
        roles: { aggregated: { gpus: 1 } },
        gateway,
      },
    },
    servingCatalogue,
  );
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

describe('spec.gateway', () => {
  it.each([
    { gateway: {} },
    { gateway: { use: 'front', route: 'none' } },
    { gateway: { flowControl: { saturation: { requestsPerEndpoint: 1 } } } },
    { gateway: { flowControl: { saturation: { kvCacheUsedRatio: 0.5 } } } },
  ])('may be $gateway', ({ gateway }) => {
    expect(problemsOf(gateway)).toEqual([]);
  });

  it.each([
    {
      gateway: { route: 'all' },
      problem:
        'spec.gateway.route = "all": must be none, or a mapping with byModel, adapters, headers, weights; correct it',
    },
    {
      gateway: { route: { byModell: true } },
      problem: 'spec.gateway.route.byModell = true: is not a field of this version; did you mean byModel?',
    },
    {
      gateway: { prefillWhen: 'never' },
      problem: 'spec.gateway.prefillWhen = "never": must be always, or a mapping with uncachedTokens; correct it',
    },
    {
      gateway: { flowControl: { saturation: { kvCacheUsedRatio: 2 } } },
      problem:
        'spec.gateway.flowControl.saturation.kvCacheUsedRatio = 2: must be a number above 0, at most 1; correct it, e.g. 0.8',
    },
    {
      gateway: { route: { headers: { 'a b': 'c' } } },
      problem:
        'spec.gateway.route.headers["a b"] = "a b": must be the name of a header: letters, digits or hyphens; correct it, e.g. x-tenant',
    },
  ])('may not be $gateway', ({ gateway, problem }) => {
    expect(problemsOf(gateway)).toEqual([problem]);
  });
});
