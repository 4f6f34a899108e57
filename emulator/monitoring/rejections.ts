/** Every way in which the local Cloud Monitoring says no. */
import { defineRejection } from '../world/rejection.ts';

/** How the service words a wrong field; hashicorp/terraform-provider-google #16892, prometheus-community/stackdriver_exporter #52. */
const FIELD_FORM = 'form of the text: hashicorp/terraform-provider-google issue 16892';

export const invalidField = defineRejection({
  id: 'monitoring.invalidField',
  code: 'INVALID_ARGUMENT',
  source: `${FIELD_FORM}; rules: comments of google/monitoring/v3/{alert,common,metric_service,notification}.proto, googleapis/googleapis`,
  message: (field: string, value: string, problem: string) =>
    `Field ${field} had an invalid value of "${value}": ${problem}`,
});

export const missingField = defineRejection({
  id: 'monitoring.missingField',
  code: 'INVALID_ARGUMENT',
  source:
    'GoogleCloudPlatform/opentelemetry-operations-go issue 529 (value type of a descriptor, with the words for it), ' +
    'census-ecosystem/opencensus-go-exporter-stackdriver pull request 305; which fields: google/monitoring/v3',
  message: (field: string, problem: string = 'The field must be set.') =>
    `Request was missing field ${field}: ${problem}`,
});

export const unparseableFilter = defineRejection({
  id: 'monitoring.unparseableFilter',
  code: 'INVALID_ARGUMENT',
  source: 'prometheus-community/stackdriver_exporter issue 52; what follows the filter is ours',
  message: (filter: string, problem: string) =>
    `Field filter had an invalid value of "${filter}": Could not parse filter "${filter}"; ${problem}`,
});

export const severalMetrics = defineRejection({
  id: 'monitoring.severalMetrics',
  code: 'INVALID_ARGUMENT',
  source:
    'AuScope/portal-core src/test/java/org/auscope/portal/core/services/TestGoogleCloudMonitoringService.java (an answer of the service)',
  message: () =>
    'The provided filter matches more than one metric. TimeSeries data are limited to a single metric per request.',
});

export const metricNotFound = defineRejection({
  id: 'monitoring.metricNotFound',
  code: 'NOT_FOUND',
  source: 'first words: grafana/gcx pull request 974; the hint after them is the text of the service as often quoted',
  message: (type: string) =>
    `Cannot find metric(s) that match type = "${type}". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.`,
});

export const resourceTypeNeeded = defineRejection({
  id: 'monitoring.resourceTypeNeeded',
  code: 'INVALID_ARGUMENT',
  source: 'hashicorp/terraform-provider-google issue 4165',
  message: (field: string, filter: string) =>
    `Field ${field} had an invalid value of "${filter}": must specify a restriction on "resource.type" in the filter; see "https://cloud.google.com/monitoring/api/resources" for a list of available resource types.`,
});

export const alignerMismatch = defineRejection({
  id: 'monitoring.alignerMismatch',
  code: 'INVALID_ARGUMENT',
  source: 'google/exposure-notifications-verification-server issue 659',
  message: (aligner: string, kind: string, type: string) =>
    `Field aggregation.perSeriesAligner had an invalid value of "${aligner}": The aligner cannot be applied to metrics with kind ${kind} and value type ${type}.`,
});

export const reducerMismatch = defineRejection({
  id: 'monitoring.reducerMismatch',
  code: 'INVALID_ARGUMENT',
  source:
    'google/exposure-notifications-verification-server issue 659 (the aligner), a public Terraform file of alerts quotes the ' +
    'words for a reducer; rules: comments of Aggregation.Reducer in common.proto',
  message: (reducer: string, type: string) =>
    `Field aggregation.crossSeriesReducer had an invalid value of "${reducer}": The reducer cannot be applied to metrics with value type ${type}.`,
});

export const notWritten = defineRejection({
  id: 'monitoring.notWritten',
  code: 'INVALID_ARGUMENT',
  source: 'GoogleCloudPlatform/opentelemetry-operations-python issue 431; for resource types -java issue 46',
  message: (failures: readonly string[]) => `One or more TimeSeries could not be written: ${failures.join('; ')}`,
});

export const tooManySeries = defineRejection({
  id: 'monitoring.tooManySeries',
  code: 'INVALID_ARGUMENT',
  source: 'ServiceWeaver/weaver-gke pull request 142, census-instrumentation/opencensus-node issue 634',
  message: (limit: number) =>
    `Field timeSeries had an invalid value: A maximum of ${limit} TimeSeries can be written in a single request.`,
});

export const metricTypeInvalid = defineRejection({
  id: 'monitoring.metricTypeInvalid',
  code: 'INVALID_ARGUMENT',
  source:
    'Stackdriver/stackdriver-prometheus-sidecar issue 255; for domains that may not be written by analogy, ' +
    'rule: page "Create user-defined metrics with the API"',
  message: (field: string, type: string) =>
    `Field ${field} had an invalid value of "${type}": The metric type must be a URL-formatted string with a domain and non-empty path.`,
});

export const descriptorConflict = defineRejection({
  id: 'monitoring.descriptorConflict',
  code: 'ALREADY_EXISTS',
  source:
    'google/exposure-notifications-verification-server issue 1309; ' +
    'rule: page "Create user-defined metrics with the API" (kind and value type of a metric cannot be changed)',
  message: (type: string) =>
    `Errors during metric descriptor creation: {(metric: ${type}, error: The metric already exists.)}.`,
});

export const resourceNotFound = defineRejection({
  id: 'monitoring.resourceNotFound',
  code: 'NOT_FOUND',
  source: 'assumed: wording; the code is that of every get of a Google API (AIP-131)',
  message: (name: string) => `The requested resource was not found: ${name}.`,
});

export const descriptorNotFound = defineRejection({
  id: 'monitoring.descriptorNotFound',
  code: 'NOT_FOUND',
  source:
    'GoogleCloudPlatform/k8s-config-connector ' +
    'pkg/test/resourcefixture/testdata/basic/monitoring/v1beta1/monitoringmetricdescriptor/_http.log (a recording)',
  message: (type: string) => `Could not find descriptor for metric '${type}'.`,
});

/** The service says the same about a project that the caller cannot see and about a role that it lacks. */
const deniedText = (permission: string) => `Permission ${permission} denied (or the resource may not exist).`;

export const projectDenied = defineRejection({
  id: 'monitoring.projectDenied',
  code: 'PERMISSION_DENIED',
  source: 'dynatrace-oss/dynatrace-gcp-monitor issue 25',
  message: deniedText,
});

export const blackoutDenied = defineRejection({
  id: 'monitoring.blackoutDenied',
  code: 'PERMISSION_DENIED',
  source: 'dynatrace-oss/dynatrace-gcp-monitor issue 25; a lever: the role of the caller was taken away',
  message: deniedText,
});

export const blackoutUnavailable = defineRejection({
  id: 'monitoring.blackoutUnavailable',
  code: 'UNAVAILABLE',
  source: 'prometheus-community/stackdriver_exporter pull request 23; a lever: the service is down',
  message: () => 'The service is currently unavailable.',
});

export const invalidPromql = defineRejection({
  id: 'monitoring.invalidPromql',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; said both of what is no PromQL and of the parts that the local cloud does not know',
  message: (query: string, problem: string) =>
    `Field condition_prometheus_query_language.query had an invalid value of "${query}": ${problem}.`,
});

export const conditionMissing = defineRejection({
  id: 'monitoring.conditionMissing',
  code: 'INVALID_ARGUMENT',
  source: 'GoogleCloudPlatform/php-docs-samples issue 1231',
  message: (index: number) =>
    `Field alert_policy.conditions[${index}].condition_case had an invalid value of "0": Condition subtype (e.g. "condition_absent","condition_threshold", etc.) is absent or unknown.`,
});

export const rateLimitOnMetrics = defineRejection({
  id: 'monitoring.rateLimitOnMetrics',
  code: 'INVALID_ARGUMENT',
  source: 'chainguard-dev/terraform-infra-common pull request 352',
  message: (period: string) =>
    `Field alertStrategy.notificationRateLimit had an invalid value of "period { ${period} }": metric-based alert policies must not specify a notification rate limit`,
});

export const channelInUse = defineRejection({
  id: 'monitoring.channelInUse',
  code: 'FAILED_PRECONDITION',
  source:
    'hashicorp/terraform-provider-google issue 10337 (several policies by analogy); ' +
    'rule: comment of DeleteNotificationChannelRequest.force in notification_service.proto',
  message: (name: string, policies: readonly string[]) =>
    `Could not delete "${name}" because it is still being referenced by: ${policies.map((policy) => `"${policy}"`).join(', ')}`,
});

export const notServed = defineRejection({
  id: 'monitoring.notServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: what is not part of the local Cloud Monitoring; answering so is better than ignoring it',
  message: (what: string) => `The local cloud does not serve ${what}.`,
});
