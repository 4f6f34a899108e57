/** Models with multi-head latent attention: DeepSeek's, and Kimi, which has the same architecture. */
import type { ModelFacts, WeightFormat } from '../../../shared/domain/serving/model-facts.ts';
import { AICONFIGURATOR, blockFp8, linearNvfp4, RECIPES } from './sources.ts';

/** kv_lora_rank 512 + qk_rope_head_dim 64. */
const latent = { layers: 61, hiddenSize: 7168, cache: { kind: 'latent', dimension: 576 } } as const;

/** The module for multi-token prediction (11.5 B more) is loaded for speculative decoding only and not counted. */
const deepseek = {
  ...latent,
  // 671.0e9 by the fields of config.json, as published.
  parameters: { total: 671e9, active: 36.7e9 },
  vocabulary: 129_280,
  attentionHeads: 128,
  // The first three layers are dense.
  experts: { layers: 58, count: 256, perToken: 8, intermediateSize: 2048 },
  maxContextTokens: 163_840,
  source: `${AICONFIGURATOR}/deepseek-ai--DeepSeek-R1_config.json; parameters: deepseek-ai/DeepSeek-V3 README_WEIGHTS.md`,
  asOf: '2026-08',
} as const;

/** Its own format, so under its own name. */
const { repository: _own, ...ownFp8 } = blockFp8('deepseek-ai/DeepSeek-V3');

/** Attention stays in BF16 (`exclude_modules` of nvidia/DeepSeek-V3.1-NVFP4). */
function nvfp4(repository: string, recipe: string): WeightFormat {
  return { ...linearNvfp4(repository, recipe), quantized: 'experts' };
}

const kimi = {
  ...latent,
  // 1,026.4e9 by the fields of config.json; 32 B of them a token.
  parameters: { total: 1026.4e9, active: 32e9 },
  vocabulary: 163_840,
  attentionHeads: 64,
  // The first layer is dense.
  experts: { layers: 60, count: 384, perToken: 8, intermediateSize: 2048 },
  asOf: '2026-08',
} as const;

/** Experts only; a scale of 16 bits for every 32 (`group_size: 32`). 595 GB on disk. */
const kimiInt4: WeightFormat = {
  precision: 'int4',
  quantized: 'experts',
  bits: 4.5,
  source: `${AICONFIGURATOR}/moonshotai--Kimi-K2.5_config.json; ${RECIPES}/moonshotai/Kimi-K2.5.yaml`,
  asOf: '2026-08',
};

export const latentModels: readonly ModelFacts[] = [
  {
    ...deepseek,
    id: 'deepseek-ai/DeepSeek-R1',
    sameAs: ['deepseek-ai/DeepSeek-R1-0528', 'deepseek-ai/DeepSeek-V3', 'deepseek-ai/DeepSeek-V3-0324'],
    formats: [ownFp8, nvfp4('nvidia/DeepSeek-R1-0528-NVFP4-v2', 'deepseek-ai/DeepSeek-R1')],
  },
  {
    ...deepseek,
    id: 'deepseek-ai/DeepSeek-V3.1',
    formats: [ownFp8, nvfp4('nvidia/DeepSeek-V3.1-NVFP4', 'deepseek-ai/DeepSeek-V3.1')],
  },
  {
    ...kimi,
    id: 'moonshotai/Kimi-K2-Instruct',
    maxContextTokens: 131_072,
    source: `${AICONFIGURATOR}/moonshotai--Kimi-K2-Instruct_config.json`,
    formats: [{ ...ownFp8, source: `${AICONFIGURATOR}/moonshotai--Kimi-K2-Instruct_config.json` }],
  },
  {
    ...kimi,
    id: 'moonshotai/Kimi-K2-Thinking',
    sameAs: ['moonshotai/Kimi-K2.5'],
    maxContextTokens: 262_144,
    source: `${AICONFIGURATOR}/moonshotai--Kimi-K2.5_config.json; ${RECIPES}/moonshotai/Kimi-K2-Thinking.yaml`,
    formats: [kimiInt4],
  },
];
