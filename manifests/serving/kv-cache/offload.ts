/** Memory and files for blocks that leave the GPU. */
import type { V1Container, V1Volume } from '@kubernetes/client-node';
import type { KvTier } from '../../../shared/domain/serving/kv-cache.ts';
import { offloadOf } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Contributor } from '../pod/contribution.ts';

/** Where the slower place is mounted. */
export const TIER_PATH = '/mnt/kv-cache';

const VOLUME = 'kv-cache';

export const offloadMemory: Contributor = (stack, role) => {
  const offload = offloadOf(stack, role);
  if (offload === undefined) return {};
  const { cpuGib: extraMemoryGib, connector } = offload;
  return { server: { extraMemoryGib, preamble: connector === 'lmcache' ? [] : [removeOldRegion] } };
};

/**
 * A server that was killed leaves its blocks behind, `/dev/shm` outlives its container, and the next server has another name for its own:
 * it would find no room and never start (vLLM issues 54002 and, of tiers of files, 57303).
 */
const removeOldRegion = 'rm -f /dev/shm/vllm_offload_*.mmap';

export const offloadTier: Contributor = (stack, role) => {
  const offload = offloadOf(stack, role);
  if (offload?.tier === undefined) return {};
  const { tier, connector } = offload;
  const volumeMounts = [{ name: VOLUME, mountPath: TIER_PATH }];
  if (tier.kind === 'claim') return { volumes: [volumeOf(tier)], server: { volumeMounts } };
  const { sizeGib: ephemeralStorageGib } = tier;
  if (connector === 'lmcache') {
    return { volumes: [volumeOf(tier)], server: { volumeMounts, ephemeralStorageGib, preamble: [removeOldFiles] } };
  }
  return {
    volumes: [volumeOf(tier)],
    initContainers: [evictor(stack.engine.image, tier.sizeGib)],
    server: { volumeMounts },
  };
};

/**
 * LMCache keeps to its size by itself, but knows no file of the server before it (its `local_disk_backend.py`): with these and its own the
 * volume would be over its limit, and the pod evicted.
 */
const removeOldFiles = `find ${TIER_PATH} -type f -delete`;

/** A pod that fills its `emptyDir` is evicted, so one tenth is left free. */
export function filledGib(sizeGib: number): number {
  return Math.floor(sizeGib * 0.9);
}

/** GKE keeps `emptyDir` on the local SSDs of nodes that have them as ephemeral storage (`cluster/gpu-pool.ts`). */
function volumeOf(tier: KvTier): Wire<V1Volume> {
  if (tier.kind === 'claim') return { name: VOLUME, persistentVolumeClaim: { claimName: tier.claim } };
  return { name: VOLUME, emptyDir: { sizeLimit: `${tier.sizeGib}Gi` } };
}

/**
 * vLLM deletes nothing, and a pod that fills its `emptyDir` is evicted: from nine tenths on, the oldest fifth of the files goes. A block
 * that is gone is computed again. Ten seconds, because the last tenth has to last until then: 100 of 1,000 GiB, at 10 GiB/s.
 */
function evictor(image: string, sizeGib: number): Wire<V1Container> {
  return {
    name: 'kv-evictor',
    // The server's own: it is on the node already, and has find and sort.
    image,
    restartPolicy: 'Always',
    command: ['/bin/bash', '-c'],
    args: [evictionScript(filledGib(sizeGib))],
    resources: {
      requests: { cpu: '500m', memory: '512Mi', 'ephemeral-storage': `${sizeGib}Gi` },
      limits: { cpu: '500m', memory: '512Mi' },
    },
    volumeMounts: [{ name: VOLUME, mountPath: TIER_PATH }],
  };
}

/** `du` and `find` complain of files that vanish under them, which is no failure; temporary files of vLLM have another ending. */
function evictionScript(limitGib: number): string {
  return [
    // A shell that is process 1 ignores the signal otherwise, and the pod would wait for the end of its grace period.
    "trap 'exit 0' TERM",
    'while sleep 10; do',
    `  used=$(du -s --block-size=1G ${TIER_PATH} 2>/dev/null | cut -f1)`,
    `  if [ "\${used:-0}" -lt ${limitGib} ]; then continue; fi`,
    `  find ${TIER_PATH} -type f -name '*.bin' -printf '%T@ %p\\n' 2>/dev/null | sort -n | cut -d' ' -f2- >/tmp/oldest-first`,
    "  head -n $(( $(wc -l </tmp/oldest-first) / 5 + 1 )) /tmp/oldest-first | xargs -r -d '\\n' rm -f --",
    'done',
  ].join('\n');
}
