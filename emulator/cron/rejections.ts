/** Every way in which the local Cloud Scheduler says no. */
import { defineRejection } from '../world/rejection.ts';

export const invalidJobName = defineRejection({
  id: 'scheduler.invalidJobName',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/nodejs-scheduler issue 114',
  message: () => 'Job name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/jobs/<JOB_ID>".',
});

export const invalidSchedule = defineRejection({
  id: 'scheduler.invalidSchedule',
  code: 'INVALID_ARGUMENT',
  source: 'googleapis/google-cloud-go issue 1352; without a schedule hashicorp/terraform issue 31571',
  message: () => 'Schedule or time zone is invalid.',
});

export const invalidJob = defineRejection({
  id: 'scheduler.invalidJob',
  code: 'INVALID_ARGUMENT',
  source:
    'assumed: wording, like that of Cloud Tasks in aertje/cloud-tasks-emulator internal/server/protohelpers.go; ' +
    'rules: comments of google/cloud/scheduler/v1/{job,target}.proto, googleapis/googleapis',
  message: (field: string) => `${field} is required.`,
});

export const jobExists = defineRejection({
  id: 'scheduler.jobExists',
  code: 'ALREADY_EXISTS',
  source: 'hashicorp/terraform-provider-google issue 16918',
  message: (name: string) => `Job ${name} already exists.`,
});

export const jobNotFound = defineRejection({
  id: 'scheduler.jobNotFound',
  code: 'NOT_FOUND',
  source: 'firebase/firebase-tools issue 4795',
  message: () => 'Job not found.',
});

export const jobNotServed = defineRejection({
  id: 'scheduler.notServed',
  code: 'UNIMPLEMENTED',
  source: 'limit: what is not part of the local Cloud Scheduler; answering so is better than ignoring it',
  message: (what: string) => `The local cloud does not serve ${what}.`,
});
