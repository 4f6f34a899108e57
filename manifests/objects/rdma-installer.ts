import { ACCELERATOR_LABEL } from '../../shared/domain/gpu.ts';
import type { JsonObject } from '../../shared/domain/json.ts';
import { objectLabels } from '../../shared/domain/ownership.ts';
import type { ResolvedCluster } from '../../shared/domain/resolved-cluster.ts';
import { pause, rdmaInstaller } from '../catalogue/images.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

const NAME = 'nccl-rdma-installer';

/** Where the image keeps its files, and the host directories that GPU pods mount them from (`/usr/local/nvidia`, `/usr/local/gib`). */
const COPIES = [
  { volume: 'nvidia-lib64', from: '/var/lib/gib/lib64', host: '/home/kubernetes/bin/nvidia/lib64' },
  { volume: 'gib', from: '/var/lib/gib', host: '/home/kubernetes/bin/gib' },
] as const;

/**
 * Puts the RDMA libraries and the gIB plugin on every GPU node; a pod that is ready has installed them. It runs in `kube-system`,
 * because only there GKE admits the priority `system-node-critical`. Undefined when the document switches it off.
 */
export function rdmaInstallerDaemonSet(cluster: ResolvedCluster): KubernetesObject | undefined {
  if (!cluster.rdmaInstaller) return undefined;
  const selector = { 'app.kubernetes.io/name': NAME };
  const labels = { ...objectLabels(cluster.target), ...selector };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: selector },
      // Half of the nodes at a time, as cluster-toolkit rolls it out; running workloads keep the files they have open.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } },
      template: { metadata: { labels }, spec: podSpec(cluster) },
    },
  };
}

/** The work is done in the init container, so that readiness means done; the other container only keeps the pod. */
function podSpec({ gpuPools }: ResolvedCluster): JsonObject {
  return {
    priorityClassName: 'system-node-critical',
    hostNetwork: true,
    hostPID: true,
    // Also on nodes that are not ready for anybody else yet.
    tolerations: [{ operator: 'Exists' }],
    affinity: {
      nodeAffinity: onAccelerators([...new Set(gpuPools.map(({ machine }) => machine.acceleratorType))].sort()),
    },
    volumes: COPIES.map(({ volume, host }) => ({ name: volume, hostPath: { path: host, type: 'DirectoryOrCreate' } })),
    initContainers: [
      {
        name: 'install',
        image: rdmaInstaller.image,
        command: ['/bin/sh', '-ec', installScript()],
        // It writes below /home/kubernetes/bin of the host, which only root may.
        securityContext: { privileged: true },
        resources: { requests: { cpu: '150m' } },
        volumeMounts: COPIES.map(({ volume, host }) => ({ name: volume, mountPath: mountOf(host) })),
      },
    ],
    containers: [{ name: 'pause', image: pause.image }],
  };
}

/** Nodes with these GPUs; GKE labels them so. */
function onAccelerators(acceleratorTypes: readonly string[]): JsonObject {
  const expression = { key: ACCELERATOR_LABEL, operator: 'In', values: acceleratorTypes };
  return {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] },
  };
}

/** `-e` of the shell stops at the first failure, and the pod is retried with back-off. */
function installScript(): string {
  const copies = COPIES.map(({ from, host }) => `cp -r ${from}/. ${mountOf(host)}/`);
  return ['/scripts/container_entry.sh install', ...copies].join('\n');
}

function mountOf(hostPath: string): string {
  // The place that the image's own script knows.
  return `/usr/local${hostPath}`;
}
