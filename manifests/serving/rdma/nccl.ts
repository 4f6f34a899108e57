/** What NCCL is told: to use the fabric where it crosses nodes, and to leave Google's plugin alone where it does not. */
import type { Fabric } from '../../../shared/domain/catalogue.ts';
import { ncclCrossesNodes } from '../../../shared/domain/serving/nccl.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor, PodContribution } from '../pod/contribution.ts';
import {
  GIB_FOLDER,
  GIB_LIBRARIES,
  gibVolume,
  libraryPath,
  NVIDIA_FOLDER,
  NVIDIA_LIBRARIES,
  nvidiaVolume,
} from './host-paths.ts';
import { tcpxoLibraries } from './tcpxo.ts';

/** Their nodes have a plugin of Google's in the library path of every GPU pod. */
const fabricsWithPlugin: ReadonlySet<Fabric> = new Set(['roce', 'roce-nvlink', 'tcpxo', 'tcpx']);

export const ncclTransport: Contributor = (stack, role) => {
  if (!ncclCrossesNodes(role)) return fabricsWithPlugin.has(stack.machine.fabric) ? withoutPlugin(role) : {};
  const transport = transportOf(stack, role);
  return {
    ...transport,
    server: { ...transport.server, env: [...socketInterfaces, ...(transport.server?.env ?? [])] },
  };
};

function transportOf(stack: Stack, role: StackRole): PodContribution {
  switch (stack.rdma) {
    case 'multi-network':
    case 'dranet':
      return gib;
    case 'tcpxo':
      return tcpxoLibraries;
    case 'none':
      return fabricsWithPlugin.has(stack.machine.fabric) ? withoutPlugin(role) : {};
  }
}

/** A pod with several interfaces rendezvouses over the one that the cluster knows it by. */
const socketInterfaces = [
  { name: 'GLOO_SOCKET_IFNAME', value: 'eth0' },
  { name: 'NCCL_SOCKET_IFNAME', value: 'eth0' },
] as const;

/**
 * gIB, which the installer of `objects/rdma-installer.ts` puts on each node. Its script must run in the server's own shell: what another
 * process exports is lost (AI-Hypercomputer/gpu-recipes src/helm-charts/a4/inference-templates).
 */
const gib: PodContribution = {
  volumes: [gibVolume, nvidiaVolume],
  server: {
    preamble: [libraryPath(GIB_LIBRARIES, NVIDIA_LIBRARIES), `source ${GIB_FOLDER}/scripts/set_nccl_env.sh`],
    volumeMounts: [
      { name: gibVolume.name, mountPath: GIB_FOLDER, readOnly: true },
      { name: nvidiaVolume.name, mountPath: NVIDIA_FOLDER, readOnly: true },
    ],
  },
};

/**
 * Without its configuration the tuner that nodes ship makes NCCL fail to start (llm-d/llm-d
 * guides/recipes/modelserver/components/disable-gke-nccl-tuner-patch); groups of expert parallelism switch the network plugin off as
 * well (guides/wide-ep/modelserver/gpu/vllm-deepseek-r1-0528/gke, whose tokens go by DeepEP's second version). That one needs NCCL's GIN
 * (vllm-project/vllm vllm/distributed/device_communicators/all2all.py), which is built into NCCL; an empty list is no plugin at all, so
 * that NCCL's own InfiniBand and RoCE are left (NVIDIA/nccl src/plugin/net.cc, gin.cc).
 */
function withoutPlugin({ parallelism }: StackRole): PodContribution {
  const env = [{ name: 'NCCL_TUNER_PLUGIN', value: 'none' }];
  return { server: { env: parallelism.dataPerPod > 0 ? [...env, { name: 'NCCL_NET_PLUGIN', value: '' }] : env } };
}
