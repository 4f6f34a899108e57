/** Flags of `vllm serve` that the builders write, and since which version they are there. */

interface FlagFacts {
  /** First version that has it; absent: older than anything that is offered. */
  readonly since?: string;
  /** Why a stack sets it, as the rest of a sentence. */
  readonly why: string;
  readonly source: string;
}

const PARALLELISM = 'vllm-project/vllm docs/serving/parallelism_scaling.md';
const LLM_D = 'llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base';
const DRAIN = 'kserve/kserve pkg/controller/v1alpha2/llmisvc/config_merge.go';
const WIDE_EP = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/base';

export const vllmFlags = {
  '--port': { why: 'where the model server listens', source: LLM_D },
  '--served-model-name': {
    why: 'the name that requests ask for, also the label model_name of its metrics',
    source: LLM_D,
  },
  '--revision': { why: 'replicas load the same weights, whenever they start', source: LLM_D },
  '--max-model-len': {
    why: 'the context that was asked for; more would take memory from other requests',
    source: LLM_D,
  },
  '--tensor-parallel-size': { why: 'one rank for each GPU of the pod', source: PARALLELISM },
  '--pipeline-parallel-size': { why: 'one stage for each node of the group', source: PARALLELISM },
  '--shutdown-timeout': { since: '0.18.0', why: 'requests in flight end; the default, 0, aborts them', source: DRAIN },
  '--disable-access-log-for-endpoints': {
    since: '0.16.0',
    why: 'probes and scrapes would be most of the log',
    source: DRAIN,
  },
  '--nnodes': { since: '0.12.0', why: 'how many nodes the group has, without Ray', source: PARALLELISM },
  '--node-rank': { since: '0.12.0', why: 'which node of the group this is', source: PARALLELISM },
  '--master-addr': { since: '0.12.0', why: 'where the leader of the group is', source: PARALLELISM },
  '--master-port': { since: '0.12.0', why: 'where the leader gathers its group', source: PARALLELISM },
  '--headless': { why: 'a worker computes and answers nobody', source: PARALLELISM },
  '--block-size': { why: 'prefill and decode hand over whole blocks, so both have the same', source: LLM_D },
  '--kv-transfer-config': { why: 'how keys and values get from one server to another', source: LLM_D },
  '--enable-expert-parallel': { why: 'experts are spread over all ranks', source: WIDE_EP },
} as const satisfies { readonly [flag: `--${string}`]: FlagFacts };

export type VllmFlagName = keyof typeof vllmFlags;
