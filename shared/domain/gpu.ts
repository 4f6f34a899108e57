/** The extended resource that NVIDIA's device plugin offers, and the taint that GKE puts on GPU nodes (NVIDIA/k8s-device-plugin). */
export const GPU_RESOURCE = 'nvidia.com/gpu';
