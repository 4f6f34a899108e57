import type { ModelFacts, WeightFormat } from '../../../shared/domain/serving/model-facts.ts';
import { AICONFIGURATOR, BF16, linearFp8, linearNvfp4, RECIPES } from './sources.ts';

const CONFIG = `${AICONFIGURATOR}/meta-llama--Meta-Llama-3.1`;

/** Dense, grouped attention with 8 KV heads of 128, 131,072 tokens of context (rope factor 8 over 8,192). */
const llama3 = {
  vocabulary: 128_256,
  cache: { kind: 'grouped', heads: 8, headDimension: 128 },
  maxContextTokens: 131_072,
} as const;

const llama70b = {
  ...llama3,
  // 70,553,706,496 by the fields of config.json.
  parameters: { total: 70.55e9, active: 70.55e9 },
  layers: 80,
  hiddenSize: 8192,
  attentionHeads: 64,
  source: `${CONFIG}-70B_config.json`,
  asOf: '2026-08',
} as const;

const nvidia70bFp8: WeightFormat = {
  ...linearFp8('nvidia/Llama-3.1-70B-Instruct-FP8'),
  source: `${AICONFIGURATOR}/nvidia--Llama-3.1-70B-Instruct-FP8_hf_quant_config.json`,
};

/** Chunked attention (8,192 tokens in 3 of 4 layers) is not counted as a window: vLLM gives every layer the whole context unless told. */
const llama4 = {
  layers: 48,
  hiddenSize: 5120,
  vocabulary: 202_048,
  attentionHeads: 40,
  cache: { kind: 'grouped', heads: 8, headDimension: 128 },
} as const;

export const llamaModels: readonly ModelFacts[] = [
  {
    ...llama3,
    id: 'meta-llama/Llama-3.1-8B-Instruct',
    sameAs: ['meta-llama/Llama-3.1-8B', 'meta-llama/Meta-Llama-3.1-8B', 'meta-llama/Meta-Llama-3.1-8B-Instruct'],
    // 8,030,261,248 by the fields of config.json.
    parameters: { total: 8.03e9, active: 8.03e9 },
    layers: 32,
    hiddenSize: 4096,
    attentionHeads: 32,
    source: `${CONFIG}-8B_config.json`,
    asOf: '2026-08',
    formats: [
      BF16,
      linearFp8('nvidia/Llama-3.1-8B-Instruct-FP8', 'meta-llama/Llama-3.1-8B-Instruct'),
      linearNvfp4('nvidia/Llama-3.1-8B-Instruct-NVFP4', 'meta-llama/Llama-3.1-8B-Instruct'),
    ],
  },
  {
    ...llama70b,
    id: 'meta-llama/Llama-3.1-70B-Instruct',
    sameAs: ['meta-llama/Llama-3.1-70B', 'meta-llama/Meta-Llama-3.1-70B', 'meta-llama/Meta-Llama-3.1-70B-Instruct'],
    formats: [BF16, nvidia70bFp8],
  },
  {
    ...llama70b,
    id: 'meta-llama/Llama-3.3-70B-Instruct',
    formats: [
      BF16,
      linearFp8('nvidia/Llama-3.3-70B-Instruct-FP8', 'meta-llama/Llama-3.3-70B-Instruct'),
      linearNvfp4('nvidia/Llama-3.3-70B-Instruct-NVFP4', 'meta-llama/Llama-3.3-70B-Instruct'),
    ],
  },
  {
    ...llama3,
    id: 'meta-llama/Llama-3.1-405B-Instruct',
    sameAs: ['meta-llama/Llama-3.1-405B', 'meta-llama/Meta-Llama-3.1-405B', 'meta-llama/Meta-Llama-3.1-405B-Instruct'],
    // 405,853,388,800 by the fields of config.json.
    parameters: { total: 405.85e9, active: 405.85e9 },
    layers: 126,
    hiddenSize: 16_384,
    attentionHeads: 128,
    source: `${CONFIG}-405B_config.json`,
    asOf: '2026-08',
    formats: [
      BF16,
      {
        ...linearFp8('meta-llama/Meta-Llama-3.1-405B-Instruct-FP8'),
        source: 'vllm-project/vllm issue 6746',
        asOf: '2024-07',
        // Meta leaves attention and the first and last layers in BF16: more than a byte for each parameter.
        loadedGib: {
          gib: 8 * 57.752,
          source: 'vllm-project/vllm issue 6746 (57.752 on each of 8 GPUs)',
          asOf: '2024-07',
        },
      },
    ],
  },
  {
    ...llama4,
    id: 'meta-llama/Llama-4-Scout-17B-16E-Instruct',
    sameAs: ['meta-llama/Llama-4-Scout-17B-16E'],
    // The vision encoder included; 107.8e9 by the fields of its text_config.
    parameters: { total: 109e9, active: 17e9 },
    experts: { layers: 48, count: 16, perToken: 1, intermediateSize: 8192 },
    maxContextTokens: 10_485_760,
    source: `${AICONFIGURATOR}/meta-llama--Llama-4-Scout-17B-16E-Instruct_config.json; parameters: ${RECIPES}/meta-llama/Llama-4-Scout-17B-16E-Instruct.yaml`,
    asOf: '2026-08',
    formats: [BF16],
  },
  {
    ...llama4,
    id: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct',
    sameAs: ['meta-llama/Llama-4-Maverick-17B-128E'],
    // The vision encoder included; 400.7e9 by the fields of its text_config.
    parameters: { total: 401.6e9, active: 17e9 },
    // Every second layer is dense.
    experts: { layers: 24, count: 128, perToken: 1, intermediateSize: 8192 },
    maxContextTokens: 1_048_576,
    source: `${AICONFIGURATOR}/meta-llama--Llama-4-Maverick-17B-128E-Instruct_config.json; parameters: AI-Hypercomputer/gpu-recipes inference/a3mega/llama-4`,
    asOf: '2026-08',
    formats: [
      BF16,
      {
        precision: 'fp8',
        repository: 'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
        quantized: 'experts',
        bits: 8,
        source:
          'AI-Hypercomputer/gpu-recipes inference/a3mega/llama-4; that only experts are quantized is assumed: the larger of two readings',
        asOf: '2026-08',
      },
    ],
  },
];
