/** Blocks on the GPU: how large they are, how much memory they get, whether they are used again. */
import { kvBlockTokensOf, KV_HASH_SEED, sharesBlockNames } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor } from '../pod/contribution.ts';
import type { VllmFlag } from '../pod/vllm-command.ts';

export const blocks: Contributor = (stack, role) => ({
  server: {
    flags: flagsOf(stack),
    env: sharesBlockNames(stack, role) ? [{ name: 'PYTHONHASHSEED', value: KV_HASH_SEED }] : [],
  },
});

function flagsOf(stack: Stack): readonly VllmFlag[] {
  const { prefixCaching, gpuMemoryRatio } = stack.spec.kvCache ?? {};
  const blockTokens = kvBlockTokensOf(stack);
  return [
    ...(blockTokens === undefined ? [] : [{ name: '--block-size', value: blockTokens } as const]),
    ...(gpuMemoryRatio === undefined ? [] : [{ name: '--gpu-memory-utilization', value: gpuMemoryRatio } as const]),
    // On is vLLM's default for most models, not for all: who writes it gets it.
    ...(prefixCaching === undefined ? [] : [prefixCachingFlag(prefixCaching)]),
  ];
}

function prefixCachingFlag(isOn: boolean): VllmFlag {
  return { name: isOn ? '--enable-prefix-caching' : '--no-enable-prefix-caching' };
}
