/** The extended resource that NVIDIA's device plugin offers, and the taint that GKE puts on GPU nodes (NVIDIA/k8s-device-plugin). */
export const GPU_RESOURCE = 'nvidia.com/gpu';

/** Label that GKE gives each node with GPUs: which ones (GKE documentation, "Run GPUs in GKE Standard node pools"). */
export const ACCELERATOR_LABEL = 'cloud.google.com/gke-accelerator';
