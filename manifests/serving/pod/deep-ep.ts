/** What DeepEP and NVSHMEM, over which it reaches other nodes, are told (llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/{base,gke}). */
import type { V1EnvVar } from '@kubernetes/client-node';
import type { StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Wire } from '../../kubernetes/wire.ts';

/** Inside one node tokens travel by NVLink. The second version has NCCL reach other nodes, by what NCCL brings itself (`rdma/nccl.ts`). */
export function deepEpEnvironment(role: StackRole): readonly Wire<V1EnvVar>[] {
  if (role.allToAll === 'nccl' || role.nodes === 1) return [];
  return [...rendezvous, ...(role.allToAll === 'deepep' ? nvshmem(role) : [])];
}

/** Ranks find each other over the interface that the cluster knows the pod by, not over one of the NICs. */
const rendezvous = [
  { name: 'GLOO_SOCKET_IFNAME', value: 'eth0' },
  { name: 'NCCL_SOCKET_IFNAME', value: 'eth0' },
] as const;

/** GPUs drive the NICs themselves; a copy through the CPU's mapping of their memory, GDRCopy, GKE's nodes have not. */
function nvshmem({ role, gpusPerPod }: StackRole): readonly Wire<V1EnvVar>[] {
  return [
    { name: 'DEEP_EP_DEVICE_TO_HCA_MAPPING', value: nicsOf(gpusPerPod) },
    { name: 'NVSHMEM_REMOTE_TRANSPORT', value: 'ibgda' },
    { name: 'NVSHMEM_IB_ENABLE_IBGDA', value: 'true' },
    { name: 'NVSHMEM_DISABLE_GDRCOPY', value: 'true' },
    { name: 'NVSHMEM_BOOTSTRAP_UID_SOCK_IFNAME', value: 'eth0' },
    ...(role === 'prefill' ? [] : [lowLatencyBuffers]),
  ];
}

/** Registered memory on every GPU, which the low-latency kernels receive into. */
const lowLatencyBuffers = { name: 'NVSHMEM_SYMMETRIC_SIZE', value: '16G' } as const;

/**
 * Each GPU and the NIC on its own PCIe bridge have the same index; NVSHMEM's own choice may cross sockets (deepseek-ai/DeepEP pull request
 * 466). Nothing reads it in the second version, whose NICs NCCL chooses (deepseek-ai/DeepEP deep_ep/buffers/elastic.py).
 */
function nicsOf(gpus: number): string {
  return Array.from({ length: gpus }, (_, index) => `${index}:mlx5_${index}:1`).join(',');
}
