/** Of where the weights come from, what is kept of them, and what is shown to get them. */
import { storageOf } from '../../../shared/domain/serving/storage-defaults.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Reason } from './reason.ts';

const HUB = 'huggingface_hub documentation, "Environment variables"';
const LLM_D = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm';
const GCS_FUSE =
  'GoogleCloudPlatform/accelerated-platforms platforms/gke/base/use-cases/inference-ref-arch/kubernetes-manifests/online-inference-gpu/vllm/base/deployment.yaml';
const SECRET_MANAGER = 'Google Cloud documentation, "Use Secret Manager add-on with Google Kubernetes Engine"';
const HYPERDISK = 'GoogleCloudPlatform/accelerated-platforms use-cases/inferencing/serving/vllm/hyperdisk-ml';
const POPULATOR = 'GKE documentation, "Automate data transfer to Hyperdisk ML using GKE Volume Populator"';
const LUSTRE = 'GoogleCloudPlatform/lustre-csi-driver docs/preprov-guide.md';

const token: readonly Reason[] = [
  {
    setting: 'env HF_TOKEN',
    why: 'by reference, so that the token is in no manifest; the pod does not start without it, rather than fail when a gated model refuses it',
    source: LLM_D,
  },
  {
    setting: 'env HF_TOKEN_PATH',
    why: 'the managed add-on mounts secrets as files and makes no Secret that a variable could refer to',
    source: SECRET_MANAGER,
  },
  {
    setting: '* **.volumes.hf-token',
    why: 'fetched from Secret Manager as the ServiceAccount of the pod when it starts',
    source: SECRET_MANAGER,
  },
  { setting: '* **.volumeMounts.hf-token', why: 'where HF_TOKEN_PATH says', source: HUB },
  {
    setting: 'SecretProviderClass spec',
    why: "`gke` is the provider of GKE's managed add-on; `gcp` is the one that is installed by hand",
    source: SECRET_MANAGER,
  },
];

const hub: readonly Reason[] = [
  {
    setting: 'env HF_HUB_OFFLINE',
    why: 'the weights are in a folder: what is missing there is an error at once, not a download',
    source: HUB,
  },
  {
    setting: 'env HF_HUB_DISABLE_XET',
    why: 'many pods that start together reach the rate limit of the chunk store (429); plain files come from a CDN',
    source: `${HUB}; ${LLM_D}`,
  },
  {
    setting: 'env HF_HUB_DOWNLOAD_TIMEOUT',
    why: 'seconds without a byte; the default of 10 gives up on a hub that is only busy',
    source: HUB,
  },
];

const cache: readonly Reason[] = [
  { setting: '* **.volumes.cache', why: cacheSaid, source: `${LLM_D}/gke` },
  { setting: '* **.volumeMounts.cache', why: 'one folder for all that is downloaded or compiled', source: LLM_D },
  {
    setting: 'env HF_HOME',
    why: 'downloads are kept in the cache; in the home folder each restart of the container would fetch them again, until the hub turns the address of the whole cluster away (429)',
    source: `${HUB}; NVIDIA/aicr issue 1116`,
  },
  ...['VLLM_CACHE_ROOT', 'TRITON_CACHE_DIR', 'CUDA_CACHE_PATH', 'FLASHINFER_WORKSPACE_BASE'].map((name) => ({
    setting: `env ${name}`,
    why: 'compiled kernels and graphs are kept in the cache, so that the next start does not compile them again',
    source: `${LLM_D}/base`,
  })),
  {
    setting: '* **.resources.*.ephemeral-storage',
    why: 'room for files, so that the pod is put where they fit; without it a full disk evicts pods in an order of its own. Asked for and not limited: the limit of one container is that of all volumes of the pod together',
    source: 'Kubernetes documentation, "Local ephemeral storage"',
  },
];

function cacheSaid(stack: Stack): string {
  return storageOf(stack).cache.keptBy === 'node'
    ? 'on the local SSDs of the node: pods that come after and beside find what others downloaded and compiled. Whoever may mount this folder can change what they run'
    : 'outlives the container, goes with the pod';
}

const weights: readonly Reason[] = [
  { setting: '* **.volumes.weights', why: weightsSaid, source: 'spec.storage.weights' },
  {
    setting: '* **.volumes.weights.csi',
    why: 'a bucket as a folder; the check of the bucket at each mount is left out, as it is a call for each pod that starts',
    source: GCS_FUSE,
  },
  {
    setting: '* **.volumes.weights.csi.volumeAttributes.mountOptions',
    why: 'large files come in many pieces at once through a cache without limit; names and sizes are asked for once, as the folder does not change while it is served',
    source: GCS_FUSE,
  },
  {
    setting: '* **.volumeMounts.weights',
    why: 'read-only: many pods share them, and one that writes would change the model of the others',
    source: 'Kubernetes documentation, "Volumes"',
  },
  {
    setting: '* **.annotations.gke-gcsfuse/volumes',
    why: 'asks for the sidecar that mounts the bucket',
    source: 'GoogleCloudPlatform/gcs-fuse-csi-driver docs/usage.md',
  },
  ...['cpu', 'memory', 'ephemeral-storage'].map((name) => ({
    setting: `* **.annotations.gke-gcsfuse/${name}-limit`,
    why: 'no limit for the sidecar: by default it has a quarter of a CPU and 256 MiB, and fails on weights; the pod is then no longer of the class that is evicted last',
    source: `${GCS_FUSE}; GoogleCloudPlatform/gcs-fuse-csi-driver docs/usage.md`,
  })),
];

function weightsSaid(stack: Stack): string {
  const { from } = storageOf(stack).weights;
  return from === 'bootDisk'
    ? 'GKE mounts a secondary boot disk of data at this path of the node'
    : 'the claim that the weights are on, read-only so that all pods may have it at once';
}

const volumes: readonly Reason[] = [
  {
    setting: 'PersistentVolume spec',
    why: 'what is there already: bound to the claim of this stack by name, and kept when the stack goes',
    source: `${HYPERDISK}; ${LUSTRE}`,
  },
  {
    setting: 'PersistentVolume spec.mountOptions',
    why: 'weights are read from front to end, so the kernel reads 4 MiB ahead',
    source: HYPERDISK,
  },
  { setting: 'PersistentVolume spec.nodeAffinity', why: 'the disk cannot leave its zone', source: HYPERDISK },
  {
    setting: 'PersistentVolumeClaim spec',
    why: 'read by all pods at once; with no class at all where the volume is there, as the default one would provision an empty disk',
    source: `${HYPERDISK}; ${LUSTRE}`,
  },
  {
    setting: 'PersistentVolumeClaim spec.dataSourceRef',
    why: 'the new disk begins as a copy of the bucket; pods wait until it is whole',
    source: POPULATOR,
  },
  ...['provisioner', 'parameters', 'allowVolumeExpansion', 'reclaimPolicy'].map((field) => ({
    setting: `StorageClass ${field}`,
    why: 'a Hyperdisk ML disk with the throughput that all its readers share; a copy of the bucket, so it goes with its claim',
    source: POPULATOR,
  })),
  {
    setting: 'StorageClass volumeBindingMode',
    why: 'the copy begins when the claim is made, not when GPUs wait for it',
    source: POPULATOR,
  },
  {
    setting: 'StorageClass allowedTopologies',
    why: 'the zone of the nodes: a disk cannot leave it',
    source: POPULATOR,
  },
  {
    setting: 'GCPDataSource spec',
    why: 'the transfer reads the bucket as the ServiceAccount of the stack; a slash at the end means a folder',
    source: POPULATOR,
  },
];

export const storageReasons: readonly Reason[] = [...token, ...hub, ...cache, ...weights, ...volumes];
