/** The nodes of a stack, for everything that runs on them: servers, tests, and what pulls images ahead. */
import { ACCELERATOR_LABEL, GPU_RESOURCE } from '../../../shared/domain/gpu.ts';
import { NODE_POOL_LABEL } from '../../../shared/domain/kubernetes-facts.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';

/** Without a pool in the document any node with these GPUs will do; the toleration is of GKE's own taint. */
export function gpuNodes({ machine, nodePool }: Stack) {
  return {
    nodeSelector: {
      [ACCELERATOR_LABEL]: machine.acceleratorType,
      ...(nodePool !== undefined && { [NODE_POOL_LABEL]: nodePool }),
    },
    tolerations: [{ key: GPU_RESOURCE, operator: 'Exists', effect: 'NoSchedule' }],
  };
}
