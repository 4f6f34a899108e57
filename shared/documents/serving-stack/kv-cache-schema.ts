import * as z from 'zod';
import type { KvCache } from '../../domain/serving/kv-cache.ts';
import { choice, decimal, flag, whole } from '../fields.ts';
import { objectName } from '../kubernetes-names.ts';

/** GiB that no node of the catalogue has; a slip of the pen by three digits is refused. */
const MAX_MEMORY_GIB = 4096;
const MAX_DISK_GIB = 65_536;

const tier = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('local-ssd'),
      sizeGib: whole({
        describe: 'GiB that one pod fills at most; the last tenth is room for writes while old blocks go',
        min: 100,
        max: MAX_DISK_GIB,
      }),
    }),
    z.strictObject({
      kind: z.literal('claim'),
      claim: objectName(
        'PersistentVolumeClaim that all pods can write to (ReadWriteMany); not with lmcache',
        'kv-cache',
      ),
    }),
  ])
  .meta({ description: "A slower place below memory: the node's local SSD, or a claim that all pods share" });

const offload = z
  .strictObject({
    connector: choice(['native', 'lmcache'], {
      describe: "vLLM's own connector, or LMCache",
      default: 'native',
    }).exactOptional(),
    cpuGib: whole({
      describe: 'GiB of memory of each pod for blocks that left the GPU, added to what the pod asks for',
      min: 1,
      max: MAX_MEMORY_GIB,
    }),
    tier: tier.exactOptional(),
  })
  .meta({ description: 'Blocks that leave the GPU; with disaggregation those of prefill' });

export const kvCache = z
  .strictObject({
    blockTokens: whole({
      describe:
        'Tokens of a block: 16, 32, 64, 128 or 256; 128 with disaggregation, 64 with events, else what vLLM takes',
      min: 16,
      max: 256,
      example: 128,
    }).exactOptional(),
    prefixCaching: flag({
      describe: 'Whether blocks of equal beginnings are used again',
      default: true,
    }).exactOptional(),
    gpuMemoryRatio: decimal({
      describe: "Part of each GPU's memory for weights and cache together; vLLM's default when left out",
      above: 0,
      max: 1,
    }).exactOptional(),
    offload: offload.exactOptional(),
    events: flag({
      describe: 'Whether each pod tells the endpoint picker of its blocks, for precise prefix routing',
      default: false,
    }).exactOptional(),
  })
  .meta({ description: 'Where keys and values of tokens are kept' }) satisfies z.ZodType<KvCache>;
