/** Everything that the fit of a model to GPUs is computed from, together, and the measurements that no data sheet has. */
import type { EngineMemory, FitCatalogue, ServingReserve } from '../../shared/domain/serving/gpu-facts.ts';
import { support, supportSource } from './gpus.ts';
import { models } from './models.ts';
import { servingMachines } from './serving-machines.ts';

/**
 * The highest that was found for a start with default flags: a fit that is too careful costs money, one that is too bold does not start.
 * `inferctl fit --reserve` takes the figure of one's own run instead.
 */
const reserves: readonly ServingReserve[] = [
  {
    batch: 'large',
    hasExperts: false,
    // 3.58 outside PyTorch and 1.26 of activations; with one GPU 1.79 and 1.26.
    profiledGib: 4.84,
    measured: 'Llama 3 8B on 2 H100',
    source: 'vllm-project/vllm pull request 10511',
    asOf: '2024-12',
  },
  {
    batch: 'large',
    hasExperts: true,
    // 79.11 x 0.9 - 55.03 of weights - 8.11 left for the cache. gpt-oss-120b on one H100: 79.11 x 0.9 - 65.97 + 2.14 = 7.37 (issue 23278).
    profiledGib: 8.06,
    measured: 'Qwen3-235B-A22B in FP8 on 4 H100',
    source: 'vllm-project/vllm issue 21348',
    asOf: '2025-07',
  },
  {
    batch: 'small',
    hasExperts: false,
    // 0.30 outside PyTorch and 1.26 of activations.
    profiledGib: 1.56,
    measured: 'Qwen2.5 32B on 2 L40S',
    source: 'vllm-project/vllm issue 15815',
    asOf: '2025-04',
  },
  {
    batch: 'small',
    hasExperts: true,
    // 79.35 x 0.9 - 48.5 of weights - 21.5 left for the cache = 1.42 on one GPU, and 1.79 that a second rank added for Llama 3 8B.
    profiledGib: 3.21,
    measured: 'Gemma 4 26B-A4B on an A100, and what a second rank adds',
    source: 'myoceane.fr/index.php/ai-vllm-a100-gemma-4; vllm-project/vllm pull request 10511',
    asOf: '2026-04',
  },
];

const engine: EngineMemory = {
  gpuMemoryRatio: 0.92,
  // 51 piecewise and 35 full graphs, the default sizes.
  cudaGraphs: { gib: 0.73, source: 'vllm-project/vllm pull request 39559', asOf: '2026-04' },
  batchedTokens: { large: 8192, small: 2048 },
  source:
    'vllm-project/vllm vllm/config/cache.py (0.92 since 0.22, 0.9 before); vllm/engine/arg_utils.py get_batch_defaults',
  asOf: '2026-09',
};

export const fitCatalogue: FitCatalogue = {
  models,
  machines: servingMachines,
  reserves,
  engine,
  support,
  supportSource,
};
