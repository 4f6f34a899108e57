/** What the fit of a model to machines is computed from; the facts themselves are data, handed in. */
import type { Provenance } from '../catalogue.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Precision } from './stack.ts';

export type GpuGeneration = 'ampere' | 'ada' | 'hopper' | 'blackwell';

export interface GpuFacts extends Provenance {
  /** `cloud.google.com/gke-accelerator`. */
  readonly acceleratorType: string;
  readonly name: string;
  readonly generation: GpuGeneration;
  /** What CUDA gives a process: less than the data sheet's GB. */
  readonly memoryGib: number;
}

/** A machine type, as far as a model's shape depends on it. */
export interface ServingMachine extends Provenance {
  readonly machineType: string;
  readonly gpu: GpuFacts;
  readonly gpuCount: number;
  /** How GPUs of several nodes talk: `rdma` carries expert parallelism too; `none`: one node only. */
  readonly between: 'rdma' | 'tcp' | 'none';
  /** On-demand list price of a whole node; absent: nobody has told it. */
  readonly price?: Provenance & { readonly usdPerHour: number; readonly region?: string };
}

/** `weights`: stored so and computed in 16 bits: the memory is saved, the speed is not gained. */
export type PrecisionSupport = 'native' | 'weights';

/**
 * What vLLM takes of each GPU beside weights and keys and values, measured at a start with default flags. How much is computed at once
 * (`batch`) depends on the GPU.
 */
export interface ServingReserve extends Provenance {
  readonly batch: 'large' | 'small';
  readonly hasExperts: boolean;
  /** Activations at their peak, CUDA context, NCCL. */
  readonly profiledGib: number;
  /** The run that it was measured in. */
  readonly measured: string;
}

/** Defaults of a vLLM version that decide how much fits. */
export interface EngineMemory extends Provenance {
  /** `--gpu-memory-utilization`. */
  readonly gpuMemoryRatio: number;
  /** CUDA graphs, which vLLM counts since 0.21. */
  readonly cudaGraphs: Provenance & { readonly gib: number };
  /** `--max-num-batched-tokens` of a server, which a window layer keeps beside its window. */
  readonly batchedTokens: { readonly large: number; readonly small: number };
}

export interface FitCatalogue {
  readonly models: readonly ModelFacts[];
  readonly machines: readonly ServingMachine[];
  readonly reserves: readonly ServingReserve[];
  readonly engine: EngineMemory;
  readonly support: { readonly [generation in GpuGeneration]: { readonly [precision in Precision]: PrecisionSupport } };
  readonly supportSource: Provenance;
}

/** vLLM/engine/arg_utils.py `get_batch_defaults`: 70 GiB or more, and no A100. */
export function batchOf({ memoryGib, generation }: GpuFacts): 'large' | 'small' {
  return memoryGib >= 70 && generation !== 'ampere' ? 'large' : 'small';
}
