/** Pulls the server's image onto every node that a pod may be put on, so that a replica does not wait for gigabytes. */
import type { V1Container, V1DaemonSet, V1PodSpec } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { pause } from '../../catalogue/images.ts';
import type { Applied, Wire } from '../../kubernetes/wire.ts';
import { componentLabels, componentSelector } from '../labels.ts';
import { gpuNodes } from '../pod/gpu-nodes.ts';
import { imageDiskSelector } from './image-disk.ts';

export function imagePuller(stack: Stack): readonly Applied<V1DaemonSet>[] {
  if (stack.spec.startup?.prePull !== true) return [];
  const selector = componentSelector(stack, 'image-puller');
  const labels = componentLabels(stack, 'image-puller');
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: `${stack.name}-image-puller`, namespace: stack.namespace, labels },
      spec: {
        selector: { matchLabels: selector },
        // Nobody waits for these pods: a new image is pulled on all nodes at once.
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
        template: { metadata: { labels }, spec: podSpec(stack) },
      },
    },
  ];
}

/** The nodes are those of the servers: the same labels, the same taints. */
function podSpec(stack: Stack): Wire<V1PodSpec> {
  const { nodeSelector, tolerations } = gpuNodes(stack);
  return {
    automountServiceAccountToken: false,
    nodeSelector: { ...nodeSelector, ...imageDiskSelector(stack) },
    tolerations,
    // The image of the server alone: those beside it are a hundredth of its size.
    initContainers: [idle({ name: 'pull', image: stack.engine.image, command: ['/bin/true'] })],
    containers: [idle({ name: 'pause', image: pause.image })],
  };
}

/** Next to nothing, so that it fits beside a pod that takes the whole node. */
function idle(container: Wire<V1Container>): Wire<V1Container> {
  const amounts = { cpu: '10m', memory: '32Mi' };
  return { ...container, resources: { requests: amounts, limits: amounts } };
}
