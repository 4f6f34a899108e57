import { describe, expect, it } from 'vitest';
import { fitCatalogue } from '#manifests/catalogue/fit-catalogue.ts';
import { fitRules } from '#shared/documents/serving-stack/fit-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const rules = fitRules(fitCatalogue);

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return rules.flatMap((rule) => rule(stack));
}

const on = (machineType: string) => ({ hardware: { machineType } });
const llama = { id: 'meta-llama/Llama-3.3-70B-Instruct' } as const;

describe('a model on the GPUs of its role', () => {
  it.each([
    { name: 'a model that nobody knows', spec: { model: { id: 'org/model' } } },
    {
      name: 'weights that one GPU holds',
      spec: { model: { ...llama, precision: 'fp8' }, roles: { aggregated: { gpus: 1 } } },
    },
    // Whether there is room for a long context is an estimate.
    { name: 'no more than the weights', spec: { model: { id: 'openai/gpt-oss-120b' }, ...on('a3-highgpu-8g') } },
    {
      name: 'two nodes',
      spec: { model: { id: 'deepseek-ai/DeepSeek-R1' }, ...on('a3-megagpu-8g'), roles: { aggregated: { nodes: 2 } } },
    },
    {
      name: 'experts over two nodes of each role',
      spec: {
        model: { id: 'deepseek-ai/DeepSeek-R1' },
        roles: { prefill: { nodes: 2, parallelism: 'expert' }, decode: { nodes: 2, parallelism: 'expert' } },
      },
    },
    {
      name: 'a format that nobody published',
      spec: { model: { ...llama, precision: 'int4' }, ...on('a3-highgpu-8g'), roles: { aggregated: { gpus: 1 } } },
    },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it('must hold the weights: the role is named with the smallest that does', () => {
    const problems = problemsOf({
      model: { ...llama, maxContextTokens: 32_768 },
      ...on('a3-highgpu-8g'),
      roles: { prefill: { gpus: 4 }, decode: { gpus: 1 } },
    });

    expect(problems).toEqual([
      {
        field: 'spec.roles.decode.gpus',
        value: 1,
        rule: 'must be enough GPUs: 131.4 GiB of weights of meta-llama/Llama-3.3-70B-Instruct in bf16 are on each GPU, and an H100 gives 72.8 GiB (79.11 x 0.92)',
        fix: 'write gpus: 4',
      },
    ]);
  });

  it('is told of more nodes, and that the number of GPUs was not written', () => {
    const problems = problemsOf({
      model: { id: 'meta-llama/Llama-3.1-405B-Instruct', maxContextTokens: 8192 },
      ...on('a3-megagpu-8g'),
      roles: { aggregated: {} },
    });

    expect(problems).toMatchObject([
      { field: 'spec.roles.aggregated.gpus', value: 8, isDefault: true, fix: 'write nodes: 2' },
    ]);
  });

  it('is told of another precision and another machine where none of this one does', () => {
    const alone = fitCatalogue.machines.filter(({ machineType }) =>
      ['a3-highgpu-8g', 'a3-ultragpu-8g'].includes(machineType),
    );
    const machines = alone.map((machine) => ({ ...machine, between: 'none' }) as const);
    const stack = makeStack({
      model: { id: 'deepseek-ai/DeepSeek-R1', maxContextTokens: 8192 },
      ...on('a3-highgpu-8g'),
      roles: { aggregated: {} },
    });

    const problems = fitRules({ ...fitCatalogue, machines }).flatMap((rule) => rule(stack));

    expect(problems).toMatchObject([
      {
        fix: 'write gpus: 8 and id: nvidia/DeepSeek-R1-0528-NVFP4-v2 (nvfp4), or gpus: 8 and machineType: a3-ultragpu-8g',
      },
    ]);
  });

  it('is not to be refused for GPUs where the ratio is what is wrong', () => {
    const problems = problemsOf({
      model: { ...llama, precision: 'fp8' },
      kvCache: { gpuMemoryRatio: 0.4 },
      roles: { aggregated: { gpus: 1 } },
    });

    expect(problems).toEqual([
      {
        field: 'spec.kvCache.gpuMemoryRatio',
        value: 0.4,
        rule: 'must leave room for the model: 67.7 GiB of weights of meta-llama/Llama-3.3-70B-Instruct in fp8 are on each GPU, and an H200 gives 55.9 GiB (139.81 x 0.4)',
        fix: 'remove it: vLLM takes 0.92',
      },
    ]);
  });

  it('has no longer context than its own, unless it is stretched', () => {
    const model = { ...llama, maxContextTokens: 200_000 };
    const roles = { aggregated: { gpus: 4 } } as const;

    expect(problemsOf({ model, roles })).toEqual([
      {
        field: 'spec.model.maxContextTokens',
        value: 200_000,
        rule: 'must be at most 131072, the limit of meta-llama/Llama-3.3-70B-Instruct: vLLM does not start with more',
        fix: 'use 131072 or less; a model that can be stretched is told so with engine.flags: --hf-overrides',
      },
    ]);
    expect(problemsOf({ model, roles, engine: { flags: { '--hf-overrides': '{"rope_scaling": {}}' } } })).toEqual([]);
    expect(problemsOf({ model, roles, engine: { env: { VLLM_ALLOW_LONG_MAX_MODEL_LEN: '1' } } })).toEqual([]);
    expect(problemsOf({ model: { ...model, maxContextTokens: 131_072 }, roles })).toEqual([]);
  });

  it('must be one that ranks can share', () => {
    const problems = problemsOf({ model: { id: 'MiniMaxAI/MiniMax-M2.5' }, roles: { aggregated: { gpus: 8 } } });

    expect(problems).toEqual([
      {
        field: 'spec.roles.aggregated.gpus',
        value: 8,
        rule: 'must be a number of GPUs that can share MiniMaxAI/MiniMax-M2.5 in fp8: experts of 1536 divided by 8 are 192, no multiple of the 128 that share a scale',
        fix: 'write gpus: 4',
      },
    ]);
  });

  it('finds weights by the repository that they are in', () => {
    const problems = problemsOf({
      model: { id: 'nvidia/Llama-3.3-70B-Instruct-FP8', maxContextTokens: 8192 },
      ...on('a3-highgpu-8g'),
      kvCache: { gpuMemoryRatio: 0.8 },
      roles: { aggregated: { gpus: 1 } },
    });

    expect(problems).toMatchObject([{ field: 'spec.kvCache.gpuMemoryRatio' }]);
  });
});
