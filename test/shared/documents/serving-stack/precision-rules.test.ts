/** A precision that is written must be that of the weights: vLLM loads what the repository holds. */
import { describe, expect, it } from 'vitest';
import { fitCatalogue } from '#manifests/catalogue/fit-catalogue.ts';
import { formatProblem } from '#shared/documents/format.ts';
import { fitRules } from '#shared/documents/serving-stack/fit-rules.ts';
import { precisionRules } from '#shared/documents/serving-stack/precision-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const rules = [...precisionRules(fitCatalogue), ...fitRules(fitCatalogue)];

function problemsOf(spec: Partial<ServingStackSpec>): readonly string[] {
  const stack = makeStack(spec);
  return rules.flatMap((rule) => rule(stack)).map(formatProblem);
}

const llama = { id: 'meta-llama/Llama-3.3-70B-Instruct' } as const;
const h100 = { hardware: { machineType: 'a3-highgpu-8g' } } as const;
const quantized = { flags: { '--quantization': 'fp8' } } as const;

describe('the precision of a known repository', () => {
  it.each([
    {
      name: 'fp8 of BF16 weights',
      model: { ...llama, precision: 'fp8' },
      problem:
        'spec.model.precision = "fp8": must be bf16, which is what meta-llama/Llama-3.3-70B-Instruct holds; what vLLM loads is decided by the repository; use id: nvidia/Llama-3.3-70B-Instruct-FP8, which holds meta-llama/Llama-3.3-70B-Instruct in fp8, or have vLLM quantize as it loads, with engine.flags: {--quantization: fp8}, or remove it',
    },
    {
      name: 'nvfp4 of FP8 weights',
      model: { id: 'deepseek-ai/DeepSeek-R1-0528', precision: 'nvfp4' },
      problem:
        'spec.model.precision = "nvfp4": must be fp8, which is what deepseek-ai/DeepSeek-R1-0528 holds; what vLLM loads is decided by the repository; use id: nvidia/DeepSeek-R1-0528-NVFP4-v2, which holds deepseek-ai/DeepSeek-R1 in nvfp4, or remove it',
    },
    {
      name: 'bf16 of FP8 weights',
      model: { id: 'deepseek-ai/DeepSeek-R1', precision: 'bf16' },
      problem:
        'spec.model.precision = "bf16": must be fp8, which is what deepseek-ai/DeepSeek-R1 holds; what vLLM loads is decided by the repository; remove it',
    },
    {
      name: 'fp8 of MXFP4 weights',
      model: { id: 'openai/gpt-oss-120b', precision: 'fp8' },
      problem:
        'spec.model.precision = "fp8": must be mxfp4, which is what openai/gpt-oss-120b holds; what vLLM loads is decided by the repository; remove it',
    },
    {
      name: 'bf16 of a quantized repository',
      model: { id: 'nvidia/Llama-3.3-70B-Instruct-FP8', precision: 'bf16' },
      problem:
        'spec.model.precision = "bf16": must be fp8, which is what nvidia/Llama-3.3-70B-Instruct-FP8 holds; what vLLM loads is decided by the repository; use id: meta-llama/Llama-3.3-70B-Instruct, which holds meta-llama/Llama-3.3-70B-Instruct in bf16, or remove it',
    },
  ] as const)('is refused: $name', ({ model, problem }) => {
    expect(problemsOf({ model, ...h100, roles: { aggregated: {} } })).toContain(problem);
  });

  it.each([
    { name: 'what it holds', spec: { model: { ...llama, precision: 'bf16' }, roles: { aggregated: { gpus: 4 } } } },
    {
      name: 'what a quantized repository holds',
      spec: { model: { id: 'nvidia/Llama-3.3-70B-Instruct-FP8', precision: 'fp8' } },
    },
    { name: 'a model that nobody knows', spec: { model: { id: 'org/model', precision: 'int4' } } },
    { name: 'what vLLM makes of it', spec: { model: { ...llama, precision: 'fp8' }, engine: quantized } },
    { name: 'what vLLM makes of it, unsaid', spec: { model: llama, engine: quantized } },
    {
      name: 'what somebody put into a bucket',
      spec: { model: { ...llama, precision: 'fp8' }, storage: { weights: { bucket: { name: 'weights' } } } },
    },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it('counts whole weights with a vLLM that quantizes only after it has loaded them', () => {
    const spec = { model: { ...llama, precision: 'fp8' }, engine: { version: '0.14.0', ...quantized } } as const;

    expect(problemsOf(spec)).toEqual([
      expect.stringContaining('131.4 GiB of weights of meta-llama/Llama-3.3-70B-Instruct in bf16'),
    ]);
  });

  it('counts what has no other name than that of quantized weights', () => {
    const spec = {
      model: { ...llama, precision: 'fp8' },
      engine: quantized,
      roles: { aggregated: { gpus: 1 } },
    } as const;

    expect(problemsOf({ ...spec, ...h100, kvCache: { gpuMemoryRatio: 0.8 } })).toEqual([
      expect.stringContaining('67.7 GiB of weights of meta-llama/Llama-3.3-70B-Instruct in fp8'),
    ]);
  });
});
