import type { ModelFacts, WeightFormat } from '../../../shared/domain/serving/model-facts.ts';
import { AICONFIGURATOR, BF16, RECIPES } from './sources.ts';

/** Experts in MXFP4: 4 bits, and a scale of 8 for every 32 of them; the rest BF16. 60.8 and 12.8 GiB by the model card. */
const mxfp4: WeightFormat = {
  precision: 'mxfp4',
  quantized: 'experts',
  bits: 4.25,
  source: 'gpt-oss model card (arXiv 2508.10925): MoE weights in MXFP4, 4.25 bits a parameter',
  asOf: '2025-08',
};

/** Every second layer sees 128 tokens. */
const gptOss = {
  hiddenSize: 2880,
  vocabulary: 201_088,
  attentionHeads: 64,
  cache: { kind: 'grouped', heads: 8, headDimension: 64 },
  maxContextTokens: 131_072,
  asOf: '2026-08',
} as const;

export const otherModels: readonly ModelFacts[] = [
  {
    ...gptOss,
    id: 'openai/gpt-oss-20b',
    parameters: { total: 20.91e9, active: 3.61e9 },
    layers: 24,
    window: { layers: 12, tokens: 128 },
    experts: { layers: 24, count: 32, perToken: 4, intermediateSize: 2880 },
    source: `${AICONFIGURATOR}/openai--gpt-oss-20b_config.json`,
    formats: [mxfp4],
  },
  {
    ...gptOss,
    id: 'openai/gpt-oss-120b',
    parameters: { total: 116.83e9, active: 5.13e9 },
    layers: 36,
    window: { layers: 18, tokens: 128 },
    experts: { layers: 36, count: 128, perToken: 4, intermediateSize: 2880 },
    source: `${AICONFIGURATOR}/openai--gpt-oss-120b_config.json`,
    formats: [
      {
        ...mxfp4,
        loadedGib: { gib: 65.97, source: 'vllm-project/vllm issue 23278 (one H100)', asOf: '2025-08' },
      },
    ],
  },
  {
    id: 'google/gemma-3-27b-it',
    // With the vision encoder (417 M) and one table of 1,416 M (Gemma 3 technical report, arXiv 2503.19786).
    parameters: { total: 27.43e9, active: 27.43e9 },
    layers: 62,
    hiddenSize: 5376,
    vocabulary: 262_144,
    tiesEmbeddings: true,
    attentionHeads: 32,
    cache: { kind: 'grouped', heads: 16, headDimension: 128 },
    // Five of six layers see 1,024 tokens; the pattern ends with two of them.
    window: { layers: 52, tokens: 1024 },
    maxContextTokens: 131_072,
    source:
      'google-deepmind/gemma gemma/transformer.py (gemma3_27b); context: Gemma 3 technical report, arXiv 2503.19786',
    asOf: '2025-03',
    formats: [BF16],
  },
  {
    id: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
    sameAs: ['mistralai/Mixtral-8x7B-v0.1'],
    parameters: { total: 46.7e9, active: 12.9e9 },
    layers: 32,
    hiddenSize: 4096,
    vocabulary: 32_000,
    attentionHeads: 32,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    experts: { layers: 32, count: 8, perToken: 2, intermediateSize: 14_336 },
    maxContextTokens: 32_768,
    source: `${AICONFIGURATOR}/mistralai--Mixtral-8x7B-v0.1_config.json`,
    asOf: '2026-08',
    formats: [BF16],
  },
  {
    id: 'mistralai/Mixtral-8x22B-v0.1',
    parameters: { total: 140.6e9, active: 39.2e9 },
    layers: 56,
    hiddenSize: 6144,
    vocabulary: 32_000,
    attentionHeads: 48,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    experts: { layers: 56, count: 8, perToken: 2, intermediateSize: 16_384 },
    maxContextTokens: 65_536,
    source: `${AICONFIGURATOR}/mistralai--Mixtral-8x22B-v0.1_config.json`,
    asOf: '2026-08',
    formats: [BF16],
  },
  {
    id: 'MiniMaxAI/MiniMax-M2.5',
    // 228.7e9 by the fields of config.json, without the modules for multi-token prediction.
    parameters: { total: 228.7e9, active: 10e9 },
    layers: 62,
    hiddenSize: 3072,
    vocabulary: 200_064,
    attentionHeads: 48,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    experts: { layers: 62, count: 256, perToken: 8, intermediateSize: 1536 },
    maxContextTokens: 196_608,
    source: `${AICONFIGURATOR}/MiniMaxAI--MiniMax-M2.5_config.json; active: ${RECIPES}/MiniMaxAI/MiniMax-M2.5.yaml`,
    asOf: '2026-08',
    formats: [
      {
        precision: 'fp8',
        quantized: 'linear',
        bits: 8,
        blockSize: 128,
        source: `${AICONFIGURATOR}/MiniMaxAI--MiniMax-M2.5_config.json`,
        asOf: '2026-08',
      },
    ],
  },
];
