/** A bucket as a folder of the pod, by Cloud Storage FUSE. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { BucketWeights } from '../../../shared/domain/serving/storage.ts';
import type { PodContribution } from '../pod/contribution.ts';
import { WEIGHTS_VOLUME } from './names.ts';

/** Google's for serving (GoogleCloudPlatform/accelerated-platforms …/online-inference-gpu/vllm/base/deployment.yaml). -1: for ever, or without limit. */
const mountOptions = [
  // Folders that were never made as such: what uploads leave behind.
  'implicit-dirs',
  // The weights of a folder do not change while they are served.
  'metadata-cache:ttl-secs:-1',
  'metadata-cache:stat-cache-max-size-mb:-1',
  'metadata-cache:type-cache-max-size-mb:-1',
  'metadata-cache:negative-ttl-secs:0',
  'file-system:kernel-list-cache-ttl-secs:-1',
  // Large files come in many pieces at once; that needs the cache, and the whole of it.
  'file-cache:max-size-mb:-1',
  'file-cache:cache-file-for-range-read:true',
  'file-cache:enable-parallel-downloads:true',
];

export function bucketPod(
  { machine }: Stack,
  { name, path }: BucketWeights,
): Pick<PodContribution, 'annotations' | 'volumes'> {
  const options = path === undefined ? mountOptions : [...mountOptions, `only-dir:${path}`];
  const volumeAttributes = { bucketName: name, mountOptions: options.join(','), skipCSIBucketAccessCheck: 'true' };
  const csi = { driver: 'gcsfuse.csi.storage.gke.io', readOnly: true, volumeAttributes };
  // The sidecar's own cache is on the node's disk. Without local SSDs that is the boot disk, which is slower than the bucket.
  const cache = { name: 'gke-gcsfuse-cache', emptyDir: { medium: 'Memory' } };
  return {
    annotations: { 'gke-gcsfuse/volumes': 'true', ...unlimited },
    volumes: [{ name: WEIGHTS_VOLUME, csi }, ...(machine.localSsdCount > 0 ? [] : [cache])],
  };
}

/** 0: none. By default the sidecar has 250m CPU, 256 MiB and 5 to 10 GiB of disk, too little for a file of weights. */
const unlimited = {
  'gke-gcsfuse/cpu-limit': '0',
  'gke-gcsfuse/memory-limit': '0',
  'gke-gcsfuse/ephemeral-storage-limit': '0',
} as const;
