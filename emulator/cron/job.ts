/** A job in the form of google.cloud.scheduler.v1.Job, checked, and what it does when it is due. */
import { durationMsOf, mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { Letter } from '../delivery/courier.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { invalidJob, invalidJobName, invalidSchedule, jobNotServed } from './rejections.ts';
import { parseSchedule, type Schedule } from './schedule.ts';

export type JobTarget =
  | { readonly kind: 'topic'; readonly topic: string; readonly message: JsonMap }
  | {
      readonly kind: 'url';
      readonly letter: Omit<Letter, 'headers'>;
      readonly headers: Readonly<Record<string, string>>;
    };

export interface Job {
  readonly name: string;
  /** As stored and shown. */
  readonly json: JsonMap;
  readonly next: Schedule;
  readonly target: JobTarget;
}

/** Default of `attemptDeadline` for an HTTP target (job.proto). */
const ATTEMPT_DEADLINE_MS = 180_000;

const NAME = /^projects\/[^/]+\/locations\/[^/]+\/jobs\/[A-Za-z\d_-]{1,500}$/;

/** Time zones that are UTC; days with a changed clock are not served. */
const UTC: readonly string[] = ['UTC', 'Etc/UTC'];

export function readJob(request: JsonMap): Job {
  const name = textOf(request, 'name') ?? '';
  if (!NAME.test(name)) reject(invalidJobName);
  const next = parseSchedule(textOf(request, 'schedule') ?? '') ?? reject(invalidSchedule);
  const timeZone = textOf(request, 'timeZone') ?? 'Etc/UTC';
  if (!UTC.includes(timeZone)) reject(jobNotServed, `the time zone ${timeZone}`);
  if ((mapOf(request, 'retryConfig') ?? {})['retryCount'] !== undefined) reject(jobNotServed, 'retryConfig.retryCount');
  const json = { ...structuredClone(request), timeZone, state: textOf(request, 'state') ?? 'ENABLED' };
  return { name, json, next, target: readTarget(request) };
}

function readTarget(request: JsonMap): JobTarget {
  const pubsub = mapOf(request, 'pubsubTarget');
  const http = mapOf(request, 'httpTarget');
  if (pubsub !== undefined && http === undefined) {
    const topic = textOf(pubsub, 'topicName') ?? reject(invalidJob, 'PubsubTarget.topic_name');
    const { data, attributes } = pubsub;
    return {
      kind: 'topic',
      topic,
      message: { ...(data !== undefined && { data }), ...(attributes && { attributes }) },
    };
  }
  if (http !== undefined && pubsub === undefined) return readHttpTarget(request, http);
  return reject(invalidJob, 'Job.target');
}

/** Header names: page "Create HTTP target tasks" and "HTTP target headers" of the Cloud Scheduler documentation. */
function readHttpTarget(request: JsonMap, http: JsonMap): JobTarget {
  const url = textOf(http, 'uri') ?? reject(invalidJob, 'HttpTarget.uri');
  const method = textOf(http, 'httpMethod') ?? 'POST';
  if (method !== 'POST') reject(jobNotServed, `the HTTP method ${method}`);
  const oidc = mapOf(http, 'oidcToken');
  const id = jobIdOf(textOf(request, 'name') ?? '');
  return {
    kind: 'url',
    headers: {
      'content-type': 'application/octet-stream',
      'user-agent': 'Google-Cloud-Scheduler',
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': id,
      ...textsOf(http, 'headers'),
    },
    letter: {
      url,
      body: Buffer.from(textOf(http, 'body') ?? '', 'base64'),
      timeoutMs: durationMsOf(request, 'attemptDeadline') ?? ATTEMPT_DEADLINE_MS,
      label: `cron ${id}`,
      ...(oidc && {
        // The audience is the target's URL unless it is given (target.proto, OidcToken.audience).
        identity: { email: textOf(oidc, 'serviceAccountEmail') ?? '', audience: textOf(oidc, 'audience') ?? url },
      }),
    },
  };
}

export function jobIdOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
