/** Pods that look at whole nodes, with GPUs and NICs as the model servers have them. */
import type { V1Container, V1PodTemplateSpec } from '@kubernetes/client-node';
import { GPU_RESOURCE } from '../../../shared/domain/gpu.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { gibDiagnostic } from '../../catalogue/diagnostic-image.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Labels } from '../labels.ts';
import type { PodContribution } from '../pod/contribution.ts';
import { gpuNodes } from '../pod/gpu-nodes.ts';
import { type MergedPod, mergePod } from '../pod/merge.ts';
import { deviceClaims } from '../rdma/dranet.ts';
import {
  GIB_FOLDER,
  GIB_LIBRARIES,
  gibVolume,
  NVIDIA_FOLDER,
  NVIDIA_LIBRARIES,
  nvidiaVolume,
} from '../rdma/host-paths.ts';
import { networkInterfaces } from '../rdma/multi-network.ts';

/** For eight processes of NCCL and their buffers; nodes of these machines have terabytes. */
const SHARED_MEMORY_GIB = 32;
const resources = { cpu: '16', memory: '128Gi' } as const;

export interface TestPod {
  readonly labels: Labels;
  readonly script: string;
  /** Name of the Service by which pods find each other. */
  readonly subdomain?: string;
}

export function testPod(stack: Stack, { labels, script, subdomain }: TestPod): Wire<V1PodTemplateSpec> {
  const pod = mergePod(attachment(stack));
  const { annotations, resourceClaims, volumes } = pod;
  return {
    metadata: { labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      ...(subdomain !== undefined && { subdomain }),
      ...gpuNodes(stack),
      ...(resourceClaims.length > 0 && { resourceClaims }),
      containers: [container(stack, script, pod)],
      volumes,
    },
  };
}

function container(stack: Stack, script: string, { server, resourceClaims }: MergedPod): Wire<V1Container> {
  const amounts = {
    ...resources,
    ...(!server.gpusAreClaimed && { [GPU_RESOURCE]: String(stack.machine.gpuCount) }),
    ...server.resources,
  };
  const claims = resourceClaims.map(({ name }) => ({ name }));
  return {
    name: 'test',
    image: gibDiagnostic.image,
    command: ['/bin/bash', '-c', script],
    env: [
      { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
      { name: 'LD_LIBRARY_PATH', value: `${GIB_LIBRARIES}:${NVIDIA_LIBRARIES}` },
    ],
    resources: { ...(claims.length > 0 && { claims }), requests: amounts, limits: amounts },
    // NCCL and the tests of the NICs pin memory; the container of Google's own test is privileged for it.
    securityContext: { privileged: true },
    volumeMounts: server.volumeMounts,
  };
}

/** As the model servers, but always of the whole node. */
function attachment(stack: Stack): readonly PodContribution[] {
  const [role] = stack.roles;
  if (role === undefined) throw new Error(`testing the nodes of ${stack.name}: it has no role`);
  const whole: StackRole = { ...role, gpusPerPod: stack.machine.gpuCount };
  return [networkInterfaces(stack, whole, 'single'), deviceClaims(stack, whole, 'single'), libraries];
}

/** Of the node: the driver, and what the RDMA installer put there. */
const libraries: PodContribution = {
  volumes: [
    gibVolume,
    nvidiaVolume,
    { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: `${SHARED_MEMORY_GIB}Gi` } },
  ],
  server: {
    volumeMounts: [
      { name: gibVolume.name, mountPath: GIB_FOLDER },
      { name: nvidiaVolume.name, mountPath: NVIDIA_FOLDER },
      { name: 'shm', mountPath: '/dev/shm' },
    ],
  },
};
