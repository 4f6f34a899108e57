import type { ModelFacts } from '../../../shared/domain/serving/model-facts.ts';
import { AICONFIGURATOR, BF16, blockFp8, linearNvfp4 } from './sources.ts';

const qwen3 = { vocabulary: 151_936, maxContextTokens: 40_960, asOf: '2026-08' } as const;
const configOf = (name: string) => `${AICONFIGURATOR}/Qwen--${name}_config.json`;

const qwen235b = {
  ...qwen3,
  // 235,093,606,400 by the fields of config.json; 22 B of them a token by the model's name.
  parameters: { total: 235.1e9, active: 22e9 },
  layers: 94,
  hiddenSize: 4096,
  attentionHeads: 64,
  cache: { kind: 'grouped', heads: 4, headDimension: 128 },
  experts: { layers: 94, count: 128, perToken: 8, intermediateSize: 1536 },
} as const;

export const qwenModels: readonly ModelFacts[] = [
  {
    ...qwen3,
    id: 'Qwen/Qwen3-8B',
    parameters: { total: 8.19e9, active: 8.19e9 },
    layers: 36,
    hiddenSize: 4096,
    attentionHeads: 32,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    source: configOf('Qwen3-8B'),
    formats: [BF16],
  },
  {
    ...qwen3,
    id: 'Qwen/Qwen3-32B',
    parameters: { total: 32.76e9, active: 32.76e9 },
    layers: 64,
    hiddenSize: 5120,
    attentionHeads: 64,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    source: configOf('Qwen3-32B'),
    formats: [BF16, blockFp8('Qwen/Qwen3-32B-FP8', 'Qwen/Qwen3-32B')],
  },
  {
    ...qwen3,
    id: 'Qwen/Qwen3-30B-A3B',
    parameters: { total: 30.53e9, active: 3.3e9 },
    layers: 48,
    hiddenSize: 2048,
    attentionHeads: 32,
    cache: { kind: 'grouped', heads: 4, headDimension: 128 },
    experts: { layers: 48, count: 128, perToken: 8, intermediateSize: 768 },
    source: configOf('Qwen3-30B-A3B'),
    formats: [BF16, { ...blockFp8('Qwen/Qwen3-30B-A3B-FP8'), source: configOf('Qwen3-30B-A3B-FP8') }],
  },
  {
    ...qwen235b,
    id: 'Qwen/Qwen3-235B-A22B',
    source: configOf('Qwen3-235B-A22B'),
    formats: [
      BF16,
      { ...blockFp8('Qwen/Qwen3-235B-A22B-FP8'), source: configOf('Qwen3-235B-A22B-FP8') },
      {
        ...linearNvfp4('nvidia/Qwen3-235B-A22B-NVFP4'),
        source: `${AICONFIGURATOR}/nvidia--Qwen3-235B-A22B-NVFP4_hf_quant_config.json`,
      },
    ],
  },
  {
    ...qwen235b,
    id: 'Qwen/Qwen3-235B-A22B-Instruct-2507',
    maxContextTokens: 262_144,
    source: `${configOf('Qwen3-235B-A22B')}; context: vllm-project/recipes models/Qwen/Qwen3-235B-A22B-Instruct-2507.yaml`,
    formats: [BF16, linearNvfp4('nvidia/Qwen3-235B-A22B-Instruct-2507-NVFP4', 'Qwen/Qwen3-235B-A22B-Instruct-2507')],
  },
  {
    ...qwen3,
    id: 'Qwen/Qwen3-Coder-480B-A35B-Instruct',
    parameters: { total: 480.15e9, active: 35e9 },
    layers: 62,
    hiddenSize: 6144,
    attentionHeads: 96,
    cache: { kind: 'grouped', heads: 8, headDimension: 128 },
    experts: { layers: 62, count: 160, perToken: 8, intermediateSize: 2560 },
    maxContextTokens: 262_144,
    source: configOf('Qwen3-Coder-480B-A35B-Instruct'),
    formats: [
      BF16,
      blockFp8('Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'Qwen/Qwen3-Coder-480B-A35B-Instruct'),
      linearNvfp4('nvidia/Qwen3-Coder-480B-A35B-Instruct-NVFP4', 'Qwen/Qwen3-Coder-480B-A35B-Instruct'),
    ],
  },
];
