import { expect, it } from 'vitest';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { parseServingStack } from '#shared/documents/serving-stack/parse.ts';
import type { JsonObject } from '#shared/domain/json.ts';

function problemLines(roles: JsonObject, spec: JsonObject = {}): readonly string[] {
  const document = {
    apiVersion: 'inference-fleet/v1',
    kind: 'ServingStack',
    metadata: { name: 'llama' },
    spec: {
      namespace: 'serving',
      model: { id: 'meta-llama/Llama-3.1-8B-Instruct' },
      hardware: { machineType: 'a3-ultragpu-8g' },
      roles,
      ...spec,
    },
  };
  const parsed = parseServingStack(document, servingCatalogue);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}

/** Of 2,952 GiB GKE keeps 65.9 (its documentation's arithmetic), so pods may use 2,886. */
it.each([
  { name: 'all that a node gives', roles: { aggregated: { cpu: 223, memoryGib: 2886 } }, expected: [] },
  {
    name: 'one CPU too many',
    roles: { aggregated: { cpu: 224 } },
    expected: [
      'spec.roles.aggregated.cpu = 224: must leave room on a node of a3-ultragpu-8g, which has 224 CPUs: with what goes beside it a pod asks for 224; use at most 223',
    ],
  },
  {
    name: 'one GiB too many',
    roles: { aggregated: { memoryGib: 2887 } },
    expected: [
      'spec.roles.aggregated.memoryGib = 2887: must leave room on a node of a3-ultragpu-8g, of whose 2952 GiB pods may use 2886: with what goes beside it a pod asks for 2887; use at most 2886',
    ],
  },
  {
    name: 'blocks that leave the GPU on top',
    roles: { aggregated: { memoryGib: 2000 } },
    spec: { kvCache: { offload: { cpuGib: 1000 } } },
    expected: [
      expect.stringMatching(
        /^spec\.roles\.aggregated\.memoryGib = 2000: .* a pod asks for 3\d{3}; use at most 1\d{3}$/,
      ) as string,
    ],
  },
  {
    name: 'the routing sidecar of decode on top',
    roles: { prefill: { cpu: 223 }, decode: { cpu: 223 } },
    expected: [expect.stringMatching(/^spec\.roles\.decode\.cpu = 223: /) as string],
  },
])('a pod that asks for $name', ({ roles, spec, expected }) => {
  expect(problemLines(roles, spec)).toEqual(expected);
});
