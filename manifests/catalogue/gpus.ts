/** GPUs by what vLLM can use of them. A data sheet's GB are not what CUDA gives: the figure is the one that a process saw. */
import type { Provenance } from '../../shared/domain/catalogue.ts';
import type { FitCatalogue, GpuFacts } from '../../shared/domain/serving/gpu-facts.ts';

const l4: GpuFacts = {
  acceleratorType: 'nvidia-l4',
  name: 'L4',
  generation: 'ada',
  // nvidia-smi says 23,034 MiB = 22.49 GiB; PyTorch sees 2 % less.
  memoryGib: 22.03,
  source: 'nvidia-smi of an L4 (23,034 MiB), less what PyTorch cannot see of it',
  asOf: '2026-09',
};

const a100: GpuFacts = {
  acceleratorType: 'nvidia-tesla-a100',
  name: 'A100 40 GB',
  generation: 'ampere',
  memoryGib: 39.38,
  source: 'vllm-project/vllm issue 2554 (nvidia-smi: 40,960 MiB), less what PyTorch cannot see of it',
  asOf: '2024-01',
};

const a100Large: GpuFacts = {
  acceleratorType: 'nvidia-a100-80gb',
  name: 'A100 80 GB',
  generation: 'ampere',
  memoryGib: 79.35,
  source: 'MoonshotAI/Kimi-VL issue 54 (PyTorch: total capacity 79.35 GiB)',
  asOf: '2025-07',
};

const h100: GpuFacts = {
  acceleratorType: 'nvidia-h100-80gb',
  name: 'H100',
  generation: 'hopper',
  memoryGib: 79.11,
  source: 'vllm-project/vllm issue 27508 (PyTorch: total capacity 79.11 GiB)',
  asOf: '2025-10',
};

const h200: GpuFacts = {
  acceleratorType: 'nvidia-h200-141gb',
  name: 'H200',
  generation: 'hopper',
  // The data sheet's 141 GB; nvidia-smi says 143,771 MiB = 140.40 GiB.
  memoryGib: 139.81,
  source: 'start-up log of vLLM 0.7.3 on an H200 (total_gpu_memory 139.81 GiB; nvidia-smi: 143,771 MiB)',
  asOf: '2025-03',
};

const b200: GpuFacts = {
  acceleratorType: 'nvidia-b200',
  name: 'B200',
  generation: 'blackwell',
  memoryGib: 178.35,
  source: 'AI-Hypercomputer/gpu-recipes inference/a4/single-host-serving/tensorrt-llm (memory 178.35 GB)',
  asOf: '2026-08',
};

const gb200: GpuFacts = {
  acceleratorType: 'nvidia-gb200',
  name: 'GB200',
  generation: 'blackwell',
  // 189,471 MiB by nvidia-smi; nobody has told what PyTorch sees of it.
  memoryGib: 185.03,
  source: 'ai-dynamo/aiconfigurator aic-core/src/aiconfigurator_core/systems/gb200.yaml',
  asOf: '2026-08',
};

export const gpus = {
  l4,
  a100,
  a100Large,
  h100,
  h100Mega: { ...h100, acceleratorType: 'nvidia-h100-mega-80gb', name: 'H100 Mega' },
  h200,
  b200,
  gb200,
} as const;

const native = { bf16: 'native', int4: 'native', fp8: 'native' } as const;

/**
 * INT4 is computed in 16 bits everywhere. FP8 needs compute capability 8.9, FP4 Blackwell; below it Marlin kernels read the weights as they
 * are stored and compute in 16 bits.
 */
export const support: FitCatalogue['support'] = {
  ampere: { ...native, fp8: 'weights', mxfp4: 'weights', nvfp4: 'weights' },
  ada: { ...native, mxfp4: 'weights', nvfp4: 'weights' },
  hopper: { ...native, mxfp4: 'weights', nvfp4: 'weights' },
  blackwell: { ...native, mxfp4: 'native', nvfp4: 'native' },
};

export const supportSource: Provenance = {
  source:
    'vllm-project/vllm docs/features/quantization/llm_compressor/fp8.md; FP4 below Blackwell: vllm-project/vllm issue 23278, vllm-project/recipes models/mistralai/Mistral-Large-3-675B-Instruct-2512.yaml (Marlin)',
  asOf: '2026-08',
};
