/**
 * Flags of `vllm serve` that are gone, by the first version without them. Read on 2026-11-22 out of vLLM's source distributions on PyPI
 * (vllm/engine/arg_utils.py, vllm/entrypoints/openai/cli_args.py): 0.5.5 (of August 2024), 0.6.3, 0.6.6, 0.7.3, 0.8.0, 0.8.5, and the releases
 * from 0.9.0 to 0.30.0. Where releases lie between two that were read (before 0.8.5) or have no source distribution (0.15), `goneIn` is
 * the later one, so that nothing is called gone too early. Held against the sources by test/conformance/vllm.
 */

export interface RemovedFlag {
  /** First version that ends at it. */
  readonly goneIn: string;
  /** What says the same in that version and today; absent: nothing does, or nothing has to. */
  readonly instead?: string;
}

export const vllmRemovedFlags: { readonly [flag: `--${string}`]: RemovedFlag } = {
  '--calculate-kv-scales': { goneIn: '0.28.0' },
  '--cuda-graph-sizes': { goneIn: '0.13.0', instead: '--cudagraph-capture-sizes' },
  '--device': { goneIn: '0.10.0' },
  '--disable-async-output-proc': { goneIn: '0.11.0' },
  '--disable-frontend-multiprocessing': { goneIn: '0.19.0' },
  '--disable-log-requests': { goneIn: '0.17.0' },
  '--disable-logprobs-during-spec-decoding': { goneIn: '0.8.5' },
  '--disable-mm-preprocessor-cache': { goneIn: '0.13.0', instead: '--mm-processor-cache-gb 0' },
  '--enable-lora-bias': { goneIn: '0.11.1' },
  '--enable-multimodal-encoder-data-parallel': { goneIn: '0.13.0', instead: '--mm-encoder-tp-mode data' },
  '--enable-prompt-adapter': { goneIn: '0.10.2' },
  '--enable-reasoning': { goneIn: '0.10.0', instead: '--reasoning-parser alone' },
  '--engine-use-ray': { goneIn: '0.6.3' },
  '--eplb-log-balancedness': { goneIn: '0.12.0', instead: '--eplb-config' },
  '--eplb-step-interval': { goneIn: '0.12.0', instead: '--eplb-config' },
  '--eplb-window-size': { goneIn: '0.12.0', instead: '--eplb-config' },
  '--expand-tools-even-if-tool-choice-none': { goneIn: '0.10.0' },
  '--guided-decoding-backend': { goneIn: '0.12.0', instead: '--structured-outputs-config' },
  '--guided-decoding-disable-additional-properties': { goneIn: '0.12.0', instead: '--structured-outputs-config' },
  '--guided-decoding-disable-any-whitespace': { goneIn: '0.12.0', instead: '--structured-outputs-config' },
  '--guided-decoding-disable-fallback': { goneIn: '0.12.0', instead: '--structured-outputs-config' },
  '--logits-processor-pattern': { goneIn: '0.17.0' },
  '--long-lora-scaling-factors': { goneIn: '0.10.0' },
  '--lora-extra-vocab-size': { goneIn: '0.12.0' },
  '--max-context-len-to-capture': { goneIn: '0.6.6' },
  '--max-long-partial-prefills': { goneIn: '0.27.0' },
  '--max-num-partial-prefills': { goneIn: '0.27.0' },
  '--max-prompt-adapter-token': { goneIn: '0.10.0' },
  '--max-prompt-adapters': { goneIn: '0.10.0' },
  '--max-seq-len-to-capture': { goneIn: '0.11.0' },
  '--multi-step-stream-outputs': { goneIn: '0.10.1' },
  '--ngram-prompt-lookup-max': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--ngram-prompt-lookup-min': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--num-lookahead-slots': { goneIn: '0.12.0' },
  '--num-redundant-experts': { goneIn: '0.12.0', instead: '--eplb-config' },
  '--num-scheduler-steps': { goneIn: '0.10.1' },
  '--num-speculative-tokens': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--override-attention-dtype': { goneIn: '0.28.0' },
  '--override-neuron-config': { goneIn: '0.10.2' },
  '--override-pooler-config': { goneIn: '0.12.0', instead: '--pooler-config' },
  '--preemption-mode': { goneIn: '0.11.0' },
  '--prompt-adapters': { goneIn: '0.10.0' },
  '--qlora-adapter-name-or-path': { goneIn: '0.10.0' },
  '--quantization-param-path': { goneIn: '0.7.3' },
  '--rope-scaling': { goneIn: '0.11.1', instead: '--hf-overrides' },
  '--rope-theta': { goneIn: '0.11.1', instead: '--hf-overrides' },
  '--scheduler-delay-factor': { goneIn: '0.11.0' },
  '--spec-decoding-acceptance-method': { goneIn: '0.8.5' },
  '--speculative-disable-by-batch-size': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--speculative-disable-mqa-scorer': { goneIn: '0.8.5' },
  '--speculative-draft-tensor-parallel-size': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--speculative-max-model-len': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--speculative-model': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--speculative-model-quantization': { goneIn: '0.8.5', instead: '--speculative-config' },
  '--swap-space': { goneIn: '0.18.0' },
  '--task': { goneIn: '0.13.0', instead: '--runner and --convert' },
  '--tokenizer-pool-extra-config': { goneIn: '0.10.0' },
  '--tokenizer-pool-size': { goneIn: '0.10.0' },
  '--tokenizer-pool-type': { goneIn: '0.10.0' },
  '--typical-acceptance-sampler-posterior-alpha': { goneIn: '0.8.5' },
  '--typical-acceptance-sampler-posterior-threshold': { goneIn: '0.8.5' },
  '--use-gpu-for-pooling-score': { goneIn: '0.18.0' },
  '--use-v2-block-manager': { goneIn: '0.10.0' },
  '--worker-use-ray': { goneIn: '0.7.3', instead: '--distributed-executor-backend ray' },
};
