/** The one value of `--kv-transfer-config`, whatever it is made of (vLLM config/kv_transfer.py). */

/** Type aliases, so that it is plain JSON. Fields in vLLM's spelling. */
export type KvTransferConfig = KvConnector | MultiConnector;

export type KvConnector = NixlConnector | OffloadingConnector | LmcacheConnector;

/** `fail`: the request ends with an error. `recompute`: the server computes the blocks that it did not get. */
export type LoadFailurePolicy = 'fail' | 'recompute';

/** From GPU to GPU, between servers. */
export type NixlConnector = {
  readonly kv_connector: 'NixlConnector';
  readonly kv_role: 'kv_producer' | 'kv_consumer';
  readonly kv_load_failure_policy?: LoadFailurePolicy;
};

/** From the GPU to memory, and on to files. */
export type OffloadingConnector = {
  readonly kv_connector: 'OffloadingConnector';
  readonly kv_role: 'kv_both';
  readonly kv_load_failure_policy?: LoadFailurePolicy;
  readonly kv_connector_extra_config: MemoryTier | FileTiers;
};

/** Bytes of all ranks of one server together. */
export type MemoryTier = { readonly cpu_bytes_to_use: number };

export type FileTiers = MemoryTier & {
  readonly spec_name: 'TieringOffloadingSpec';
  /** Tokens of what is moved at once: a multiple of the GPU's block. */
  readonly block_size: number;
  readonly secondary_tiers: readonly FileTier[];
};

export type FileTier = { readonly type: 'fs'; readonly root_dir: string };

/** Configured by its own environment. */
export type LmcacheConnector = {
  readonly kv_connector: 'LMCacheConnectorV1';
  readonly kv_role: 'kv_both';
  readonly kv_load_failure_policy?: LoadFailurePolicy;
};

/** Several, the first that has a block gives it. The policy stands outside: the scheduler reads that one alone. */
export type MultiConnector = {
  readonly kv_connector: 'MultiConnector';
  readonly kv_role: 'kv_both';
  readonly kv_load_failure_policy: LoadFailurePolicy;
  readonly kv_connector_extra_config: { readonly connectors: readonly KvConnector[] };
};
