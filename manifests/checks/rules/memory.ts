/** Memory of a pod, of which shared memory and offloaded blocks are a part. */
import type { Check } from '../check.ts';
import type { ServedPod } from '../checked-set.ts';
import { at, itemsOf, type Place, textOf } from '../place.ts';
import { GIB, gibOf, quantityOf } from '../quantity.ts';

const SHM = 'Kubernetes documentation, "Volumes" (emptyDir, medium: Memory)';

/** Not there: the node's whole memory, which nothing here is held against. */
function memoryLimit({ container }: ServedPod): Place {
  return at(container.place, 'resources', 'limits', 'memory');
}

/** Bytes that volumes in memory may take; those without a limit are limited by the pod itself. */
function sharedMemory({ pod, container }: ServedPod): number {
  const mounted = itemsOf(at(container.place, 'volumeMounts')).map((mount) => textOf(at(mount, 'name')));
  return itemsOf(at(pod.spec, 'volumes'))
    .filter(
      (volume) => mounted.includes(textOf(at(volume, 'name'))) && textOf(at(volume, 'emptyDir', 'medium')) === 'Memory',
    )
    .reduce((sum, volume) => sum + (quantityOf(at(volume, 'emptyDir', 'sizeLimit').value) ?? 0), 0);
}

const memoryCoversShm: Check = {
  id: 'memory-covers-shm',
  severity: 'warning',
  title: 'The memory limit is above what volumes in memory may take: they count towards it.',
  source: SHM,
  run: ({ servers }) =>
    servers.flatMap((server) => {
      const [limit, shared] = [quantityOf(memoryLimit(server).value), sharedMemory(server)];
      if (limit === undefined || shared === 0 || limit > shared) return [];
      return [
        {
          at: memoryLimit(server),
          message: `the limit is ${gibOf(limit)}, volumes in memory may take ${gibOf(shared)} of it`,
          fix: `raise it above ${gibOf(shared)} and what the server itself needs, or make the volumes smaller`,
        },
      ];
    }),
};

/** Bytes of the pod's memory that hold blocks of the KV cache (vllm-project/vllm docs/features/kv_offloading_usage.md; LMCache documentation). */
function offloaded({ flags, container }: ServedPod): number {
  const extra = [...JSON.stringify(flags.json('--kv-transfer-config') ?? {}).matchAll(/"cpu_bytes_to_use":"?(\d+)/g)];
  const native = extra.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  const size = Number(flags.get('--kv-offloading-size') ?? 0) * GIB;
  const lmcache = Number(container.variables.get('LMCACHE_MAX_LOCAL_CPU_SIZE') ?? 0) * GIB;
  return [native, size, lmcache].reduce((sum, bytes) => sum + (Number.isFinite(bytes) ? bytes : 0), 0);
}

const memoryCoversOffload: Check = {
  id: 'memory-covers-offload',
  severity: 'error',
  title: 'The memory limit is above shared memory and the blocks that are offloaded to it together.',
  source: 'vllm-project/vllm docs/features/kv_offloading_usage.md',
  run: ({ servers }) =>
    servers.flatMap((server) => {
      const [limit, blocks, shared] = [quantityOf(memoryLimit(server).value), offloaded(server), sharedMemory(server)];
      // vLLM keeps them in /dev/shm where that is large enough, else they are beside it.
      const needed = shared > blocks ? shared : blocks + shared;
      if (limit === undefined || blocks === 0 || limit > needed) return [];
      return [
        {
          at: memoryLimit(server),
          message: `the limit is ${gibOf(limit)}, offloaded blocks take ${gibOf(blocks)} and shared memory ${gibOf(shared)}`,
          fix: `raise it above ${gibOf(needed)} and what the server itself needs`,
        },
      ];
    }),
};

export const memoryChecks: readonly Check[] = [memoryCoversShm, memoryCoversOffload];
