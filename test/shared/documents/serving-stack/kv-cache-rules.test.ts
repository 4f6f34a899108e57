import { describe, expect, it } from 'vitest';
import { kvCacheRules } from '#shared/documents/serving-stack/kv-cache-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return kvCacheRules.flatMap((rule) => rule(stack)).map(({ field, rule, fix }) => ({ field, rule, fix }));
}

const memory = { cpuGib: 100 } as const;
const localSsd = (sizeGib: number) => ({ cpuGib: 100, tier: { kind: 'local-ssd', sizeGib } }) as const;

describe('the KV cache', () => {
  it.each([
    { name: 'nothing', spec: {} },
    { name: 'memory since vLLM 0.22', spec: { engine: { version: '0.22.0' }, kvCache: { offload: memory } } },
    { name: 'files since vLLM 0.26', spec: { engine: { version: '0.26.0' }, kvCache: { offload: localSsd(100) } } },
    {
      name: 'LMCache of an older one',
      spec: { engine: { version: '0.18.0' }, kvCache: { offload: { connector: 'lmcache', cpuGib: 1 } } },
    },
    {
      name: 'memory of ranks that are servers of their own',
      spec: { roles: { aggregated: { nodes: 2, parallelism: 'expert' } }, kvCache: { offload: memory } },
    },
    {
      name: 'memory of prefill, beside decode over several nodes',
      spec: { roles: { prefill: {}, decode: { nodes: 2 } }, kvCache: { offload: memory } },
    },
    {
      name: 'the whole local SSD for a whole node',
      spec: { roles: { aggregated: {} }, kvCache: { offload: localSsd(10_058) } },
    },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each([
    {
      name: 'a size of blocks that no kernel has',
      spec: { kvCache: { blockTokens: 100 } },
      field: 'spec.kvCache.blockTokens',
      rule: 'must be one of 16, 32, 64, 128, 256',
      fix: 'use 128',
    },
    {
      name: 'offloading and events without reuse',
      spec: { kvCache: { prefixCaching: false, events: true, offload: memory } },
      field: 'spec.kvCache.prefixCaching',
      rule: 'must not be false with offload and events, which serve blocks that are used again',
      fix: 'remove it, or offload and events',
    },
    {
      name: 'memory before vLLM 0.22',
      spec: { engine: { version: '0.21.9' }, kvCache: { offload: memory } },
      field: 'spec.engine.version',
      rule: 'must be at least 0.22.0 for spec.kvCache.offload',
      fix: 'use 0.22.0 or newer, or remove offload',
    },
    {
      name: 'files before vLLM 0.26',
      spec: { engine: { version: '0.25.1' }, kvCache: { offload: localSsd(100) } },
      field: 'spec.engine.version',
      rule: 'must be at least 0.26.0 for spec.kvCache.offload.tier',
      fix: 'use 0.26.0 or newer, or remove offload.tier',
    },
    {
      name: 'memory that ranks on two nodes would share',
      spec: { roles: { aggregated: { nodes: 2 } }, kvCache: { offload: memory } },
      field: 'spec.kvCache.offload',
      rule: 'must not be set where a server spans nodes (aggregated: 2): its ranks share memory of one node',
      fix: 'remove it, or use one node a replica',
    },
    {
      name: 'LMCache beside NIXL',
      spec: { roles: { prefill: {}, decode: {} }, kvCache: { offload: { connector: 'lmcache', cpuGib: 1 } } },
      field: 'spec.kvCache.offload.connector',
      rule: 'must not be lmcache with prefill and decode: beside NIXL it is not known to work',
      fix: 'use native',
    },
    {
      name: 'files of LMCache that servers would delete under each other',
      spec: { kvCache: { offload: { connector: 'lmcache', cpuGib: 1, tier: { kind: 'claim', claim: 'kv' } } } },
      field: 'spec.kvCache.offload.tier.kind',
      rule: 'must not be a claim with lmcache: a server finds only files that it wrote itself, and others delete these',
      fix: 'use local-ssd, or the native connector, whose files all pods share',
    },
    {
      name: 'more local SSD than the pods of a node have together',
      spec: { roles: { aggregated: { gpus: 2 } }, kvCache: { offload: localSsd(3000) } },
      field: 'spec.kvCache.offload.tier.sizeGib',
      rule: 'must be at most 2514: 4 pods share 10058 GiB of local SSD on a3-ultragpu-8g',
      fix: 'use 2514',
    },
    {
      name: 'events of ranks that share a pod',
      spec: { roles: { aggregated: { parallelism: 'expert' } }, kvCache: { events: true } },
      field: 'spec.kvCache.events',
      rule: 'must not be set with expert parallelism: the ranks of a pod would report their blocks as those of one server',
      fix: 'remove it',
    },
  ] as const)('refuses $name', ({ spec, field, rule, fix }) => {
    expect(problemsOf(spec)).toEqual([{ field, rule, fix }]);
  });
});
