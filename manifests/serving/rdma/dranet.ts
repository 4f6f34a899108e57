/**
 * RDMA NICs by claims: each GPU comes with the NIC that sits beside it, so that several pods can share a node. Needs nodes with GKE's
 * DRANET and NVIDIA's DRA driver (llm-d/llm-d docs/infrastructure/providers/gke).
 */
import { createHash } from 'node:crypto';
import type { V1ResourceClaimTemplate, V1ResourceClaimTemplateSpec } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import type { Contributor } from '../pod/contribution.ts';

/** Without the constraint the NIC may be one of another socket: a GiB over NIXL at 27.54 instead of 39.07 GB/s (kubernetes-sigs/dranet examples/nixl-kv-transfer). */
const gpuWithNic: Wire<V1ResourceClaimTemplateSpec> = {
  spec: {
    devices: {
      requests: [
        { name: 'gpu', exactly: { deviceClassName: 'gpu.nvidia.com', count: 1 } },
        { name: 'nic', exactly: { deviceClassName: 'mrdma.google.com', count: 1 } },
      ],
      constraints: [{ matchAttribute: 'resource.kubernetes.io/pcieRoot' }],
    },
  },
};

/** Cannot be changed once it is there (Kubernetes documentation, "Dynamic Resource Allocation"), so another content has another name. */
export function gpuWithNicTemplate(stack: Stack): Applied<V1ResourceClaimTemplate> {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { name: templateName(stack), namespace: stack.namespace, labels: stackLabels(stack) },
    spec: gpuWithNic,
  };
}

/** One for each GPU: ranks of tensor and of data parallelism alike have one. The device plugin's GPUs are not asked for besides. */
export const deviceClaims: Contributor = (stack, { gpusPerPod }) => {
  if (stack.rdma !== 'dranet') return {};
  const resourceClaimTemplateName = templateName(stack);
  return {
    resourceClaims: Array.from({ length: gpusPerPod }, (_, rank) => ({
      name: `rank-${rank}`,
      resourceClaimTemplateName,
    })),
    server: { gpusAreClaimed: true, capabilities: ['IPC_LOCK'] },
  };
};

function templateName({ name }: Stack): string {
  const content = createHash('sha256').update(JSON.stringify(gpuWithNic)).digest('hex');
  return `${name}-gpu-nic-${content.slice(0, 8)}`;
}
