import { describe, expect, it } from 'vitest';
import { AutomationError } from '#shared/errors.ts';
import type { GoogleErrorFacts } from '#shared/gcp/google-error-facts.ts';
import { googleErrorRows } from '#shared/gcp/google-error-rows.ts';
import {
  classifyGoogleError,
  googleErrorRowOf,
  toAutomationError,
  toOperationError,
} from '#shared/gcp/google-errors.ts';

const facts = (over: Partial<GoogleErrorFacts>): GoogleErrorFacts => ({ reasons: [], text: '', ...over });
const stockout = (text: string) => facts({ canonical: 'RESOURCE_EXHAUSTED', text });
const condition = (text: string) => facts({ reasons: ['CONDITION_NOT_MET'], text });

/** Texts as they were seen; where from is said by the row that knows them. */
const known = [
  // Reservations (fixture of kubernetes/autoscaler cluster-autoscaler/cloudprovider/gce/autoscaling_gce_client_test.go)
  {
    facts: condition("Specified reservation 'rsv-name' does not exist."),
    is: { kind: 'permanent', code: 'RESERVATION_NOT_FOUND' },
  },
  {
    facts: condition('Specified reservations [this-reservation-does-not-exist] do not exist. (when acting as'),
    is: { kind: 'permanent', code: 'RESERVATION_NOT_FOUND' },
  },
  {
    facts: condition("Specified reservation 'rsv-name' does not have available resources for the request."),
    is: { kind: 'capacity', code: 'RESERVATION_CAPACITY_EXCEEDED' },
  },
  {
    facts: condition('Reservation rsv-name does not have sufficient capacity for the requested resources.'),
    is: { kind: 'capacity', code: 'RESERVATION_CAPACITY_EXCEEDED' },
  },
  {
    facts: condition(
      'Cannot insert instance to a reservation with status: CREATING, as it requires reservation to be in READY state.',
    ),
    is: { kind: 'busy', code: 'RESERVATION_NOT_READY', waitingFor: 'the reservation to be READY' },
  },
  {
    facts: condition("No available resources in specified reservations 'rsv-name'"),
    is: { kind: 'permanent', code: 'RESERVATION_INCOMPATIBLE' },
  },
  {
    facts: condition('Reservation rsv-name is incorrect for the requested resources.'),
    is: { kind: 'permanent', code: 'INVALID_RESERVATION' },
  },
  {
    facts: condition('The reservation must exist in the same project as the instance.'),
    is: { kind: 'permanent', code: 'INVALID_RESERVATION' },
  },
  {
    facts: facts({
      canonical: 'NOT_FOUND',
      text: 'Google Compute Engine: reservation "rsv" not found for node pool "p" at zone "z".',
    }),
    is: { kind: 'permanent', code: 'RESERVATION_NOT_FOUND' },
  },
  {
    facts: facts({
      canonical: 'RESOURCE_EXHAUSTED',
      text: 'Reservation does not have enough resources for the request: specific reservation "rsv" is insufficient for node pool "p" at zone "z": required 4 and short of 2 VM count of machine type a3-ultragpu-8g.',
    }),
    is: { kind: 'capacity', code: 'RESERVATION_CAPACITY_EXCEEDED' },
  },
  // Stock, addresses, permissions
  {
    facts: condition('Zone does not currently have sufficient capacity for the requested resources.'),
    is: { kind: 'capacity', code: 'STOCKOUT' },
  },
  {
    facts: facts({ reasons: ['ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS'], text: "The zone 'z' does not have enough" }),
    is: { kind: 'capacity', code: 'STOCKOUT' },
  },
  { facts: facts({ reasons: ['RESOURCE_POOL_EXHAUSTED'] }), is: { kind: 'capacity', code: 'STOCKOUT' } },
  {
    facts: stockout(
      "Google Compute Engine: Not all instances running in IGM after 35m4.03s. Expected 5, running 2, transitioning 3. Current errors: [GCE_STOCKOUT]: Instance 'gke-a-8gmv' creation failed: The zone 'projects/p/zones/us-central1-c' does not have enough resources available to fulfill the request. '(resource type:compute)'.",
    ),
    is: { kind: 'capacity', code: 'STOCKOUT' },
  },
  {
    facts: facts({
      text: "The zone 'projects/p/zones/us-west1-b' does not have enough resources available to fulfill the request.",
    }),
    is: { kind: 'capacity', code: 'STOCKOUT' },
  },
  {
    facts: stockout(
      "requested resource is exhausted: Not all instances running in IGM after 24s. Expected 1, running 0, transitioning 1. Current errors: [IP_SPACE_EXHAUSTED]: Instance 'gke-a-4f9v' creation failed: IP space of 'projects/p/regions/r/subnetworks/s' is exhausted.",
    ),
    is: { kind: 'permanent', code: 'IP_SPACE_EXHAUSTED' },
  },
  {
    facts: facts({ reasons: ['IP_SPACE_EXHAUSTED_WITH_DETAILS'] }),
    is: { kind: 'permanent', code: 'IP_SPACE_EXHAUSTED' },
  },
  {
    facts: condition('Constraint constraints/compute.vmExternalIpAccess violated for project 1234567890.'),
    is: { kind: 'permanent', code: 'VM_EXTERNAL_IP_ACCESS_POLICY_CONSTRAINT' },
  },
  {
    facts: facts({
      reasons: ['PERMISSIONS_ERROR'],
      text: "Required 'compute.instances.create' permission for 'projects/p/zones/z/instances/i'",
    }),
    is: { kind: 'auth', code: 'PERMISSIONS_ERROR' },
  },
  {
    facts: facts({
      text: "Google Compute Engine: Required 'compute.networks.get' permission for 'projects/p/global/networks/n'.",
    }),
    is: { kind: 'auth', code: 'PERMISSIONS_ERROR' },
  },
  // Busy
  {
    facts: facts({
      canonical: 'FAILED_PRECONDITION',
      text: 'Cluster is running incompatible operation operation-1718024305921-fd4f65ea-7da5-4d36-a166-f619a83fb205.',
    }),
    is: {
      kind: 'busy',
      code: 'CLUSTER_BUSY',
      waitingFor: 'operation-1718024305921-fd4f65ea-7da5-4d36-a166-f619a83fb205',
    },
  },
  {
    facts: facts({
      canonical: 'FAILED_PRECONDITION',
      text: 'Operation operation-1596064640049-1b03e177 is currently upgrading cluster demo. Please wait and try again once it is done.',
    }),
    is: {
      kind: 'busy',
      code: 'CLUSTER_BUSY',
      waitingFor: 'Operation operation-1596064640049-1b03e177 is currently upgrading cluster demo',
    },
  },
  {
    facts: facts({
      canonical: 'FAILED_PRECONDITION',
      text: 'Cluster is currently being created, deleted, updated or repaired and cannot be updated.',
    }),
    is: { kind: 'busy', code: 'CLUSTER_BUSY', waitingFor: 'the operation on the cluster' },
  },
  {
    facts: facts({
      canonical: 'RESOURCE_EXHAUSTED',
      text: 'Too many operations: cluster "demo" hits the concurrent operations quota 5, please try again later.',
    }),
    is: {
      kind: 'busy',
      code: 'TOO_MANY_OPERATIONS',
      waitingFor: 'cluster "demo" hits the concurrent operations quota 5',
    },
  },
  {
    facts: facts({
      httpStatus: 403,
      reasons: ['rateLimitExceeded', 'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED'],
      text: 'Rate Limit Exceeded',
    }),
    is: { kind: 'busy', code: 'TOO_MANY_OPERATIONS', waitingFor: 'running operations of the project' },
  },
  {
    facts: facts({
      httpStatus: 400,
      reasons: ['resourceNotReady'],
      text: "The resource 'projects/p/regions/us-central1/subnetworks/default' is not ready",
    }),
    is: { kind: 'busy', code: 'RESOURCE_NOT_READY', waitingFor: 'projects/p/regions/us-central1/subnetworks/default' },
  },
  {
    facts: facts({ reasons: ['RESOURCE_NOT_READY'], text: 'not ready' }),
    is: { kind: 'busy', code: 'RESOURCE_NOT_READY', waitingFor: 'a resource that is not ready' },
  },
  {
    facts: facts({ httpStatus: 409, reasons: ['operationInProgress'] }),
    is: { kind: 'busy', code: 'OPERATION_IN_PROGRESS', waitingFor: 'another operation on the resource' },
  },
  {
    facts: facts({
      httpStatus: 400,
      reasons: ['resourceInUseByAnotherResource'],
      text: "The subnetwork resource 'projects/b/regions/r/subnetworks/s' is already being used by 'projects/b/zones/z/instances/vm-1'",
    }),
    is: { kind: 'busy', code: 'RESOURCE_IN_USE', waitingFor: 'projects/b/zones/z/instances/vm-1 to be deleted' },
  },
  {
    facts: facts({ reasons: ['RESOURCE_IN_USE_BY_ANOTHER_RESOURCE'] }),
    is: { kind: 'busy', code: 'RESOURCE_IN_USE', waitingFor: 'the resources that use it to be deleted' },
  },
  // Limits
  {
    facts: facts({
      httpStatus: 403,
      text: "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service 'compute.googleapis.com' for consumer 'project_number:1'.",
    }),
    is: { kind: 'transient', code: 'RATE_LIMIT', retryAfterSeconds: 60 },
  },
  {
    facts: facts({ httpStatus: 403, reasons: ['rateLimitExceeded'], text: 'Rate Limit Exceeded' }),
    is: { kind: 'transient', code: 'RATE_LIMIT' },
  },
  {
    facts: facts({
      reasons: ['QUOTA_EXCEEDED'],
      text: "Quota 'NVIDIA_H200_GPUS' exceeded.  Limit: 8.0 in region us-central1.",
    }),
    is: { kind: 'quota', code: 'QUOTA_EXCEEDED' },
  },
  {
    facts: facts({
      canonical: 'PERMISSION_DENIED',
      text: "Insufficient regional quota to satisfy request: resource \"C2_CPUS\": request requires '4.0' and is short '4.0'.",
    }),
    is: { kind: 'quota', code: 'QUOTA_EXCEEDED' },
  },
  // Reasons
  {
    facts: facts({
      httpStatus: 409,
      reasons: ['alreadyExists'],
      text: "The resource 'projects/p/global/networks/n' already exists",
    }),
    is: { kind: 'exists', code: 'alreadyExists' },
  },
  { facts: facts({ httpStatus: 404, reasons: ['notFound'] }), is: { kind: 'gone', code: 'notFound' } },
  {
    facts: facts({ httpStatus: 403, reasons: ['accessNotConfigured'] }),
    is: { kind: 'auth', code: 'SERVICE_DISABLED' },
  },
  { facts: facts({ reasons: ['INTERNAL_ERROR'] }), is: { kind: 'transient', code: 'INTERNAL_ERROR' } },
  {
    facts: facts({ canonical: 'INTERNAL', text: 'Request message serialization failure: Cluster.nam is not a field' }),
    is: { kind: 'permanent', code: 'INVALID_REQUEST' },
  },
  {
    facts: facts({ text: 'Could not load the default credentials. Browse to https://cloud.google.com/docs' }),
    is: { kind: 'auth', code: 'NO_CREDENTIALS' },
  },
  // Canonical codes
  { facts: facts({ canonical: 'ALREADY_EXISTS' }), is: { kind: 'exists', code: 'ALREADY_EXISTS' } },
  { facts: facts({ canonical: 'NOT_FOUND' }), is: { kind: 'gone', code: 'NOT_FOUND' } },
  { facts: facts({ canonical: 'PERMISSION_DENIED' }), is: { kind: 'auth', code: 'PERMISSION_DENIED' } },
  { facts: facts({ canonical: 'UNAUTHENTICATED' }), is: { kind: 'auth', code: 'UNAUTHENTICATED' } },
  { facts: facts({ canonical: 'UNAVAILABLE' }), is: { kind: 'transient', code: 'UNAVAILABLE' } },
  { facts: facts({ canonical: 'DEADLINE_EXCEEDED' }), is: { kind: 'transient', code: 'DEADLINE_EXCEEDED' } },
  { facts: facts({ canonical: 'ABORTED', text: 'the etag is stale' }), is: { kind: 'transient', code: 'ABORTED' } },
  { facts: facts({ canonical: 'RESOURCE_EXHAUSTED' }), is: { kind: 'quota', code: 'RESOURCE_EXHAUSTED' } },
  {
    facts: facts({ canonical: 'FAILED_PRECONDITION', text: 'Cluster is in state ERROR' }),
    is: { kind: 'permanent', code: 'FAILED_PRECONDITION' },
  },
  { facts: facts({ canonical: 'INVALID_ARGUMENT' }), is: { kind: 'permanent', code: 'INVALID_ARGUMENT' } },
  // HTTP without more
  { facts: facts({ httpStatus: 401 }), is: { kind: 'auth', code: 'HTTP_401' } },
  { facts: facts({ httpStatus: 404 }), is: { kind: 'gone', code: 'HTTP_404' } },
  { facts: facts({ httpStatus: 412 }), is: { kind: 'transient', code: 'HTTP_412' } },
  { facts: facts({ httpStatus: 429 }), is: { kind: 'transient', code: 'HTTP_429' } },
  { facts: facts({ httpStatus: 502 }), is: { kind: 'transient', code: 'HTTP_502' } },
  // The network
  { facts: facts({ systemCode: 'ECONNRESET' }), is: { kind: 'transient', code: 'ECONNRESET' } },
  { facts: facts({ systemCode: 'TimeoutError' }), is: { kind: 'transient', code: 'TimeoutError' } },
] as const;

describe('the classifier of Google errors', () => {
  it.each(known)(
    'calls "$facts.text" ($facts.reasons $facts.canonical $facts.httpStatus) $is.kind $is.code',
    ({ facts: given, is }) => {
      expect(classifyGoogleError(given)).toEqual(is);
    },
  );

  // regexReservationErrors of kubernetes/autoscaler cluster-autoscaler/cloudprovider/gce/autoscaling_gce_client.go
  it.each([
    { text: 'Incompatible AggregateReservation VMFamily', code: 'INVALID_RESERVATION' },
    { text: 'Could not find the given reservation with the following name: r', code: 'RESERVATION_NOT_FOUND' },
    {
      text: 'Instances of this type must use ReservationAffinity of SPECIFIC_RESERVATION',
      code: 'INVALID_RESERVATION',
    },
    { text: 'The reservation must exist in the same project as the instance', code: 'INVALID_RESERVATION' },
    { text: 'This machine is only compatible with Aggregate Reservations', code: 'INVALID_RESERVATION' },
    { text: 'Please target a reservation with workload_type = SERVING', code: 'INVALID_RESERVATION' },
    {
      text: 'AggregateReservation VMFamily: should be a A VM Family for instance with b machine type',
      code: 'INVALID_RESERVATION',
    },
    {
      text: 'VM Family: A is not supported for aggregate reservations. It must be one of B',
      code: 'INVALID_RESERVATION',
    },
    { text: 'Reservation r is incorrect for the requested resources', code: 'INVALID_RESERVATION' },
    { text: 'Zone does not currently have sufficient capacity for the requested resources', code: 'STOCKOUT' },
    {
      text: 'Reservation r does not have sufficient capacity for the requested resources.',
      code: 'RESERVATION_CAPACITY_EXCEEDED',
    },
  ])('knows "$text" of the autoscaler as $code', ({ text, code }) => {
    expect(classifyGoogleError(condition(text)).code).toBe(code);
  });

  it.each([
    'ECONNREFUSED',
    'ECONNABORTED',
    'ETIMEDOUT',
    'EPIPE',
    'EAI_AGAIN',
    'ENOTFOUND',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'AbortError',
  ])('repeats after %s', (systemCode) => {
    expect(classifyGoogleError(facts({ systemCode })).kind).toBe('transient');
  });

  it('has a case for every row of its table', () => {
    const used = new Set(known.map(({ facts: given }) => googleErrorRowOf(given)));

    expect(googleErrorRows.filter((row) => !used.has(row))).toEqual([]);
  });

  it('cites a source for every row', () => {
    expect(googleErrorRows.filter(({ source }) => source.length < 10)).toEqual([]);
  });

  it.each([
    {
      name: 'a full reservation over the stockout that GKE calls it',
      facts: stockout("[GCE_STOCKOUT]: Specified reservation 'r' does not have available resources for the request."),
      code: 'RESERVATION_CAPACITY_EXCEEDED',
    },
    {
      name: 'a stockout over a quota in the same text',
      facts: stockout('Current errors: [GCE_STOCKOUT]: a; [GCE_QUOTA_EXCEEDED]: b'),
      code: 'STOCKOUT',
    },
    {
      name: 'exhausted addresses over the RESOURCE_EXHAUSTED that carries them',
      facts: stockout('[IP_SPACE_EXHAUSTED]: c'),
      code: 'IP_SPACE_EXHAUSTED',
    },
    {
      name: 'too many operations over the rate limit that Compute Engine calls it',
      facts: facts({ reasons: ['rateLimitExceeded', 'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED'] }),
      code: 'TOO_MANY_OPERATIONS',
    },
    {
      name: 'a rate per minute over the quota it is counted in',
      facts: facts({
        canonical: 'RESOURCE_EXHAUSTED',
        text: "Quota exceeded for quota metric 'a' and limit 'b per minute per region' of service 'c'",
      }),
      code: 'RATE_LIMIT',
    },
    {
      name: 'a reason over the HTTP status that carries it',
      facts: facts({ httpStatus: 400, canonical: 'FAILED_PRECONDITION', reasons: ['resourceNotReady'] }),
      code: 'RESOURCE_NOT_READY',
    },
    {
      name: 'a canonical code over the HTTP status that carries it',
      facts: facts({ httpStatus: 409, canonical: 'ALREADY_EXISTS' }),
      code: 'ALREADY_EXISTS',
    },
  ])('prefers $name', ({ facts: given, code }) => {
    expect(classifyGoogleError(given).code).toBe(code);
  });

  it.each([
    facts({ text: 'something new' }),
    facts({ httpStatus: 418 }),
    facts({ reasons: ['NEVER_SEEN'] }),
    facts({ systemCode: 'ESOMETHING' }),
  ])('does not guess: %j is permanent', (given) => {
    expect(classifyGoogleError(given).kind).toBe('permanent');
  });

  it('passes on how long the service asks to wait', () => {
    expect(classifyGoogleError(facts({ canonical: 'UNAVAILABLE', retryAfterSeconds: 7 }))).toMatchObject({
      retryAfterSeconds: 7,
    });
  });
});

describe('toAutomationError', () => {
  it('begins with what was being done and keeps the cause', () => {
    const cause = Object.assign(new Error('6 ALREADY_EXISTS: Already exists: projects/p/clusters/demo.'), {
      code: 6,
      details: 'Already exists: projects/p/clusters/demo.',
    });

    const error = toAutomationError('creating cluster demo', cause);

    expect(error).toMatchObject({
      kind: 'exists',
      message: 'creating cluster demo: Already exists: projects/p/clusters/demo.',
      cause,
    });
  });

  it('leaves our own errors as they are', () => {
    const ours = new AutomationError('gone', 'reading a: gone');

    expect(toAutomationError('reading b', ours)).toBe(ours);
  });
});

describe('toOperationError', () => {
  it('is as bad as the worst of several errors and tells all of them', () => {
    const errors = [
      facts({ reasons: ['INTERNAL_ERROR'], text: 'try again' }),
      facts({ reasons: ['QUOTA_EXCEEDED'], text: 'no quota' }),
    ];

    expect(toOperationError('insert of networks/a', errors, {})).toMatchObject({
      kind: 'quota',
      message: 'insert of networks/a: try again; no quota',
    });
  });

  it('is permanent without any error to read', () => {
    expect(toOperationError('insert of networks/a', [], {})).toMatchObject({
      kind: 'permanent',
      message: 'insert of networks/a: it failed without saying why',
    });
  });
});
