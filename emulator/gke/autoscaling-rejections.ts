/** How the GKE world says no to sizes of node pools. */
import { defineRejection } from '../world/rejection.ts';

const bothKinds = 'google/container/v1/cluster_service.proto (NodePoolAutoscaling: mutually exclusive)';

export const negativeSize = defineRejection({
  id: 'gke.negativeSize',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording',
  message: (count: number) => `Node count ${count} must not be negative.`,
});

export const autoscalingBoundsMissing = defineRejection({
  id: 'gke.autoscalingBoundsMissing',
  code: 'INVALID_ARGUMENT',
  source: 'terraform-google-modules/terraform-google-kubernetes-engine #1554',
  message: () =>
    'Node_pool_autoscaling.max_node_count and node_pool_autoscaling.total_max_node_count cannot be both set to zero.',
});

export const autoscalingBoundsOfBothKinds = defineRejection({
  id: 'gke.autoscalingBoundsOfBothKinds',
  code: 'INVALID_ARGUMENT',
  source: `assumed: wording, like that of gke.autoscalingBoundsMissing; rule: ${bothKinds}`,
  message: () =>
    'Node_pool_autoscaling.max_node_count and node_pool_autoscaling.total_max_node_count cannot be both greater than zero.',
});

export const autoscalingBoundsReversed = defineRejection({
  id: 'gke.autoscalingBoundsReversed',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; rule: google/container/v1/cluster_service.proto (comments of NodePoolAutoscaling)',
  message: (min: number, max: number) =>
    `Node_pool_autoscaling.min_node_count (${min}) must not be greater than node_pool_autoscaling.max_node_count (${max}).`,
});

export const autoscalingBoundsWhileOff = defineRejection({
  id: 'gke.autoscalingBoundsWhileOff',
  code: 'INVALID_ARGUMENT',
  // A report of a student's test environment on GKE quotes it for a new cluster, without the full stop.
  source: 'quoted as the answer to a cluster creation in the public report "Testing Environment Setup" (ESI-SBA)',
  message: (total: boolean) =>
    `Node_pool_autoscaling.${total ? 'total_max_node_count' : 'max_node_count'} cannot be specified when autoscaling is disabled.`,
});

export const flexStartNeedsAutoscaling = defineRejection({
  id: 'gke.flexStartNeedsAutoscaling',
  code: 'INVALID_ARGUMENT',
  source: 'yangwhale/gpu-tpu-pedia tpu/Hunyuan3-295B-Pretraining/QUICKSTART-v7.en.md',
  message: () => 'Flex start node pools require autoscaling enabled.',
});

export const flexStartMinimum = defineRejection({
  id: 'gke.flexStartMinimum',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: that GKE refuses and how; rule: preconditions of GoogleCloudPlatform/cluster-toolkit modules/compute/gke-node-pool/main.tf',
  message: (min: number) => `Flex start node pools require a minimum node count of 0, not ${min}.`,
});

export const flexStartHasNoSize = defineRejection({
  id: 'gke.flexStartHasNoSize',
  code: 'INVALID_ARGUMENT',
  source:
    'yangwhale/gpu-tpu-pedia tpu/Hunyuan3-295B-Pretraining/EXPERIMENT-LOG.md (a new pool; later sizes by analogy); rule: ' +
    'GoogleCloudPlatform/cluster-toolkit modules/compute/gke-node-pool/main.tf (no static count)',
  message: () => 'Flex start node pools require initial node count to be set to 0.',
});
