/** One folder for all that is downloaded or compiled, on a disk that outlives the container. */
import type { V1EnvVar, V1Volume } from '@kubernetes/client-node';
import { type ResolvedStorage, storageOf } from '../../../shared/domain/serving/storage-defaults.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Contributor } from '../pod/contribution.ts';

const VOLUME = 'cache';
const MOUNT = '/cache';

/** On the local SSDs that GKE joins into one disk for ephemeral storage (llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke). */
const NODE_FOLDER = '/mnt/stateful_partition/kube-ephemeral-ssd/shared_disk/inference-fleet-cache';

export const cache: Contributor = (stack) => {
  const { weights, cache: chosen } = storageOf(stack);
  const { sizeGib } = chosen;
  return {
    volumes: [volumeOf(chosen)],
    server: {
      env: [...folders, ...(weights.from === 'hugging-face' ? download : [])],
      volumeMounts: [{ name: VOLUME, mountPath: MOUNT }],
      ...(sizeGib !== undefined && { ephemeralStorageGib: sizeGib }),
    },
  };
};

function volumeOf({ keptBy, sizeGib }: ResolvedStorage['cache']): Wire<V1Volume> {
  if (keptBy === 'pod') return { name: VOLUME, emptyDir: sizeGib === undefined ? {} : { sizeLimit: `${sizeGib}Gi` } };
  return { name: VOLUME, hostPath: { path: NODE_FOLDER, type: 'DirectoryOrCreate' } };
}

/** Each library has its own way to be told; by default all of them write into the home folder, which a restart of the container loses. */
const folders: readonly Wire<V1EnvVar>[] = [
  { name: 'HF_HOME', value: `${MOUNT}/huggingface` },
  { name: 'VLLM_CACHE_ROOT', value: `${MOUNT}/vllm` },
  { name: 'TRITON_CACHE_DIR', value: `${MOUNT}/triton` },
  { name: 'CUDA_CACHE_PATH', value: `${MOUNT}/cuda` },
  { name: 'FLASHINFER_WORKSPACE_BASE', value: `${MOUNT}/flashinfer` },
];

const download: readonly Wire<V1EnvVar>[] = [
  { name: 'HF_HUB_DISABLE_XET', value: '1' },
  // Seconds without a byte; by default 10, which a busy hub exceeds.
  { name: 'HF_HUB_DOWNLOAD_TIMEOUT', value: '60' },
];
