/** How the GKE world says no to a call. What fails later, inside an operation, is in capacity.ts. */
import { defineRejection } from '../world/rejection.ts';

export const invalidName = defineRejection({
  id: 'gke.invalidName',
  code: 'INVALID_ARGUMENT',
  source:
    'googleapis/nodejs-cloud-container #578 (cluster), GoogleCloudPlatform/k8s-config-connector #358 (node pool), ' +
    'estafette/estafette-gke-node-pool-shifter #12 (location); operations by analogy',
  message: (kind: 'location' | 'cluster' | 'nodePool' | 'operation') => missingPart[kind],
});

const missingPart = {
  location: 'Location "" does not exist.',
  cluster: "'cluster_id' or cluster in 'name' must be specified.",
  nodePool: 'Node_pool_id must be specified.',
  operation: 'Operation_id must be specified.',
} as const;

export const projectDenied = defineRejection({
  id: 'gke.projectDenied',
  code: 'PERMISSION_DENIED',
  source: 'pulumi/examples #150 (create, names the project), 2i2c-org/infrastructure #488 (get, names the resource)',
  message: (permission: string, resource: string) => `Required "${permission}" permission(s) for "${resource}".`,
});

export const locationDenied = defineRejection({
  id: 'gke.locationDenied',
  code: 'PERMISSION_DENIED',
  source: 'GoogleCloudPlatform/healthcare #475',
  message: (location: string) => `Permission denied on 'locations/${location}' (or it may not exist).`,
});

export const notFound = defineRejection({
  id: 'gke.notFound',
  code: 'NOT_FOUND',
  source: 'hashicorp/terraform-provider-google #5229',
  message: (path: string) => `Not found: ${path}.`,
});

export const alreadyExists = defineRejection({
  id: 'gke.alreadyExists',
  code: 'ALREADY_EXISTS',
  source: 'terraform-google-modules/terraform-google-kubernetes-engine #367',
  message: (path: string) => `Already exists: ${path}.`,
});

export const nameTakenElsewhere = defineRejection({
  id: 'gke.nameTakenElsewhere',
  code: 'UNIMPLEMENTED',
  source: 'limit: two clusters of one name in different places; its API servers are addressed by cluster name alone',
  message: (path: string) => `The local cloud holds one cluster of a name, and there is ${path}.`,
});

export const incompatibleOperation = defineRejection({
  id: 'gke.incompatibleOperation',
  code: 'FAILED_PRECONDITION',
  source:
    'kubernetes-sigs/cluster-api-provider-gcp #1363; older wording in hashicorp/terraform-provider-google #3650 and #10366; ' +
    'rule: page "Troubleshoot concurrent operations"',
  message: (operation: string) => `Cluster is running incompatible operation ${operation}.`,
});

export const clusterNotRunning = defineRejection({
  id: 'gke.clusterNotRunning',
  code: 'FAILED_PRECONDITION',
  source:
    'assumed: wording; a cluster whose creation failed is unusable (comment of Operation.Type in cluster_service.proto)',
  message: (cluster: string, status: string) => `Cluster "${cluster}" is not running: its status is ${status}.`,
});

export const tooManyOperations = defineRejection({
  id: 'gke.tooManyOperations',
  code: 'RESOURCE_EXHAUSTED',
  source: 'hashicorp/terraform-provider-google #15205',
  message: (cluster: string) =>
    `Too many operations: cluster "${cluster}" hits the concurrent operations quota 5, please try again later.`,
});

export const notServed = defineRejection({
  id: 'gke.notServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: what is not part of the local GKE; answering so is better than ignoring it',
  message: (what: string) => `The local cloud does not serve ${what}.`,
});

const nameRule =
  `Must be a match of regex '(?:[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?)' (only lowercase alphanumerics and '-' allowed, ` +
  'must start with a letter and end with an alphanumeric, and must be no longer than 40 characters).';

export const badResourceName = defineRejection({
  id: 'gke.badResourceName',
  code: 'INVALID_ARGUMENT',
  source: 'otrack/cloud-computing-infrastructures #17 (cluster.name; the node pool has the same rule)',
  message: (field: string, name: string) => `Invalid value for field "${field}": "${name}". ${nameRule}`,
});

export const versionUnsupported = defineRejection({
  id: 'gke.versionUnsupported',
  code: 'INVALID_ARGUMENT',
  source: 'pluralsh/plural #1308; for nodes by analogy',
  message: (part: 'Master' | 'Node', version: string) => `${part} version "${version}" is unsupported.`,
});

export const noVersionWithPrefix = defineRejection({
  id: 'gke.noVersionWithPrefix',
  code: 'INVALID_ARGUMENT',
  source: 'k0rdent/kcm #1796',
  message: (prefix: string) => `No valid versions with the prefix "${prefix}" found.`,
});

export const nodeNetworkImmutable = defineRejection({
  id: 'gke.nodeNetworkImmutable',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording; that additional node networks cannot be changed is in ' +
    'GoogleCloudPlatform/magic-modules mmv1/third_party/terraform/services/container/resource_container_node_pool.go.tmpl (ForceNew)',
  message: (pool: string) => `Additional node networks of node pool "${pool}" cannot be updated.`,
});
