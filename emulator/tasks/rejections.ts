/**
 * Every way in which the local Cloud Tasks says no. Most texts were recorded from the real service and are published in
 * aertje/cloud-tasks-emulator, conformance/golden/realcloud.json.
 */
import { defineRejection } from '../world/rejection.ts';

const RECORDED = 'aertje/cloud-tasks-emulator conformance/golden/realcloud.json';

/** Texts that the same project's error mapping says were checked against the real service; we have not seen the recording. */
const CHECKED = 'aertje/cloud-tasks-emulator internal/server/protohelpers.go';

export const queueExists = defineRejection({
  id: 'tasks.queueExists',
  code: 'ALREADY_EXISTS',
  source: `${RECORDED}, queue/create/already-exists`,
  message: () => 'Queue already exists',
});

export const queueNotFound = defineRejection({
  id: 'tasks.queueNotFound',
  code: 'NOT_FOUND',
  source: `${RECORDED}, queue/get/not-found and task/create/queue-not-found`,
  message: () =>
    'Queue does not exist. If you just created the queue, wait at least a minute for the queue to initialize.',
});

export const invalidQueueName = defineRejection({
  id: 'tasks.invalidQueueName',
  code: 'INVALID_ARGUMENT',
  source: `${RECORDED}, queue/create/invalid-name`,
  message: () => 'Queue name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>".',
});

export const projectDenied = defineRejection({
  id: 'tasks.projectDenied',
  code: 'PERMISSION_DENIED',
  source: `${RECORDED}, queue/create/invalid-parent`,
  message: (project: string) => `Permission denied on resource project ${project}.`,
});

export const invalidRetryConfig = defineRejection({
  id: 'tasks.invalidRetryConfig',
  code: 'INVALID_ARGUMENT',
  source: `${CHECKED}, RetryConfig`,
  message: (rule: string) => `RetryConfig.${rule}.`,
});

export const taskExists = defineRejection({
  id: 'tasks.taskExists',
  code: 'ALREADY_EXISTS',
  source: `${RECORDED}, task/create/already-exists`,
  message: () => 'Requested entity already exists',
});

export const taskExistedTooRecently = defineRejection({
  id: 'tasks.taskExistedTooRecently',
  code: 'ALREADY_EXISTS',
  source: 'stackkit/laravel-google-cloud-tasks-queue issue 104',
  message: () =>
    'The task cannot be created because a task with this name existed too recently. For more information about task de-duplication see https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create#body.request_body.FIELDS.task.',
});

export const taskNotFound = defineRejection({
  id: 'tasks.taskNotFound',
  code: 'NOT_FOUND',
  source: `${RECORDED}, task/get/not-found`,
  message: () => 'Requested entity was not found.',
});

export const taskGone = defineRejection({
  id: 'tasks.taskGone',
  code: 'NOT_FOUND',
  source: `${RECORDED}, task/get/recently-deleted`,
  message: () =>
    'The task no longer exists, though a task with this name existed recently. The task either successfully completed or was deleted.',
});

export const invalidTaskId = defineRejection({
  id: 'tasks.invalidTaskId',
  code: 'INVALID_ARGUMENT',
  source: `${RECORDED}, task/create/invalid-name`,
  message: (id: string) =>
    `Task ID "${id}" can contain only letters ([A-Za-z]), numbers ([0-9]), hyphens (-), or underscores (_). Task ID must between 1 and 500 characters.`,
});

export const queueMismatch = defineRejection({
  id: 'tasks.queueMismatch',
  code: 'INVALID_ARGUMENT',
  source: `${RECORDED}, task/create/queue-mismatch`,
  message: (parent: string, named: string) =>
    `The queue name from request ('${parent}') must be the same as the queue name in the named task ('${named}').`,
});

export const scheduledTooFar = defineRejection({
  id: 'tasks.scheduledTooFar',
  code: 'INVALID_ARGUMENT',
  source: 'bettersg/checkMate issue 510; the service writes the time in US Pacific, we as it came',
  message: (scheduleTime: string) =>
    `The Task.scheduleTime, ${scheduleTime}, is too far in the future. Schedule time must be no more than 720h in the future.`,
});

export const invalidScheduleTime = defineRejection({
  id: 'tasks.invalidScheduleTime',
  code: 'INVALID_ARGUMENT',
  source: 'cloud-custodian/cloud-custodian pull request 7629 (a field of Cloud Monitoring, read by the same front end)',
  message: () =>
    "Invalid value at 'task.schedule_time' (type.googleapis.com/google.protobuf.Timestamp), Field 'schedule_time', Illegal " +
    "timestamp format; timestamps must end with 'Z' or have a valid timezone offset.",
});

export const invalidDispatchDeadline = defineRejection({
  id: 'tasks.invalidDispatchDeadline',
  code: 'INVALID_ARGUMENT',
  source: `${CHECKED}, Task.dispatchDeadline`,
  message: () => 'Task.dispatchDeadline must be between [15s, 30m].',
});

export const urlRequired = defineRejection({
  id: 'tasks.urlRequired',
  code: 'INVALID_ARGUMENT',
  source: `${CHECKED}, HttpRequest.url`,
  message: () => 'HttpRequest.url is required.',
});

export const urlScheme = defineRejection({
  id: 'tasks.urlScheme',
  code: 'INVALID_ARGUMENT',
  source: `${CHECKED}, HttpRequest.url`,
  message: () => "HttpTarget.url must start with 'http://' or 'https://'.",
});

export const taskTooLarge = defineRejection({
  id: 'tasks.taskTooLarge',
  code: 'INVALID_ARGUMENT',
  source: `${CHECKED}, size probe; limit of 100 KB in the API reference, CreateTask`,
  message: () => 'Task size too large',
});

export const unknownField = defineRejection({
  id: 'tasks.unknownField',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/google-cloud-python issue 1169 quotes the answer of a Google JSON API',
  message: (field: string, at: string) =>
    `Invalid JSON payload received. Unknown name "${field}"${at === '' ? '' : ` at '${at}'`}: Cannot find field.`,
});

export const unreadableBody = defineRejection({
  id: 'tasks.unreadableBody',
  code: 'INVALID_ARGUMENT',
  source:
    'googlecodelabs/feedback issue 299 (a body that is no JSON; the service goes on to quote the place), ' +
    'google-wallet/rest-samples issue 22 (one that is no object)',
  message: (isJson: boolean) =>
    isJson
      ? 'Invalid JSON payload received. Unknown name "": Root element must be a message.'
      : 'Invalid JSON payload received. Unexpected token.',
});

export const notServed = defineRejection({
  id: 'tasks.notServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: what is not part of the local Cloud Tasks; answering so is better than ignoring it',
  message: (what: string) => `The local cloud does not serve ${what}.`,
});
