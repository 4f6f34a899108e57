/** The weights in the pods: as a path or URL that the server loads, and as the volume behind it. */
import type { V1Volume } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { type Weights, storageOf } from '../../../shared/domain/serving/storage-defaults.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Contributor, PodContribution, ServerContribution } from '../pod/contribution.ts';
import { bucketPod } from './bucket.ts';
import { WEIGHTS_MOUNT, WEIGHTS_VOLUME, joined, weightsName } from './names.ts';

export const weights: Contributor = (stack) => {
  const { weights: chosen } = storageOf(stack);
  if (chosen.from === 'hugging-face') return {};
  if (chosen.from === 'bucket') {
    const { name, path, read = 'mount' } = chosen;
    return read === 'stream' ? streamed(name, path) : mounted({ ...bucketPod(stack, chosen), loaded: WEIGHTS_MOUNT });
  }
  return mounted({
    loaded: joined(WEIGHTS_MOUNT, chosen.path),
    volumes: [volumeOf(stack, chosen)],
    // Whole files at once instead of pages as they are touched: what it reads well is large pieces.
    ...(chosen.from === 'lustre' && { flags: [{ name: '--safetensors-load-strategy', value: 'eager' }] }),
  });
};

/** Nothing is asked of Hugging Face: what is missing in the folder is an error at once, not a download. */
const offline = { name: 'HF_HUB_OFFLINE', value: '1' } as const;

/** With no volume at all: the server reads the bucket itself. */
function streamed(bucket: string, path: string | undefined): PodContribution {
  return {
    server: {
      modelPath: `gs://${joined(bucket, path)}`,
      flags: [{ name: '--load-format', value: 'runai_streamer' }],
      env: [offline],
    },
  };
}

interface Mounted extends Pick<PodContribution, 'annotations' | 'volumes'>, Pick<ServerContribution, 'flags'> {
  readonly loaded: string;
}

/** Read-only: many pods share them, and one that writes would change the model of the others. */
function mounted({ loaded, flags = [], ...pod }: Mounted): PodContribution {
  return {
    ...pod,
    server: {
      modelPath: loaded,
      flags,
      env: [offline],
      volumeMounts: [{ name: WEIGHTS_VOLUME, mountPath: WEIGHTS_MOUNT, readOnly: true }],
    },
  };
}

type Volumes = Exclude<Weights, { readonly from: 'hugging-face' | 'bucket' }>;

/** Of the stack's own claim, somebody's, or of the disk that the node began with. */
function volumeOf(stack: Stack, chosen: Volumes): Wire<V1Volume> {
  if (chosen.from === 'bootDisk') {
    return { name: WEIGHTS_VOLUME, hostPath: { path: bootDiskPath(chosen.image), type: 'Directory' } };
  }
  const claimName = chosen.from === 'claim' ? chosen.name : weightsName(stack);
  return { name: WEIGHTS_VOLUME, persistentVolumeClaim: { claimName, readOnly: true } };
}

/** Where GKE mounts it (GKE documentation, "Use secondary boot disks to preload data or container images"). */
function bootDiskPath(image: string): string {
  return `/mnt/disks/gke-secondary-disks/gke-${image}-disk`;
}
