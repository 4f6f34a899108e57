/** Where keys and values of tokens are kept, and who is told of it. */
export type KvCache = {
  /** Tokens of a block, the same on prefill and decode; vLLM's default when left out, 128 with disaggregation. */
  readonly blockTokens?: number;
  /** Reuse of blocks of equal beginnings; on when left out. */
  readonly prefixCaching?: boolean;
  /** Of the GPU's memory, for weights and cache together, 0..1; vLLM's default when left out. */
  readonly gpuMemoryRatio?: number;
  readonly offload?: KvOffload;
  /** Tell the endpoint picker of each block, for precise prefix routing. */
  readonly events?: boolean;
};

/** Exactly one of the two. */
export type KvOffload =
  | {
      readonly connector?: 'native';
      /** Memory of each pod for blocks that left the GPU. */
      readonly cpuGib: number;
      readonly tier?: KvTier;
    }
  | { readonly connector: 'lmcache'; readonly cpuGib: number; readonly tier?: KvTier };

/** A slower place below memory: a path of the node's local SSD, or a claim that all pods share. */
export type KvTier = { readonly kind: 'local-ssd' } | { readonly kind: 'claim'; readonly claim: string };
