/** The ways of saying no that every Compute resource shares; a rule of one kind of resource stands with that rule. */
import { defineRejection } from '../world/rejection.ts';

/** Most of Compute's 400 answers have this form, e.g. in inspec/inspec-gcp #301. */
export function invalidField(field: string, value: string, rule: string): string {
  return `Invalid value for field '${field}': '${value}'. ${rule}`;
}

/** RFC 1035 label as Compute quotes it in its answer; the whole name must match. */
export const namePattern = '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)';

export const notFound = defineRejection({
  id: 'compute.notFound',
  code: 'NOT_FOUND',
  reason: 'notFound',
  source: 'skyplane-project/skyplane #683 (answer to a firewall insert that names a missing network)',
  message: (path: string) => `The resource '${path}' was not found`,
});

export const alreadyExists = defineRejection({
  id: 'compute.alreadyExists',
  code: 'ALREADY_EXISTS',
  reason: 'alreadyExists',
  source: 'ContainerSolutions/terraform-mesos #53',
  message: (path: string) => `The resource '${path}' already exists`,
});

export const resourceNotReady = defineRejection({
  id: 'compute.resourceNotReady',
  code: 'FAILED_PRECONDITION',
  reason: 'resourceNotReady',
  source: 'terraform-google-modules/terraform-google-network #365 (a router insert right after its network)',
  message: (path: string) => `The resource '${path}' is not ready`,
});

export const resourceInUse = defineRejection({
  id: 'compute.resourceInUse',
  code: 'FAILED_PRECONDITION',
  reason: 'resourceInUseByAnotherResource',
  source:
    'genevieve/leftovers #6 (subnetwork: refused at once; network: the operation fails), kubernetes/kubernetes #64858',
  message: (noun: string, path: string, user: string) =>
    `The ${noun} resource '${path}' is already being used by '${user}'`,
});

export const badName = defineRejection({
  id: 'compute.badName',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'skypilot-org/skypilot #139',
  message: (field: string, value: string) => invalidField(field, value, `Must be a match of regex '${namePattern}'`),
});

export const badPathName = defineRejection({
  id: 'compute.badPathName',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'rapid7/insightconnect-plugins #751',
  message: (parameter: string, value: string) =>
    invalidField(parameter, value, "Must be a match of regex '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?|[1-9][0-9]{0,19}'"),
});

export const unknownPlace = defineRejection({
  id: 'compute.unknownPlace',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'googleapis/nodejs-compute #390 (region), inspec/inspec-gcp #301 (zone)',
  message: (parameter: 'region' | 'zone', value: string) => invalidField(parameter, value, `Unknown ${parameter}.`),
});

export const missingBody = defineRejection({
  id: 'compute.missingBody',
  code: 'INVALID_ARGUMENT',
  reason: 'required',
  source: 'stackql-registry/stackql-provider-google #41, googleapis/google-api-python-client #608',
  message: () => "Required field 'resource' not specified",
});

export const missingField = defineRejection({
  id: 'compute.missingField',
  code: 'INVALID_ARGUMENT',
  reason: 'required',
  source: 'ansible/ansible #70230 (a fingerprint; each other field by analogy)',
  message: (field: string) => `Required field '${field}' not specified`,
});

export const outOfRange = defineRejection({
  id: 'compute.outOfRange',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'kubernetes/ingress-gce #75 (too little: a port), GoogleCloudPlatform/magic-modules ' +
    'mmv1/third_party/terraform/services/compute/resource_compute_instance_test.go.tmpl (too much: nanoseconds); ' +
    'the ranges stand in google/cloud/compute/v1/compute.proto (googleapis/googleapis)',
  message: (field: string, value: number, [least, most]: readonly [number, number]) =>
    invalidField(
      field,
      String(value),
      value > most ? `Must be less than or equal to ${most}` : `Must be greater than or equal to ${least}`,
    ),
});

export const badRange = defineRejection({
  id: 'compute.badRange',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'cloudflare/terraform-provider-cloudflare #86 (sourceRanges of a firewall)',
  message: (field: string, value: string) => invalidField(field, value, 'Must be a valid IPV4 CIDR address range.'),
});

export const badSubnetRange = defineRejection({
  id: 'compute.badSubnetRange',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'quoted of a range with host bits (10.0.1.0/23) in the public "Notes" of a Terraform project for GKE',
  message: (field: string, value: string) => invalidField(field, value, 'Must be a CIDR address range.'),
});

export const malformedUrl = defineRejection({
  id: 'compute.malformedUrl',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'googleapis/nodejs-compute #522 (a plain name where a URL or partial URL is wanted)',
  message: (field: string, value: string) => invalidField(field, value, 'The URL is malformed.'),
});

export const crossProject = defineRejection({
  id: 'compute.crossProject',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'AppScale/appscale-tools #339',
  message: (field: string, value: string) =>
    invalidField(field, value, 'Cross-project references for this resource type are not allowed.'),
});

export const badRequestId = defineRejection({
  id: 'compute.badRequestId',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: wording only; compute.proto: a request id must be a valid UUID and not the zero UUID',
  message: (value: string) => invalidField('requestId', value, 'Must be a valid, non-zero UUID'),
});

export const reusedRequestId = defineRejection({
  id: 'compute.reusedRequestId',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: nothing says what Compute does with an id of another call; refusing shows the mistake of a caller',
  message: (value: string, path: string) =>
    invalidField('requestId', value, `The id was used for another request, on '${path}'`),
});

export const badPageToken = defineRejection({
  id: 'compute.badPageToken',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source: 'assumed: the form of every other bad parameter',
  message: (value: string) => invalidField('pageToken', value, 'Must be the nextPageToken of an earlier answer'),
});

export const notServed = defineRejection({
  id: 'compute.notServed',
  code: 'UNIMPLEMENTED',
  reason: 'notImplemented',
  source: 'limit: calls and fields that the local Compute Engine does not serve',
  message: (what: string) => `The local cloud does not serve ${what}`,
});
