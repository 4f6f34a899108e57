/** Every way in which the local Cloud Scheduler says no. */
import { defineRejection } from '../world/rejection.ts';

export const invalidJob = defineRejection({
  id: 'scheduler.invalidJob',
  code: 'INVALID_ARGUMENT',
  source: 'assumed: wording; rules: comments of google/cloud/scheduler/v1/{job,target}.proto, googleapis/googleapis',
  message: (field: string, value: string, problem: string) => `Job.${field} is invalid ("${value}"): ${problem}`,
});

export const jobExists = defineRejection({
  id: 'scheduler.jobExists',
  code: 'ALREADY_EXISTS',
  source: 'assumed: wording; the code is that of every create of a Google API (AIP-133)',
  message: (name: string) => `Job ${name} already exists.`,
});

export const jobNotFound = defineRejection({
  id: 'scheduler.jobNotFound',
  code: 'NOT_FOUND',
  source: 'assumed: wording; the code is that of every get of a Google API (AIP-131)',
  message: () => 'Job not found.',
});

export const jobNotServed = defineRejection({
  id: 'scheduler.notServed',
  code: 'UNIMPLEMENTED',
  source: 'assumed: not part of what the local cloud serves; answering so is better than ignoring it',
  message: (what: string) => `The local cloud does not serve ${what}.`,
});
