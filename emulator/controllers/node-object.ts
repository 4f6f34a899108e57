/** The Node object that a GKE machine registers as. */
import type { Instance } from '../gke/instance.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { JsonMap } from '../world/json.ts';
import { capacityOf } from './node-capacity.ts';

/** What a Node is made from. */
export interface NodeFacts {
  readonly instance: Instance;
  readonly project: string;
  /** Of the node among all nodes that the cluster ever had, from 1: decides its addresses. */
  readonly number: number;
  readonly nowMs: number;
}

/** As the kubelet registers it: its GPUs and RDMA interfaces follow later. */
export function nodeObject(facts: NodeFacts): JsonMap {
  const { instance, project, number, nowMs } = facts;
  const podCIDR = `10.4.${number % 256}.0/24`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: instance.name,
      labels: { ...machineLabels(instance), ...instance.labels },
      annotations: {
        'container.googleapis.com/instance_id': String(1_000_000_000 + number),
        'node.gke.io/last-applied-node-taints': instance.taints
          .map(({ key, value, effect }) => `${key}=${value}:${effect}`)
          .join(','),
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      providerID: `gce://${project}/${instance.zone}/${instance.name}`,
      ...(instance.taints.length > 0 && { taints: instance.taints.map((taint) => ({ ...taint })) }),
    },
    status: {
      ...capacityOf(instance),
      addresses: [
        { type: 'InternalIP', address: `10.128.${Math.floor(number / 254)}.${(number % 254) + 1}` },
        { type: 'Hostname', address: instance.name },
      ],
      conditions: nodeConditions({ isReady: false, now: rfc3339(nowMs), since: rfc3339(nowMs) }),
      nodeInfo: nodeInfo(instance, number),
    },
  };
}

/**
 * Labels that kubelet and GKE set by themselves, as `kubectl describe node` lists them: kubernetes/kubernetes #55005 (the older
 * ones), cloudpilot-ai/karpenter-provider-gcp #449 (the scaling levels), page "About labels and taints in GKE".
 */
function machineLabels(instance: Instance): Record<string, string> {
  const { zone, machineType, cpuCount, memoryGib, maxPods, accelerator } = instance;
  const region = zone.slice(0, zone.lastIndexOf('-'));
  return {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/instance-type': machineType,
    'beta.kubernetes.io/os': 'linux',
    'cloud.google.com/gke-container-runtime': 'containerd',
    'cloud.google.com/gke-cpu-scaling-level': String(cpuCount),
    ...(accelerator !== undefined && { 'cloud.google.com/gke-gpu': 'true' }),
    'cloud.google.com/gke-logging-variant': 'DEFAULT',
    'cloud.google.com/gke-max-pods-per-node': String(maxPods),
    'cloud.google.com/gke-memory-gb-scaling-level': String(memoryGib),
    'cloud.google.com/gke-netd-ready': 'true',
    'cloud.google.com/gke-os-distribution': 'cos',
    'cloud.google.com/gke-stack-type': 'IPV4',
    'cloud.google.com/machine-family': machineType.split('-')[0] ?? '',
    'failure-domain.beta.kubernetes.io/region': region,
    'failure-domain.beta.kubernetes.io/zone': zone,
    'iam.gke.io/gke-metadata-server-enabled': 'true',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': instance.name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': machineType,
    'topology.gke.io/zone': zone,
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
  };
}

/** Versions of a Container-Optimized OS image of that time; nothing in this world depends on them. */
function nodeInfo(instance: Instance, number: number): JsonMap {
  const hex = number.toString(16).padStart(32, '0');
  return {
    architecture: 'amd64',
    bootID: `${hex.slice(0, 8)}-0000-4000-8000-${hex.slice(20)}`,
    containerRuntimeVersion: 'containerd://2.0.6',
    kernelVersion: '6.6.97+',
    kubeProxyVersion: '',
    kubeletVersion: `v${instance.version}`,
    machineID: hex,
    operatingSystem: 'linux',
    osImage: 'Container-Optimized OS from Google',
    systemUUID: `${hex.slice(0, 8)}-0000-4000-8000-${hex.slice(20)}`,
  };
}

export interface NodeHealth {
  readonly isReady: boolean;
  /** RFC 3339. */
  readonly now: string;
  /** When the node registered, RFC 3339: what was fine then has not changed since. */
  readonly since: string;
}

/** Texts of the kubelet (pkg/kubelet/nodestatus/setters.go of kubernetes/kubernetes). */
export function nodeConditions({ isReady, now, since }: NodeHealth): JsonMap[] {
  const condition = (type: string, status: string, [reason, message]: readonly [string, string]): JsonMap => ({
    type,
    status,
    lastHeartbeatTime: now,
    lastTransitionTime: type === 'Ready' ? now : since,
    reason,
    message,
  });
  const ready = isReady
    ? (['KubeletReady', 'kubelet is posting ready status'] as const)
    : ([
        'KubeletNotReady',
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      ] as const);
  return [
    condition('MemoryPressure', 'False', ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available']),
    condition('DiskPressure', 'False', ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure']),
    condition('PIDPressure', 'False', ['KubeletHasSufficientPID', 'kubelet has sufficient PID available']),
    condition('Ready', isReady ? 'True' : 'False', ready),
  ];
}
