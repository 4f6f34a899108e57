/** LMCache, which takes its settings from its environment. */
import { offloadOf } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Contributor } from '../pod/contribution.ts';
import { filledGib, TIER_PATH } from './offload.ts';

/** Files that the processes of a server report their counts in. */
const METRICS_VOLUME = 'lmcache-metrics';
const METRICS_PATH = '/tmp/lmcache_prometheus';

/** Sizes are those of one worker, of which each GPU has one (llm-d/llm-d guides/tiered-prefix-cache/modelserver/amd/vllm/lmcache-connector/fs). */
export const lmcache: Contributor = (stack, role) => {
  const offload = offloadOf(stack, role);
  if (offload?.connector !== 'lmcache') return {};
  const { cpuGib, tier } = offload;
  const ofWorker = (gib: number) => String(gib / role.gpusPerPod);
  return {
    volumes: [{ name: METRICS_VOLUME, emptyDir: {} }],
    server: {
      env: [
        { name: 'LMCACHE_MAX_LOCAL_CPU_SIZE', value: ofWorker(cpuGib) },
        ...(tier?.kind !== 'local-ssd'
          ? []
          : [
              { name: 'LMCACHE_LOCAL_DISK', value: `file://${TIER_PATH}/` },
              { name: 'LMCACHE_MAX_LOCAL_DISK_SIZE', value: ofWorker(filledGib(tier.sizeGib)) },
              // A block is rarely a whole number of sectors; a boolean, since any text counts as yes.
              { name: 'LMCACHE_EXTRA_CONFIG', value: JSON.stringify({ use_odirect: false }) },
            ]),
        { name: 'PROMETHEUS_MULTIPROC_DIR', value: METRICS_PATH },
      ],
      volumeMounts: [{ name: METRICS_VOLUME, mountPath: METRICS_PATH }],
    },
  };
};
