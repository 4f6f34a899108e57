/**
 * What Google's errors mean, as data. The first row whose conditions all hold decides, so rows go from the particular (a text, a
 * reason) to the general (a status code). Each cites where its code or text is documented or was seen.
 */
import type { GoogleErrorRow } from './google-error-row.ts';
import { statusRows } from './google-status-rows.ts';

// Where most texts of instance groups are known; its table also says which are stock, quota or something else.
const autoscaler = 'kubernetes/autoscaler cluster-autoscaler/cloudprovider/gce/autoscaling_gce_client.go';
const terraform = 'hashicorp/terraform-provider-google google/transport/error_retry_predicates.go';
const computeErrors = 'Compute Engine documentation, "Error codes" of the v1 REST API';

/** Creating VMs: texts of instance groups, which GKE repeats in its operations and node pool conditions. */
const machineRows: readonly GoogleErrorRow[] = [
  // GKE answers NOT_FOUND to a call that names a missing reservation; what is missing is not the pool.
  {
    when: {
      text: /Specified reservations? .* do(es)? not exist|Could not find the given reservation|reservation "[^"]+" not found for/,
    },
    kind: 'permanent',
    code: 'RESERVATION_NOT_FOUND',
    source: `${autoscaler}; GoogleCloudPlatform/cluster-toolkit issue 5043`,
  },
  {
    when: {
      text: /reservation .* does not have (available resources for|sufficient capacity for|enough resources for) the request|specific reservation "[^"]+" is insufficient/i,
    },
    kind: 'capacity',
    code: 'RESERVATION_CAPACITY_EXCEEDED',
    source: `${autoscaler}; GoogleCloudPlatform/gsutil issue 1000`,
  },
  {
    when: { text: /it requires reservation to be in READY state/ },
    kind: 'busy',
    code: 'RESERVATION_NOT_READY',
    waitingFor: 'the reservation to be READY',
    source: autoscaler,
  },
  {
    when: { text: /No available resources in specified reservations/ },
    kind: 'permanent',
    code: 'RESERVATION_INCOMPATIBLE',
    source: autoscaler,
  },
  {
    when: {
      text: /Reservation .* is incorrect for the requested resources|must use ReservationAffinity of|The reservation must exist in the same project|Incompatible AggregateReservation|AggregateReservation VMFamily|aggregate reservations|Aggregate Reservations|target a reservation with workload_type/,
    },
    kind: 'permanent',
    code: 'INVALID_RESERVATION',
    source: autoscaler,
  },
  // The autoscaler files this text under reservations; the zone is out of stock either way, and both are asked again slowly.
  {
    when: { text: /Zone does not currently have sufficient capacity for the requested resources/ },
    kind: 'capacity',
    code: 'STOCKOUT',
    source: autoscaler,
  },
  {
    when: { sign: /RESOURCE_POOL_EXHAUSTED|INSUFFICIENT_CAPACITY|GCE_STOCKOUT/ },
    kind: 'capacity',
    code: 'STOCKOUT',
    source: autoscaler,
  },
  {
    when: { text: /does not have enough resources available to fulfill the request/ },
    kind: 'capacity',
    code: 'STOCKOUT',
    source: 'hashicorp/terraform-provider-google issue 6287',
  },
  {
    when: { sign: /IP_SPACE_EXHAUSTED/ },
    kind: 'permanent',
    code: 'IP_SPACE_EXHAUSTED',
    source: `${autoscaler}; hashicorp/terraform-cdk issue 1964`,
  },
  {
    when: { text: /constraints\/compute\.vmExternalIpAccess violated/ },
    kind: 'permanent',
    code: 'VM_EXTERNAL_IP_ACCESS_POLICY_CONSTRAINT',
    source: autoscaler,
  },
  {
    when: { sign: /PERMISSIONS_ERROR|MISSING_PERMISSIONS/ },
    kind: 'auth',
    code: 'PERMISSIONS_ERROR',
    source: `${autoscaler}; googleapis/googleapis google/container/v1/cluster_service.proto StatusCondition.Code`,
  },
  {
    when: { text: /Google Compute Engine: Required .* permission|service account is missing required permissions/ },
    kind: 'auth',
    code: 'PERMISSIONS_ERROR',
    source: 'kubernetes/autoscaler cluster-autoscaler/cloudprovider/gce (texts of the GKE service account)',
  },
];

/** Somebody else's operation is in the way, or too many of ours: the same call succeeds later. */
const busyRows: readonly GoogleErrorRow[] = [
  {
    when: { text: /running incompatible operation (operation-[\w-]+)/ },
    kind: 'busy',
    code: 'CLUSTER_BUSY',
    waitingFor: '$1',
    source: 'rancher/gke-operator pull request 509',
  },
  {
    when: { text: /(Operation operation-[\w-]+ is currently [^.]+)\. Please wait/ },
    kind: 'busy',
    code: 'CLUSTER_BUSY',
    waitingFor: '$1',
    source: 'hashicorp/terraform-provider-google issues 3650 and 10366',
  },
  {
    when: { text: /Cluster is currently being created, deleted, updated or repaired/ },
    kind: 'busy',
    code: 'CLUSTER_BUSY',
    waitingFor: 'the operation on the cluster',
    source: 'hashicorp/terraform-provider-google issue 7638',
  },
  {
    when: { text: /(cluster "?[\w-]+"? hits the concurrent operations quota \d+)/ },
    kind: 'busy',
    code: 'TOO_MANY_OPERATIONS',
    waitingFor: '$1',
    source: 'hashicorp/terraform-provider-google issues 15205 and 15579',
  },
  {
    when: { sign: /CONCURRENT_OPERATIONS_QUOTA_EXCEEDED/ },
    kind: 'busy',
    code: 'TOO_MANY_OPERATIONS',
    waitingFor: 'running operations of the project',
    source: 'Compute Engine documentation, "Concurrent operation quotas"',
  },
  {
    when: { sign: /resourceNotReady|RESOURCE_NOT_READY/, text: /resource '([^']+)' is not ready/ },
    kind: 'busy',
    code: 'RESOURCE_NOT_READY',
    waitingFor: '$1',
    source: `${terraform}; GoogleCloudPlatform/gke-migration-to-containers issue 63`,
  },
  {
    when: { sign: /resourceNotReady|RESOURCE_NOT_READY/ },
    kind: 'busy',
    code: 'RESOURCE_NOT_READY',
    waitingFor: 'a resource that is not ready',
    source: terraform,
  },
  {
    when: { sign: /operationInProgress/ },
    kind: 'busy',
    code: 'OPERATION_IN_PROGRESS',
    waitingFor: 'another operation on the resource',
    source: terraform,
  },
  {
    when: { text: /is already being used by '([^']+)'/ },
    kind: 'busy',
    code: 'RESOURCE_IN_USE',
    waitingFor: '$1 to be deleted',
    source: 'genevieve/leftovers issue 6; nitrictech/nitric issue 667',
  },
  {
    when: { sign: /resourceInUseByAnotherResource|RESOURCE_IN_USE_BY_ANOTHER_RESOURCE/ },
    kind: 'busy',
    code: 'RESOURCE_IN_USE',
    waitingFor: 'the resources that use it to be deleted',
    source: computeErrors,
  },
];

/** Limits: a rate heals within its minute, a quota needs a person. */
const limitRows: readonly GoogleErrorRow[] = [
  {
    when: { text: /limit '[^']* per minute[^']*'/ },
    kind: 'transient',
    code: 'RATE_LIMIT',
    retryAfterSeconds: 60,
    source: terraform,
  },
  {
    when: { sign: /rateLimitExceeded|userRateLimitExceeded|RATE_LIMIT_EXCEEDED|RESOURCE_OPERATION_RATE_EXCEEDED/i },
    kind: 'transient',
    code: 'RATE_LIMIT',
    source: `${terraform}; googleapis/python-compute issue 279`,
  },
  { when: { sign: /QUOTA/ }, kind: 'quota', code: 'QUOTA_EXCEEDED', source: autoscaler },
  {
    when: { sign: /quotaExceeded|Quota '[^']+' exceeded|Quota exceeded for quota metric|Insufficient (\w+ )?quota/ },
    kind: 'quota',
    code: 'QUOTA_EXCEEDED',
    source:
      'GoogleCloudPlatform/k8s-config-connector issue 321; kubernetes-sigs/sig-storage-local-static-provisioner pull request 526',
  },
];

/** Reasons of single answers and of Compute Engine operations. */
const reasonRows: readonly GoogleErrorRow[] = [
  { when: { sign: /^(alreadyExists|RESOURCE_ALREADY_EXISTS)$/ }, kind: 'exists', source: computeErrors },
  { when: { sign: /^(notFound|RESOURCE_NOT_FOUND)$/ }, kind: 'gone', source: computeErrors },
  {
    when: { sign: /^(accessNotConfigured|SERVICE_DISABLED)$/ },
    kind: 'auth',
    code: 'SERVICE_DISABLED',
    source: 'midl-dev/tezos-on-gke issue 34 (the answer asks to retry in a few minutes)',
  },
  { when: { sign: /^(backendError|internalError|INTERNAL_ERROR)$/ }, kind: 'transient', source: computeErrors },
  {
    when: { text: /Request message serialization failure|is not a field of/ },
    kind: 'permanent',
    code: 'INVALID_REQUEST',
    source: 'grpc/grpc-node packages/grpc-js/src/client-interceptors.ts; proto-json.ts',
  },
  {
    when: { text: /Could not load the default credentials|invalid_grant/ },
    kind: 'auth',
    code: 'NO_CREDENTIALS',
    source: 'googleapis/google-auth-library-nodejs src/auth/googleauth.ts',
  },
];

export const googleErrorRows: readonly GoogleErrorRow[] = [
  ...machineRows,
  ...busyRows,
  ...limitRows,
  ...reasonRows,
  ...statusRows,
];
