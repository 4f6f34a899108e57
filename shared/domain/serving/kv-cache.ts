/** Where keys and values of tokens are kept, and who is told of it. */
export type KvCache = {
  /** Tokens of a block: 16, 32, 64, 128 or 256, the same on prefill and decode. Left out: 128 with disaggregation, 64 with events, else vLLM's. */
  readonly blockTokens?: number;
  /** Reuse of blocks of equal beginnings; on when left out. */
  readonly prefixCaching?: boolean;
  /** Of the GPU's memory, for weights and cache together, 0..1; vLLM's default when left out. */
  readonly gpuMemoryRatio?: number;
  readonly offload?: KvOffload;
  /** Tell the endpoint picker of each block, for precise prefix routing; no when left out. */
  readonly events?: boolean;
};

/**
 * Blocks that leave the GPU, so that a prompt that comes again is read and not computed. With disaggregation prefill alone has it: decode
 * gets its blocks from there (llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/multi-tier).
 */
export type KvOffload = {
  /** vLLM's own when left out. */
  readonly connector?: 'native' | 'lmcache';
  /** Memory of each pod for blocks that left the GPU, added to what the pod asks for. */
  readonly cpuGib: number;
  readonly tier?: KvTier;
};

/** A slower place below memory. */
export type KvTier =
  /** The node's local SSD, gone with the pod. `sizeGib`: what one pod fills at most. */
  | { readonly kind: 'local-ssd'; readonly sizeGib: number }
  /** A claim that all pods share, with vLLM's own connector, which deletes nothing: whoever owns the claim does (llm-d/llm-d guides/tiered-prefix-cache). */
  | { readonly kind: 'claim'; readonly claim: string };
