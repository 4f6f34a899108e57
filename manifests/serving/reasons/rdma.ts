/** Of how pods get their NICs, and of what NCCL and UCX are told. */
import { ncclCrossesNodes } from '../../../shared/domain/serving/nccl.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { tcpxoDaemonImage } from '../../catalogue/images.ts';
import type { Reason } from './reason.ts';

const MULTI_NETWORK = 'GKE documentation, "Set up multi-network support for Pods"';
const DRANET = 'llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/gke/base';
const GIB = 'AI-Hypercomputer/gpu-recipes src/helm-charts/a4/inference-templates';
const TCPXO = 'NVIDIA/aicr docs/integrator/gke-tcpxo-networking.md';
const WIDE_EP_ON_GKE = 'llm-d/llm-d guides/wide-ep/modelserver/gpu/vllm-deepseek-r1-0528/gke';
const NO_PLUGIN = 'llm-d/llm-d guides/recipes/modelserver/components/disable-gke-nccl-tuner-patch';

const multiNetwork: readonly Reason[] = [
  {
    setting: '* **.annotations.networking.gke.io/default-interface',
    why: 'traffic with the cluster stays on the interface that Services and probes reach',
    source: MULTI_NETWORK,
  },
  {
    setting: '* **.annotations.networking.gke.io/interfaces',
    why: ({ machine: { machineType, nics } }) =>
      `the ${nics.rdma > 0 ? nics.rdma : nics.gvnic} NICs of ${machineType} that its GPUs use, each by the Network of its subnet`,
    source: MULTI_NETWORK,
  },
  ...Array.from({ length: 8 }, (_, index) => ({
    setting: `* **.resources.*.networking.gke.io.networks/rdma-${index}`,
    why: 'GKE writes a request of this name into pods with the annotation, and nodes offer it only under another: without the zero no pod is placed',
    source: 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke',
  })),
  {
    setting: '* **.containers.modelserver.securityContext.capabilities',
    why: 'memory that NICs read and write must not be swapped, which needs IPC_LOCK',
    source: 'vllm-project/vllm docs/serving/parallelism_scaling.md',
  },
];

const dranet: readonly Reason[] = [
  {
    setting: 'ResourceClaimTemplate spec.spec.devices.requests',
    why: 'a GPU and an RDMA NIC for each rank, so that several pods can share a node',
    source: DRANET,
  },
  {
    setting: 'ResourceClaimTemplate spec.spec.devices.constraints',
    why: 'the NIC beside the GPU: over another socket NIXL moves 27.54 instead of 39.07 GB/s',
    source: 'kubernetes-sigs/dranet examples/nixl-kv-transfer',
  },
  {
    setting: '* **.resourceClaims',
    why: 'one claim for each GPU of the pod; GPUs are not asked of the device plugin besides',
    source: DRANET,
  },
];

/** What goes between nodes without gIB, and how; by role where they differ. */
function withoutGib({ roles, rdma }: Stack): string {
  const without = roles.filter((role) => rdma === 'none' || !ncclCrossesNodes(role));
  const [first = '', ...others] = new Set(without.map(carrierOf));
  return others.length === 0 ? first : without.map((role) => `${role.role}: ${carrierOf(role)}`).join('; ');
}

function carrierOf(role: StackRole): string {
  if (role.nodes === 1) return 'NCCL stays inside a node, on NVLink';
  if (ncclCrossesNodes(role)) return 'NCCL crosses nodes over TCP';
  return role.allToAll === 'deepep'
    ? 'tokens go to their experts over NVSHMEM'
    : 'tokens go to their experts by what NCCL has built in for InfiniBand and RoCE, with GPUs that drive the NICs (GIN; vLLM wants NCCL 2.30.4 or newer for it)';
}

const nccl: readonly Reason[] = [
  {
    setting: 'env NCCL_TUNER_PLUGIN',
    why: (stack) =>
      `nodes ship gIB's tuner in the library path, and without its configuration NCCL does not start; gIB is not used: ${withoutGib(stack)}`,
    source: NO_PLUGIN,
  },
  {
    setting: 'env NCCL_NET_PLUGIN',
    why: (stack) => `empty is none: the network plugin of the nodes, gIB, stays off; ${withoutGib(stack)}`,
    source: `${WIDE_EP_ON_GKE}; NVIDIA/nccl src/plugin/net.cc and gin.cc; vllm-project/vllm vllm/distributed/device_communicators/all2all.py`,
  },
  {
    setting: 'env GLOO_SOCKET_IFNAME',
    why: 'ranks find each other over the interface that the cluster knows the pod by, not over one of the NICs',
    source: GIB,
  },
  {
    setting: 'env NCCL_SOCKET_IFNAME',
    why: 'ranks find each other over the interface that the cluster knows the pod by, not over one of the NICs',
    source: GIB,
  },
  { setting: '* **.volumes.gib', why: 'gIB, as the installer put it on the node', source: GIB },
  { setting: '* **.volumeMounts.gib', why: 'where its own script looks for it', source: GIB },
  {
    setting: '* **.volumes.nvidia',
    why: "NVIDIA's libraries and those of the network plugin, as GKE and the installer put them on the node",
    source: 'GoogleCloudPlatform/container-engine-accelerators gpudirect-rdma',
  },
  { setting: '* **.volumeMounts.nvidia', why: 'where images for GKE look for them', source: GIB },
  {
    setting: 'env UCX_IB_ROCE_REACHABILITY_MODE',
    why: 'each rail is a subnet of its own, which UCX takes for unreachable from the others; keys and values would go over TCP',
    source: DRANET,
  },
];

const tcpxo: readonly Reason[] = [
  {
    setting: '* **.annotations.devices.gke.io/container.tcpxo-daemon',
    why: 'the daemon reaches the GPUs without asking for any, which would take them from the server',
    source: TCPXO,
  },
  {
    setting: '* **.initContainers.tcpxo-daemon',
    why: 'carries NCCL over the NICs of the node; a native sidecar, so that it is up before the server and goes after it',
    source: tcpxoDaemonImage.source,
  },
  {
    setting: '* **.volumes.tcpxo-sys',
    why: "without the node's own tree of devices the daemon finds no GPUs",
    source: TCPXO,
  },
  { setting: '* **.volumes.tcpxo-proc-sys', why: 'the daemon tunes the network of the node', source: TCPXO },
  { setting: '* **.volumes.tcpxo-aperture-devices', why: 'the plugin writes to the NICs directly', source: TCPXO },
  { setting: '* **.volumeMounts.tcpxo-aperture-devices', why: 'where the plugin is told to look', source: TCPXO },
  {
    setting: 'env NCCL_LIB_DIR',
    why: 'the plugin and the settings that are for its version are those of the node',
    source: tcpxoDaemonImage.source,
  },
  {
    setting: 'env NCCL_FASTRAK_LLCM_DEVICE_DIRECTORY',
    why: 'where the plugin finds what it writes to the NICs by',
    source: TCPXO,
  },
];

export const rdmaReasons: readonly Reason[] = [...multiNetwork, ...dranet, ...nccl, ...tcpxo];
