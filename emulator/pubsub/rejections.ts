/** Every way in which the local Pub/Sub says no. */
import { defineRejection } from '../world/rejection.ts';

/** The same rule for topics and subscriptions: the answer names the short resource id. */
const shortId = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** How the service words every number that is beyond its limit. */
const tooLarge = (field: string, given: number, maximum: number): string =>
  `The value for ${field} is too large. You passed ${given} in the request, but the maximum value is ${maximum}.`;

/** Recorded from the Pub/Sub emulator of the Cloud SDK, whose texts differ from the service's where both are known. */
const SDK_EMULATOR =
  'text of the Cloud SDK Pub/Sub emulator 0.8.20; rule in google/pubsub/v1/pubsub.proto, googleapis/googleapis';

export const resourceExists = defineRejection({
  id: 'pubsub.resourceExists',
  code: 'ALREADY_EXISTS',
  source: 'GoogleCloudPlatform/nodejs-getting-started issue 351',
  message: (name: string) => `Resource already exists in the project (resource=${shortId(name)}).`,
});

export const resourceNotFound = defineRejection({
  id: 'pubsub.resourceNotFound',
  code: 'NOT_FOUND',
  source: 'googleapis/nodejs-pubsub issue 1269; for the topic of a new subscription hashicorp/terraform issue 24519',
  message: (name: string) => `Resource not found (resource=${shortId(name)}).`,
});

export const invalidName = defineRejection({
  id: 'pubsub.invalidName',
  code: 'INVALID_ARGUMENT',
  source:
    'googleapis/google-cloud-ruby google-cloud-pubsub/lib/google/cloud/pubsub/topic.rb (service answer quoted in a comment)',
  message: (name: string) =>
    `Invalid resource name given (name=${name}). Refer to https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names for more information.`,
});

export const projectNotFound = defineRejection({
  id: 'pubsub.projectNotFound',
  code: 'NOT_FOUND',
  source: 'gke-labs/kube-agents pull request 935 (review quotes the answer)',
  message: (project: string) => `Requested project not found or user does not have access to it (project=${project}).`,
});

export const invalidFilter = defineRejection({
  id: 'pubsub.invalidFilter',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: code and syntax as in Pub/Sub documentation "Filter messages from a subscription"; the text is ours',
  message: (filter: string, problem: string) => `Invalid filter (filter=${filter}): ${problem}.`,
});

export const filterTooLong = defineRejection({
  id: 'pubsub.filterTooLong',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording, that of every other size that is too large (pubsub.messageTooLarge); ' +
    'limit: Pub/Sub documentation "Filter messages from a subscription"',
  message: (bytes: number, maxBytes: number) => tooLarge('filter', bytes, maxBytes),
});

export const invalidAckDeadline = defineRejection({
  id: 'pubsub.invalidAckDeadline',
  code: 'INVALID_ARGUMENT',
  source:
    'first words: GoogleCloudPlatform/google-cloud-powershell Google.PowerShell.IntegrationTests/PubSub/PubSub.Subscription.Tests.ps1; the rest of the text is ours',
  message: (seconds: number) =>
    `Invalid ack deadline given (ack_deadline=${seconds}). The ack deadline must be between 10 and 600 seconds.`,
});

export const backoffOutOfBounds = defineRejection({
  id: 'pubsub.backoffOutOfBounds',
  code: 'INVALID_ARGUMENT',
  source: SDK_EMULATOR,
  message: (field: string, value: string) =>
    `The value for ${field} is out of bounds. You passed ${value} in the request, but the value must be between 0s and 600s.`,
});

export const maximumBackoffTooSmall = defineRejection({
  id: 'pubsub.maximumBackoffTooSmall',
  code: 'INVALID_ARGUMENT',
  source: SDK_EMULATOR,
  message: (maximum: string, minimum: string) =>
    `The value for maximum_backoff is too small. You passed ${maximum} in the request, but the minimum value is ${minimum}.`,
});

export const deliveryAttemptsOutOfBounds = defineRejection({
  id: 'pubsub.deliveryAttemptsOutOfBounds',
  code: 'INVALID_ARGUMENT',
  source: `${SDK_EMULATOR}; that emulator's code is OUT_OF_RANGE, over HTTP both are 400`,
  message: (attempts: number) =>
    attempts < 5
      ? `The value for max_delivery_attempts is too small. You passed ${attempts} in the request, but the minimum value is 5.`
      : `The value for max_delivery_attempts is too large. You passed ${attempts} in the request, but the maximum value is 100.`,
});

export const retentionOutOfBounds = defineRejection({
  id: 'pubsub.retentionOutOfBounds',
  code: 'INVALID_ARGUMENT',
  source: SDK_EMULATOR,
  message: () => 'message_retention_duration out of bounds',
});

export const unsupportedPushEndpoint = defineRejection({
  id: 'pubsub.unsupportedPushEndpoint',
  code: 'INVALID_ARGUMENT',
  source: `${SDK_EMULATOR}; the service takes https only, the local cloud plain http too`,
  message: () => 'Unsupported push_endpoint',
});

export const noMessages = defineRejection({
  id: 'pubsub.noMessages',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/google-api-nodejs-client issue 519',
  message: () => 'The value for message_count is too small. You passed 0 in the request, but the minimum value is 1.',
});

export const tooManyMessages = defineRejection({
  id: 'pubsub.tooManyMessages',
  code: 'INVALID_ARGUMENT',
  source:
    'googleapis/google-cloud-java issue 4757 (where the service still had its two words turned around); limit also in Pub/Sub documentation "Quotas and limits"',
  message: (count: number, maximum: number) => tooLarge('message_count', count, maximum),
});

export const emptyMessage = defineRejection({
  id: 'pubsub.emptyMessage',
  code: 'INVALID_ARGUMENT',
  source: SDK_EMULATOR,
  message: () => 'Some messages are empty',
});

export const messageTooLarge = defineRejection({
  id: 'pubsub.messageTooLarge',
  code: 'INVALID_ARGUMENT',
  source:
    'GoogleCloudPlatform/pubsub issue 267 and snowplow/enrich issue 653 (request_size; the others by analogy); ' +
    'limits: Pub/Sub documentation "Quotas and limits"',
  message: tooLarge,
});

export const attributeTooLong = defineRejection({
  id: 'pubsub.attributeTooLong',
  code: 'INVALID_ARGUMENT',
  source: 'snowplow/enrich issue 485 (value), googleapis/java-pubsub issue 2312 (key)',
  message: (attribute: string, part: 'key' | 'value', size: { readonly length: number; readonly maximum: number }) =>
    `The attribute "${attribute}" in the request has a ${part} that is too long. The length is ${size.length} characters, ` +
    `but the maximum allowed is ${size.maximum}. Refer to https://cloud.google.com/pubsub/quotas for more information.`,
});

export const pullOfPush = defineRejection({
  id: 'pubsub.pullOfPush',
  code: 'FAILED_PRECONDITION',
  source: 'GoogleCloudPlatform/php-docs-samples issue 335',
  message: () => 'This method is not supported for push subscriptions with a defined push configuration.',
});

export const noMessagesAsked = defineRejection({
  id: 'pubsub.noMessagesAsked',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/google-cloud-dotnet issue 5378',
  message: () => 'You have passed an invalid argument to the service (argument=max_messages).',
});

export const noAckIds = defineRejection({
  id: 'pubsub.noAckIds',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/nodejs-pubsub pull request 1194',
  message: () => 'You have not specified an ack ID in the request.',
});

export const invalidAckId = defineRejection({
  id: 'pubsub.invalidAckId',
  code: 'INVALID_ARGUMENT',
  source: 't-k/fireemu (texts recorded from the service, in a test of its request admission)',
  message: (ackId: string) => `You have passed an invalid ack ID to the service (ack_id=${ackId}).`,
});

export const ackDeadlineOutOfBounds = defineRejection({
  id: 'pubsub.ackDeadlineOutOfBounds',
  code: 'INVALID_ARGUMENT',
  source: 't-k/fireemu (texts recorded from the service, in a test of its request admission)',
  message: (seconds: number) =>
    `Invalid ack deadline given (ack_deadline=${seconds}). The ack deadline must be between 0 and 600 seconds.`,
});

export const emptyUpdateMask = defineRejection({
  id: 'pubsub.emptyUpdateMask',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/google-cloud-php issue 2119, floci-io/floci-gcp pull request 112',
  message: (kind: string) =>
    `The update_mask in the Update${kind}Request must be set, and must contain a non-empty paths list.`,
});

export const immutableField = defineRejection({
  id: 'pubsub.immutableField',
  code: 'INVALID_ARGUMENT',
  source: 'floci-io/floci-gcp pull request 112 (checked against the service)',
  message: (kind: string, field: string) =>
    `Invalid update_mask provided in the Update${kind}Request: the '${field}' field in the ${kind} is not mutable.`,
});

export const unknownField = defineRejection({
  id: 'pubsub.unknownField',
  code: 'INVALID_ARGUMENT',
  source: `${SDK_EMULATOR}; quotes as in floci-io/floci-gcp pull request 112`,
  message: (kind: string, field: string) =>
    `Invalid update_mask provided in the Update${kind}Request: '${field}' is not a known ${kind} field. Note that field paths must be of the form 'push_config' rather than 'pushConfig'.`,
});

export const noSeekTarget = defineRejection({
  id: 'pubsub.noSeekTarget',
  code: 'INVALID_ARGUMENT',
  source: SDK_EMULATOR,
  message: () => 'No target was specified in the SeekRequest. Must specify either a time or a snapshot',
});

export const fieldNotServed = defineRejection({
  id: 'pubsub.fieldNotServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: fields that the local Pub/Sub does not serve; answering so is better than ignoring the field',
  message: (field: string) => `The local cloud does not serve ${field}.`,
});

export const methodNotServed = defineRejection({
  id: 'pubsub.methodNotServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: methods that the local Pub/Sub does not serve',
  message: (method: string) => `The local cloud does not serve ${method} of Pub/Sub.`,
});
