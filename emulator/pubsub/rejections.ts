/** Every way in which the local Pub/Sub says no. */
import { defineRejection } from '../world/rejection.ts';

/** The same rule for topics and subscriptions: the answer names the short resource id. */
const shortId = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

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
  source: 'assumed: limit from Pub/Sub documentation "Filter messages from a subscription"; the text is ours',
  message: (maxBytes: number) => `Invalid filter: it is longer than ${maxBytes} bytes.`,
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
  source: SDK_EMULATOR,
  message: () => 'No messages to publish',
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
  source: 'assumed: limits from Pub/Sub documentation "Quotas and limits"; the text is ours',
  message: (what: string, size: number, limit: number) => `The ${what} is too large: ${size}, the limit is ${limit}.`,
});

export const pullOfPush = defineRejection({
  id: 'pubsub.pullOfPush',
  code: 'FAILED_PRECONDITION',
  source: 'assumed: code and wording; Pub/Sub documentation "Push subscriptions": messages of one are not pulled',
  message: (name: string) => `Subscription ${shortId(name)} has a push endpoint: its messages cannot be pulled.`,
});

export const noMessagesAsked = defineRejection({
  id: 'pubsub.noMessagesAsked',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; pubsub.proto, PullRequest.max_messages: must be a positive integer',
  message: () => 'max_messages must be a positive number.',
});

export const fieldNotServed = defineRejection({
  id: 'pubsub.fieldNotServed',
  code: 'UNIMPLEMENTED',
  source: 'assumed: not part of what the local cloud serves; answering so is better than ignoring the field',
  message: (field: string) => `The local cloud does not serve ${field}.`,
});

export const methodNotServed = defineRejection({
  id: 'pubsub.methodNotServed',
  code: 'UNIMPLEMENTED',
  source: 'assumed: not an answer of Google, the limit of the local cloud',
  message: (method: string) => `The local cloud does not serve ${method} of Pub/Sub.`,
});
