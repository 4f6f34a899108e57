/**
 * How fast one replica is. One step of the engine takes
 *
 *   a + m·(1 − e^(−B/b0)) + b·B + g·K + p·P
 *
 * with B decoding sequences, K tokens in their KV cache and P prompt tokens prefilled in the step.
 */
export interface PerformanceProfile {
  /** What it was measured on, for people. */
  readonly name: string;
  /** Of one replica. */
  readonly gpuCount: number;
  /** a, ms. */
  readonly stepMs: number;
  /** m (ms) and b0 (sequences): the experts of a mixture that a small batch does not wake; 0 and 1 for dense models. */
  readonly expertsMs: number;
  readonly expertsBatch: number;
  /** b, ms for each decoding sequence. */
  readonly perSequenceMs: number;
  /** g, ms for each token in the KV cache of decoding sequences. */
  readonly perKvTokenMs: number;
  /** p, ms for each prompt token; its inverse is what llm-d calls the peak prefill throughput. */
  readonly perPromptTokenMs: number;
  /** HTTP, tokenizer and scheduling before the first step, ms: base of the measured time to first token, less a. */
  readonly frontendMs: number;
  readonly kvCapacityTokens: number;
  /** `--max-num-seqs`. */
  readonly maxSequences: number;
  /** `--max-num-batched-tokens`: prompt tokens and decoding sequences of one step together. */
  readonly maxBatchedTokens: number;
}

/** Duration of one step, ms. Example (Llama-70B on two H200): 32 sequences of 1,536 tokens decode in 13.16 + 1.12 + 1.87 = 16.15 ms. */
export function stepDurationMs(
  profile: PerformanceProfile,
  step: { readonly sequences: number; readonly kvTokens: number; readonly promptTokens: number },
): number {
  const { stepMs, expertsMs, expertsBatch, perSequenceMs, perKvTokenMs, perPromptTokenMs } = profile;
  const experts = expertsMs === 0 ? 0 : expertsMs * (1 - Math.exp(-step.sequences / expertsBatch));
  return (
    stepMs +
    experts +
    perSequenceMs * step.sequences +
    perKvTokenMs * step.kvTokens +
    perPromptTokenMs * step.promptTokens
  );
}

/** A row as it was fitted: units that keep the numbers short. */
interface Fit {
  readonly name: string;
  readonly gpuCount: number;
  readonly aMs: number;
  readonly expertsMs?: number;
  readonly expertsBatch?: number;
  readonly bUs: number;
  readonly gNs: number;
  readonly pUs: number;
  /** Fixed part of the time to first token at low load. */
  readonly firstTokenMs: number;
  readonly kvTokens: number;
}

/**
 * Fits (least squares on TPOT, mean error 2 to 4 %) to the measured points of ai-dynamo/aiconfigurator,
 * src/aiconfigurator_core/systems/silicon_sample.csv (Apache-2.0), at 4 to 64 requests at once: do not trust them far beyond.
 * `qwen32bH100x2` is set, not fitted, after the prefill throughput of llm-d/llm-d
 * guides/recipes/router/calibration/configuration-matrix.md (15,928 tokens/s) and its measured 1.4 to 1.5 requests/s.
 *
 * KV capacity = (0.9 × memory − weights − 4 GB for each GPU) / bytes of a token (327,680 for Llama-70B, 73,728 for gpt-oss-120b,
 * 262,144 for Qwen3-32B), rounded; for Qwen3-32B what llm-d measured on two H100.
 */
const fits = {
  llama70bH100x2: {
    name: 'Llama-70B FP8, vLLM, 2 H100',
    gpuCount: 2,
    aMs: 16.236,
    bUs: 32.33,
    gNs: 69.662,
    pUs: 70.881,
    firstTokenMs: 36.4,
    kvTokens: 220_000,
  },
  llama70bH100x4: {
    name: 'Llama-70B FP8, vLLM, 4 H100',
    gpuCount: 4,
    aMs: 11.02,
    bUs: 53.52,
    gNs: 28.145,
    pUs: 47.099,
    firstTokenMs: 33.4,
    kvTokens: 660_000,
  },
  llama70bH100x8: {
    name: 'Llama-70B FP8, vLLM, 8 H100',
    gpuCount: 8,
    aMs: 8.82,
    bUs: 62.57,
    gNs: 11.587,
    pUs: 31.291,
    firstTokenMs: 40.6,
    kvTokens: 1_550_000,
  },
  llama70bH200x2: {
    name: 'Llama-70B FP8, vLLM, 2 H200',
    gpuCount: 2,
    aMs: 13.161,
    bUs: 34.88,
    gNs: 38.121,
    pUs: 74.955,
    firstTokenMs: 45.6,
    kvTokens: 580_000,
  },
  llama70bH200x4: {
    name: 'Llama-70B FP8, vLLM, 4 H200',
    gpuCount: 4,
    aMs: 9.183,
    bUs: 44.2,
    gNs: 21.072,
    pUs: 45.132,
    firstTokenMs: 35.4,
    kvTokens: 1_380_000,
  },
  llama70bH200x8: {
    name: 'Llama-70B FP8, vLLM, 8 H200',
    gpuCount: 8,
    aMs: 7.738,
    bUs: 46.67,
    gNs: 9.037,
    pUs: 27.697,
    firstTokenMs: 43.1,
    kvTokens: 3_000_000,
  },
  gptOss120bH200x1: {
    name: 'gpt-oss-120b MXFP4, vLLM 0.18, 1 H200',
    gpuCount: 1,
    aMs: 2.776,
    expertsMs: 4.945,
    expertsBatch: 6.3,
    bUs: 272.09,
    gNs: 0,
    pUs: 35.009,
    firstTokenMs: 39.8,
    kvTokens: 880_000,
  },
  gptOss120bH200x2: {
    name: 'gpt-oss-120b MXFP4, vLLM 0.18, 2 H200',
    gpuCount: 2,
    aMs: 3.403,
    expertsMs: 4.272,
    expertsBatch: 16.8,
    bUs: 87.1,
    gNs: 1.05,
    pUs: 23.044,
    firstTokenMs: 34.2,
    kvTokens: 2_700_000,
  },
  qwen32bH100x2: {
    name: 'Qwen3-32B BF16, vLLM, 2 H100',
    gpuCount: 2,
    aMs: 15,
    bUs: 45,
    gNs: 45,
    pUs: 62.8,
    firstTokenMs: 15,
    kvTokens: 350_000,
  },
} as const satisfies Readonly<Record<string, Fit>>;

export type ProfileName = keyof typeof fits;

/** Defaults of vLLM on GPUs of this size (vllm-project/vllm vllm/engine/arg_utils.py); 256 is also where the fits stop to hold. */
const MAX_SEQUENCES = 256;
const MAX_BATCHED_TOKENS = 8192;

/** One replica of a measured kind; `over` changes parts of it. */
export function profileOf(name: ProfileName, over: Partial<PerformanceProfile> = {}): PerformanceProfile {
  const fit: Fit = fits[name];
  return {
    name: fit.name,
    gpuCount: fit.gpuCount,
    stepMs: fit.aMs,
    expertsMs: fit.expertsMs ?? 0,
    expertsBatch: fit.expertsBatch ?? 1,
    perSequenceMs: fit.bUs / 1e3,
    perKvTokenMs: fit.gNs / 1e6,
    perPromptTokenMs: fit.pUs / 1e3,
    frontendMs: fit.firstTokenMs - fit.aMs,
    kvCapacityTokens: fit.kvTokens,
    maxSequences: MAX_SEQUENCES,
    maxBatchedTokens: MAX_BATCHED_TOKENS,
    ...over,
  };
}
