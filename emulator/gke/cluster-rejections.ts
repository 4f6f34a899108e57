/** How the GKE world says no to the body of CreateCluster. */
import { defineRejection } from '../world/rejection.ts';

export const noNodes = defineRejection({
  id: 'gke.noNodes',
  code: 'INVALID_ARGUMENT',
  source: 'hashicorp/terraform-provider-google #13540',
  message: () => 'Cluster.initial_node_count must be greater than zero.',
});

export const networkMissing = defineRejection({
  id: 'gke.networkMissing',
  code: 'INVALID_ARGUMENT',
  source: 'googlecloudrobotics/core #339',
  message: (project: string, network: string) => `Project "${project}" has no network named "${network}".`,
});

export const subnetworkInvalid = defineRejection({
  id: 'gke.subnetworkInvalid',
  code: 'INVALID_ARGUMENT',
  source: 'hashicorp/terraform-provider-google #7895',
  message: (subnetwork: string, network: string) => `Subnetwork "${subnetwork}" is not valid for Network "${network}".`,
});

export const secondaryRangeMissing = defineRejection({
  id: 'gke.secondaryRangeMissing',
  code: 'INVALID_ARGUMENT',
  source: 'fabianlee/gcp-gke-clusters-ingress #2 (pods; services by analogy)',
  message: (kind: 'Pod' | 'Service', range: string, where: { readonly network: string; readonly subnetwork: string }) =>
    `${kind} secondary range "${range}" not found in network "${where.network}", subnetwork "${where.subnetwork}".`,
});

export const sameSecondaryRange = defineRejection({
  id: 'gke.sameSecondaryRange',
  code: 'INVALID_ARGUMENT',
  source: 'gruntwork-io/terraform-google-gke #118',
  message: (range: string) =>
    `Pod secondary range name (${range}) should not be the same as service secondary range name.`,
});

export const calicoWithDataplaneV2 = defineRejection({
  id: 'gke.calicoWithDataplaneV2',
  code: 'INVALID_ARGUMENT',
  source: 'hashicorp/terraform-provider-google #11334',
  message: () => 'Enabling NetworkPolicy for clusters with DatapathProvider=ADVANCED_DATAPATH is not allowed.',
});

export const multiNetworkingNeedsDataplaneV2 = defineRejection({
  id: 'gke.multiNetworkingNeedsDataplaneV2',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; rule: page "Set up multi-network support for Pods"',
  message: () =>
    'Multi-networking requires Dataplane V2 (DatapathProvider=ADVANCED_DATAPATH) and VPC-native networking.',
});

export const gatewayNeedsLoadBalancing = defineRejection({
  id: 'gke.gatewayNeedsLoadBalancing',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording, that of GoogleCloudPlatform/cloud-code-vscode #117 for the Cloud Run addon; ' +
    'rule: page "Deploying Gateways"',
  message: () => 'Http load balancing must be enabled in order to enable the Gateway API.',
});

export const badWorkloadPool = defineRejection({
  id: 'gke.badWorkloadPool',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording; rule: page "Use Workload Identity Federation for GKE" (one pool per project, PROJECT_ID.svc.id.goog)',
  message: (pool: string, project: string) =>
    `Invalid workload pool "${pool}": the only supported workload pool is "${project}.svc.id.goog".`,
});

export const badZone = defineRejection({
  id: 'gke.badZone',
  code: 'INVALID_ARGUMENT',
  source:
    'terraform-google-modules/terraform-google-kubernetes-engine #444, kubernetes/test-infra #8381 (locations that are none; ' +
    'one outside the region by analogy)',
  message: (zone: string) => `Location "${zone}" does not exist.`,
});

export const duplicatePool = defineRejection({
  id: 'gke.duplicatePool',
  code: 'INTERNAL',
  source: 'rancher/gke-operator #122',
  message: () => 'Internal error encountered.',
});
