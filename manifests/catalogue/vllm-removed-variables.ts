/**
 * Variables of vLLM's environment that are gone, by the first version without them: it says so in its log, and goes on without. Read on
 * 2026-11-22 out of vllm/envs.py in vLLM's source distributions on PyPI, of the same releases as `vllm-removed-flags.ts`. Left out: what
 * only vLLM's own tests set (VLLM_TEST_…, VLLM_CI_…), VLLM_MORIIO_…, which a connector reads by itself, and
 * VLLM_ROCM_USE_AITER_FP4_ASM_GEMM, which came back in 0.31. Held against the sources by test/conformance/vllm.
 */

const removedIn: { readonly [version: string]: readonly `VLLM_${string}`[] } = {
  '0.6.3': ['VLLM_ALLOW_ENGINE_USE_RAY', 'VLLM_RPC_GET_DATA_TIMEOUT_MS'],
  '0.6.6': ['VLLM_ALLOW_DEPRECATED_BLOCK_MANAGER_V1', 'VLLM_INSTANCE_ID', 'VLLM_TORCH_COMPILE_LEVEL'],
  '0.8.5': [
    'VLLM_OPENVINO_CPU_KV_CACHE_PRECISION',
    'VLLM_OPENVINO_DEVICE',
    'VLLM_OPENVINO_ENABLE_QUANTIZED_WEIGHTS',
    'VLLM_OPENVINO_KVCACHE_SPACE',
    'VLLM_USE_RAY_COMPILED_DAG_NCCL_CHANNEL',
  ],
  '0.10.0': ['VLLM_HPU_USE_DELAYED_SAMPLING', 'VLLM_QUARK_EMU_MEM_OPT', 'VLLM_USE_HPU_CONTIGUOUS_CACHE_FETCH'],
  '0.10.1': ['VLLM_NO_DEPRECATION_WARNING'],
  '0.10.2': ['VLLM_FLASHINFER_FORCE_TENSOR_CORES'],
  '0.11.1': [
    'VLLM_DISABLE_NCCL_FOR_DP_SYNCHRONIZATION',
    'VLLM_DISABLE_PAD_FOR_CUDAGRAPH',
    'VLLM_LOGITS_PROCESSOR_THREADS',
    'VLLM_ROCM_USE_TRITON_ROPE',
    'VLLM_SKIP_DEEP_GEMM_WARMUP',
    'VLLM_USE_AITER_UNIFIED_ATTENTION',
    'VLLM_USE_DEEP_GEMM_E8M0_HOPPER',
    'VLLM_USE_RAY_COMPILED_DAG',
    'VLLM_USE_RAY_SPMD_WORKER',
    'VLLM_USE_TRITON_FLASH_ATTN',
    'VLLM_USE_TRTLLM_FP4_GEMM',
    'VLLM_USE_V1',
    'VLLM_V0_USE_OUTLINES_CACHE',
  ],
  '0.12.0': ['VLLM_CPU_MOE_PREPACK'],
  '0.13.0': ['VLLM_MM_INPUT_CACHE_GIB'],
  '0.16.0': [
    'VLLM_ALL2ALL_BACKEND',
    'VLLM_ATTENTION_BACKEND',
    'VLLM_DISABLE_FLASHINFER_PREFILL',
    'VLLM_FLASHINFER_DISABLE_Q_QUANTIZATION',
    'VLLM_FLASH_ATTN_MAX_NUM_SPLITS_FOR_CUDA_GRAPH',
    'VLLM_FLASH_ATTN_VERSION',
    'VLLM_PROFILER_DELAY_ITERS',
    'VLLM_PROFILER_MAX_ITERS',
    'VLLM_TORCH_CUDA_PROFILE',
    'VLLM_TORCH_PROFILER_DIR',
    'VLLM_TORCH_PROFILER_DISABLE_ASYNC_LLM',
    'VLLM_TORCH_PROFILER_DUMP_CUDA_TIME_TOTAL',
    'VLLM_TORCH_PROFILER_RECORD_SHAPES',
    'VLLM_TORCH_PROFILER_USE_GZIP',
    'VLLM_TORCH_PROFILER_WITH_FLOPS',
    'VLLM_TORCH_PROFILER_WITH_PROFILE_MEMORY',
    'VLLM_TORCH_PROFILER_WITH_STACK',
    'VLLM_USE_CUDNN_PREFILL',
    'VLLM_USE_TRTLLM_ATTENTION',
    'VLLM_USE_TRTLLM_RAGGED_DEEPSEEK_PREFILL',
    'VLLM_V1_USE_PREFILL_DECODE_ATTENTION',
  ],
  '0.18.0': ['VLLM_ENABLE_FUSED_MOE_ACTIVATION_CHUNKING', 'VLLM_FUSED_MOE_CHUNK_SIZE', 'VLLM_SLEEP_WHEN_IDLE'],
  '0.19.0': ['VLLM_ROCM_CUSTOM_PAGED_ATTN'],
  '0.20.0': ['VLLM_ENABLE_MOE_DP_CHUNK', 'VLLM_MOE_DP_CHUNK_SIZE'],
  '0.22.0': ['VLLM_NIXL_ABORT_REQUEST_TIMEOUT'],
  '0.23.0': ['VLLM_RPC_TIMEOUT'],
  '0.24.0': [
    'VLLM_FLASHINFER_MOE_BACKEND',
    'VLLM_MXFP4_USE_MARLIN',
    'VLLM_NVFP4_GEMM_BACKEND',
    'VLLM_USE_FBGEMM',
    'VLLM_USE_FLASHINFER_MOE_FP16',
    'VLLM_USE_FLASHINFER_MOE_FP4',
    'VLLM_USE_FLASHINFER_MOE_FP8',
    'VLLM_USE_FLASHINFER_MOE_MXFP4_BF16',
    'VLLM_USE_FLASHINFER_MOE_MXFP4_MXFP8',
    'VLLM_USE_FLASHINFER_MOE_MXFP4_MXFP8_CUTLASS',
    'VLLM_USE_NVFP4_CT_EMULATIONS',
  ],
  '0.26.0': [
    'VLLM_FLASHINFER_ALLREDUCE_FUSION_THRESHOLDS_MB',
    'VLLM_ROCM_USE_AITER_PAGED_ATTN',
    'VLLM_TPU_BUCKET_PADDING_GAP',
    'VLLM_TPU_MOST_MODEL_LEN',
  ],
  '0.28.0': ['VLLM_CPU_SGL_KERNEL'],
  '0.29.0': ['VLLM_TRITON_ATTN_USE_TD'],
  '0.30.0': ['VLLM_MM_HASHER_ALGORITHM', 'VLLM_NIXL_EP_MAX_NUM_RANKS'],
};

/** Flags that say the same today. */
const replacements: { readonly [name: string]: string } = {
  VLLM_ATTENTION_BACKEND: '--attention-backend',
  VLLM_ALL2ALL_BACKEND: '--all2all-backend',
  VLLM_TORCH_PROFILER_DIR: '--profiler-config',
};

export interface RemovedVariable {
  readonly name: `VLLM_${string}`;
  /** First version that does not read it. */
  readonly goneIn: string;
  /** Absent: nothing says the same, or nothing has to. */
  readonly instead?: string;
}

export const vllmRemovedVariables: readonly RemovedVariable[] = Object.entries(removedIn).flatMap(([goneIn, names]) =>
  names.map((name) => {
    const instead = replacements[name];
    return { name, goneIn, ...(instead !== undefined && { instead }) };
  }),
);
