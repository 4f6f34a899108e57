import { describe, expect, it } from 'vitest';
import { fitCatalogue } from '#manifests/catalogue/fit-catalogue.ts';
import type { Precision } from '#shared/domain/serving/stack.ts';
import {
  GIB,
  kvBytesPerToken,
  type ModelFacts,
  namesOf,
  totalOf,
  weightsNamed,
  weightsOf,
} from '#shared/domain/serving/model-facts.ts';

const { models, machines, reserves, engine, supportSource } = fitCatalogue;

function served(name: string, precision?: Precision) {
  const found = weightsNamed(models, name, precision);
  if (found === undefined) throw new Error(`looking up ${name} in ${precision ?? 'its own format'}: not there`);
  return found;
}

function gibOf(name: string, precision?: Precision): number {
  const { model, format } = served(name, precision);
  return totalOf(weightsOf(model, format)) / GIB;
}

describe('the model catalogue', () => {
  it('says of every fact where it is from and when that was', () => {
    const formats = models.flatMap((model) => model.formats.flatMap((format) => [format, format.loadedGib ?? format]));
    const gpus = machines.flatMap(({ gpu, price }) => [gpu, price ?? gpu]);
    for (const fact of [
      ...models,
      ...formats,
      ...machines,
      ...gpus,
      ...reserves,
      engine,
      engine.cudaGraphs,
      supportSource,
    ]) {
      expect(fact.source).not.toBe('');
      expect(fact.asOf).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    }
  });

  it('finds every model by one name only', () => {
    const names = models.flatMap((model) => [model.id, ...(model.sameAs ?? [])]);

    expect(new Set(names).size).toBe(names.length);
    for (const model of models) for (const name of namesOf(model)) expect(served(name.toUpperCase()).model).toBe(model);
  });

  it('has one format of each precision', () => {
    for (const { formats } of models) {
      expect(new Set(formats.map(({ precision }) => precision)).size).toBe(formats.length);
    }
  });

  it('divides attention heads among KV heads and never has more experts a token than there are', () => {
    for (const { attentionHeads, cache, experts, parameters, window, layers } of models) {
      if (cache.kind === 'grouped') expect(attentionHeads % cache.heads).toBe(0);
      expect(experts?.perToken ?? 0).toBeLessThanOrEqual(experts?.count ?? 0);
      expect(parameters.active).toBeLessThanOrEqual(parameters.total);
      expect(window?.layers ?? 0).toBeLessThan(layers);
    }
  });
});

/** What config.json adds up to, in billions: `intermediate` of dense layers, attention by its matrices; the rest is small. */
describe('parameters as published are what the fields add up to', () => {
  it.each([
    { name: 'meta-llama/Llama-3.1-8B-Instruct', intermediate: 14_336 },
    { name: 'meta-llama/Llama-3.3-70B-Instruct', intermediate: 28_672 },
    { name: 'meta-llama/Llama-3.1-405B-Instruct', intermediate: 53_248 },
    { name: 'Qwen/Qwen3-8B', intermediate: 12_288 },
    { name: 'Qwen/Qwen3-32B', intermediate: 25_600 },
    { name: 'Qwen/Qwen3-30B-A3B', intermediate: 0 },
    { name: 'Qwen/Qwen3-235B-A22B', intermediate: 0 },
    { name: 'Qwen/Qwen3-Coder-480B-A35B-Instruct', intermediate: 0 },
    { name: 'mistralai/Mixtral-8x7B-v0.1', intermediate: 0 },
    { name: 'mistralai/Mixtral-8x22B-v0.1', intermediate: 0 },
    { name: 'MiniMaxAI/MiniMax-M2.5', intermediate: 0 },
    { name: 'openai/gpt-oss-20b', intermediate: 0 },
    { name: 'openai/gpt-oss-120b', intermediate: 0 },
  ])('of $name', ({ name, intermediate }) => {
    const { model } = served(name);

    expect(parametersOf(model, intermediate) / model.parameters.total).toBeCloseTo(1, 2);
  });
});

function parametersOf(model: ModelFacts, intermediate: number): number {
  const { hiddenSize, layers, vocabulary, attentionHeads, cache, experts } = model;
  if (cache.kind === 'latent') throw new Error('counting latent attention: its ranks are not in the catalogue');
  const attention = 2 * hiddenSize * cache.headDimension * (attentionHeads + cache.heads);
  const dense = 3 * hiddenSize * intermediate * (layers - (experts?.layers ?? 0));
  const sparse = (experts?.layers ?? 0) * (experts?.count ?? 0) * 3 * hiddenSize * (experts?.intermediateSize ?? 0);
  return layers * attention + dense + sparse + 2 * vocabulary * hiddenSize;
}

describe('weights in GiB are those that somebody published', () => {
  it.each([
    // vllm-project/vllm pull request 10511: model weights take 14.96 GiB.
    { name: 'meta-llama/Llama-3.1-8B-Instruct', precision: 'bf16', published: 14.96 },
    // gpt-oss model card: checkpoint size 12.8 GiB.
    { name: 'openai/gpt-oss-20b', precision: 'mxfp4', published: 12.8 },
    // vllm-project/recipes models/moonshotai/Kimi-K2.5.yaml: about 595 GB on disk.
    { name: 'moonshotai/Kimi-K2.5', precision: 'int4', published: 595e9 / GIB },
    // Hugging Face blog "Llama 3.1": 810 GB for 405B in 16 bits.
    { name: 'meta-llama/Llama-3.1-405B-Instruct', precision: 'bf16', published: 810e9 / GIB },
    // vllm-project/vllm issue 15815: 30.71 GiB on each of 2 GPUs, of Qwen2.5 32B, which has as many parameters.
    { name: 'Qwen/Qwen3-32B', precision: 'bf16', published: 61.4 },
  ] as const)('$name in $precision', ({ name, precision, published }) => {
    expect(gibOf(name, precision) / published).toBeCloseTo(1, 1.7);
  });

  it('and what was measured after loading where that is more', () => {
    expect(gibOf('openai/gpt-oss-120b')).toBeCloseTo(65.97);
    expect(gibOf('meta-llama/Meta-Llama-3.1-405B-Instruct-FP8')).toBeCloseTo(8 * 57.752);
  });
});

describe('keys and values of a token', () => {
  it.each([
    // vllm-project/vllm pull request 10511 and what follows from 2 x layers x heads x dimension x 2 bytes.
    { name: 'meta-llama/Llama-3.1-8B-Instruct', bytes: 131_072 },
    { name: 'meta-llama/Llama-3.3-70B-Instruct', bytes: 327_680 },
    { name: 'meta-llama/Llama-3.1-405B-Instruct', bytes: 516_096 },
    { name: 'Qwen/Qwen3-32B', bytes: 262_144 },
    // vllm-project/vllm issue 21348: 8.11 GiB on each of 4 GPUs hold 178,880 tokens.
    { name: 'Qwen/Qwen3-235B-A22B', bytes: 192_512 },
    // ollama/ollama issue 16480: 9,216 MiB for 2 x 131,072 tokens in the 18 layers without a window, so 73,728 in all 36.
    { name: 'openai/gpt-oss-120b', bytes: 73_728 },
    // DeepSeek-V2 (arXiv 2405.04434): one vector of 576 a layer, for all heads.
    { name: 'deepseek-ai/DeepSeek-R1', bytes: 70_272 },
  ])('$name: $bytes bytes', ({ name, bytes }) => {
    expect(kvBytesPerToken(served(name).model)).toBe(bytes);
  });
});

describe('machines that serve', () => {
  it('have names of their own, and a price or none, never zero', () => {
    expect(new Set(machines.map(({ machineType }) => machineType)).size).toBe(machines.length);
    for (const { price } of machines) expect(price?.usdPerHour ?? 1).toBeGreaterThan(0);
  });

  it('do not take a spot price for a price on demand', () => {
    const unknown = machines.filter(({ price }) => price === undefined).map(({ machineType }) => machineType);

    expect(unknown).toEqual(['a4-highgpu-8g', 'a4x-highgpu-4g']);
  });

  it('know that Hopper and older compute FP4 in 16 bits, and Ampere FP8 too', () => {
    const { support } = fitCatalogue;

    expect([support.hopper.nvfp4, support.hopper.fp8, support.blackwell.nvfp4]).toEqual([
      'weights',
      'native',
      'native',
    ]);
    expect([support.ampere.fp8, support.ada.fp8, support.ampere.bf16]).toEqual(['weights', 'native', 'native']);
  });
});
