/** The answers of Google as they were found quoted, word for word where the quotation had the whole of it. Sources: beside each rule. */
import { describe, expect, it } from 'vitest';
import '../../emulator/served.ts';
import { allRejections } from '../../emulator/world/rejection.ts';

const INVALID = "Invalid value for field 'resource.";

const quoted: readonly (readonly [id: string, details: readonly unknown[], text: string])[] = [
  ['compute.badInstanceUrl', [0, 'x/y'], `${INVALID}instances[0]': 'x/y'. The URL is malformed.`],
  ['compute.badJson', [], 'Parse Error'],
  [
    'compute.badSubnetRange',
    ['resource.ipCidrRange', '10.0.1.0/23'],
    `${INVALID}ipCidrRange': '10.0.1.0/23'. Must be a CIDR address range.`,
  ],
  ['compute.immutableRouterNetwork', ['n'], `${INVALID}network': 'n'. Network field cannot be modified.`],
  [
    'compute.outOfRange',
    ['resource.mtu', 8897, [1300, 8896]],
    `${INVALID}mtu': '8897'. Must be less than or equal to 8896`,
  ],
  [
    'compute.outOfRange',
    ['resource.mtu', 1299, [1300, 8896]],
    `${INVALID}mtu': '1299'. Must be greater than or equal to 1300`,
  ],
  ['compute.missingField', ['resource.fingerprint'], "Required field 'resource.fingerprint' not specified"],
  [
    'gke.autoscalingBoundsWhileOff',
    [false],
    'Node_pool_autoscaling.max_node_count cannot be specified when autoscaling is disabled.',
  ],
  ['gke.badZone', ['us-east-b'], 'Location "us-east-b" does not exist.'],
  ['gke.duplicatePool', [], 'Internal error encountered.'],
  ['gke.flexStartHasNoSize', [], 'Flex start node pools require initial node count to be set to 0.'],
  ['gke.flexStartNeedsAutoscaling', [], 'Flex start node pools require autoscaling enabled.'],
  ['gke.invalidName', ['cluster'], "'cluster_id' or cluster in 'name' must be specified."],
  ['gke.invalidName', ['nodePool'], 'Node_pool_id must be specified.'],
  [
    'gke.machineMissing',
    ['e2-standard-4', 'us-central2-b'],
    'Invalid machine type "e2-standard-4" in zone "us-central2-b": GCE_NOT_FOUND',
  ],
  ['gke.spotWithReservation', ['Flex-start'], "Flex start node pools don't support reservations."],
  ['frontEnd.badBatch', [0], 'Failed to parse batch request, error: 0 items. Received batch body: (0) bytes redacted'],
  ['iam.accountUnknown', [], 'Unknown service account'],
  [
    'gke.projectDenied',
    ['container.clusters.create', 'projects/p'],
    'Required "container.clusters.create" permission(s) for "projects/p".',
  ],
  ['kubernetes.serverBroken', [], 'etcdserver: no leader'],
  ['kubernetes.serverDown', [], 'apiserver is shutting down'],
  [
    'monitoring.blackoutDenied',
    ['monitoring.timeSeries.create'],
    'Permission monitoring.timeSeries.create denied (or the resource may not exist).',
  ],
  ['monitoring.blackoutUnavailable', [], 'The service is currently unavailable.'],
  ['monitoring.channelInUse', ['c', ['p']], 'Could not delete "c" because it is still being referenced by: "p"'],
  [
    'monitoring.descriptorConflict',
    ['custom.googleapis.com/a'],
    'Errors during metric descriptor creation: {(metric: custom.googleapis.com/a, error: The metric already exists.)}.',
  ],
  [
    'monitoring.descriptorNotFound',
    ['custom.googleapis.com/a'],
    "Could not find descriptor for metric 'custom.googleapis.com/a'.",
  ],
  [
    'monitoring.reducerMismatch',
    ['REDUCE_SUM', 'BOOL'],
    'Field aggregation.crossSeriesReducer had an invalid value of "REDUCE_SUM": The reducer cannot be applied to metrics with value type BOOL.',
  ],
  [
    'monitoring.severalMetrics',
    [],
    'The provided filter matches more than one metric. TimeSeries data are limited to a single metric per request.',
  ],
  [
    'monitoring.tooManySeries',
    [200],
    'Field timeSeries had an invalid value: A maximum of 200 TimeSeries can be written in a single request.',
  ],
  [
    'pubsub.attributeTooLong',
    ['k', 'value', { length: 1025, maximum: 1024 }],
    'The attribute "k" in the request has a value that is too long. The length is 1025 characters, but the maximum allowed is 1024. Refer to https://cloud.google.com/pubsub/quotas for more information.',
  ],
  [
    'pubsub.messageTooLarge',
    ['request_size', 10_000_001, 10_000_000],
    'The value for request_size is too large. You passed 10000001 in the request, but the maximum value is 10000000.',
  ],
  ['scheduler.invalidSchedule', [], 'Schedule or time zone is invalid.'],
  ['scheduler.jobNotFound', [], 'Job not found.'],
  [
    'tasks.invalidScheduleTime',
    [],
    "Invalid value at 'task.schedule_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'schedule_time', Illegal timestamp format; timestamps must end with 'Z' or have a valid timezone offset.",
  ],
];

describe('the local cloud says no in the words of Google', () => {
  it.each(quoted)('%s', (id, details, text) => {
    const rejection = allRejections().find((one) => one.id === id);

    // The table above gives each text what it is made of; the types of all of them together are lost in the list.
    const write = rejection?.message as ((...of: readonly unknown[]) => string) | undefined;

    expect(write?.(...details)).toBe(text);
  });
});
