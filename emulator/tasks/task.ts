/** Reads a task resource and writes its dispatch. */
import type { Letter, TokenClaims } from '../delivery/courier.ts';
import { durationMsOf, mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import {
  invalidDispatchDeadline,
  invalidScheduleTime,
  notServed,
  scheduledTooFar,
  taskTooLarge,
  urlRequired,
  urlScheme,
} from './rejections.ts';

/** What is sent, without the headers that count attempts. */
export interface TaskTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly identity?: TokenClaims;
  readonly deadlineMs: number;
}

/** How far a task has come. */
export interface Progress {
  /** When it is or was due, world time. */
  readonly scheduledAtMs: number;
  readonly attempts: number;
  /** Answers outside 5xx so far; those do not count as executions. */
  readonly executions: number;
  /** Status of the last answer; absent before the first, and after an attempt without answer. */
  readonly previousStatus?: number;
}

/** Cloud Tasks documentation, "Quotas and limits": how far ahead, and bytes of a task. */
const MAX_AHEAD_MS = 30 * 86_400_000;
const MAX_TASK_BYTES = 100 * 1024;

/** API reference, Task.dispatch_deadline of HTTP tasks. */
const DISPATCH_DEADLINE = { defaultMs: 600_000, minimumMs: 15_000, maximumMs: 1_800_000 };

/** Checks what is to be sent. POST only: that is all that functions take. */
export function readTarget(request: JsonMap): TaskTarget {
  if (mapOf(request, 'appEngineHttpRequest')) reject(notServed, 'App Engine tasks');
  const http = mapOf(request, 'httpRequest') ?? {};
  const url = textOf(http, 'url') ?? reject(urlRequired);
  if (!/^https?:\/\//.test(url)) reject(urlScheme);
  if ((textOf(http, 'httpMethod') ?? 'POST') !== 'POST') reject(notServed, 'HTTP methods of tasks other than POST');
  if (http['oauthToken'] !== undefined) reject(notServed, 'OAuth tokens of tasks');
  if (JSON.stringify(request).length > MAX_TASK_BYTES) reject(taskTooLarge);
  const identity = readIdentity(http, url);
  return {
    url,
    headers: textsOf(http, 'headers'),
    body: Buffer.from(textOf(http, 'body') ?? '', 'base64'),
    ...(identity && { identity }),
    deadlineMs: readDeadlineMs(request),
  };
}

/** Date.parse alone would take a time without an offset for one of the machine it runs on. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** World time at which the task is due; a past or absent time means now. */
export function readScheduledAtMs(request: JsonMap, nowMs: number): number {
  const text = textOf(request, 'scheduleTime');
  if (text === undefined) return nowMs;
  const atMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) reject(invalidScheduleTime);
  if (atMs > nowMs + MAX_AHEAD_MS) reject(scheduledTooFar, text);
  return Math.max(atMs, nowMs);
}

/**
 * The request of the next attempt. Header names and counting: Cloud Tasks documentation, "Create HTTP target tasks"; seen on
 * the real service in aertje/cloud-tasks-emulator conformance/golden/dispatch.json.
 */
export function writeDispatch(name: string, target: TaskTarget, progress: Progress): Letter {
  const [, , , , , queue = '', , id = ''] = name.split('/');
  const retry = progress.attempts > 0 && {
    ...(progress.previousStatus !== undefined && {
      'x-cloudtasks-taskpreviousresponse': String(progress.previousStatus),
    }),
    'x-cloudtasks-taskretryreason': '',
  };
  return {
    url: target.url,
    headers: {
      ...lowerCaseKeys(target.headers),
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': queue,
      'x-cloudtasks-taskname': id,
      'x-cloudtasks-taskretrycount': String(progress.attempts),
      'x-cloudtasks-taskexecutioncount': String(progress.executions),
      'x-cloudtasks-tasketa': (progress.scheduledAtMs / 1000).toFixed(6),
      ...retry,
    },
    body: target.body,
    timeoutMs: target.deadlineMs,
    label: `task ${queue} ${id} attempt ${progress.attempts + 1}`,
    ...(target.identity && { identity: target.identity }),
  };
}

function readIdentity(http: JsonMap, url: string): TokenClaims | undefined {
  const token = mapOf(http, 'oidcToken');
  const email = token && textOf(token, 'serviceAccountEmail');
  if (token === undefined || email === undefined) return undefined;
  // "If not specified, the URI specified in target will be used" (API reference, OidcToken.audience).
  return { email, audience: textOf(token, 'audience') ?? url };
}

function readDeadlineMs(request: JsonMap): number {
  if (request['dispatchDeadline'] === undefined) return DISPATCH_DEADLINE.defaultMs;
  const ms = durationMsOf(request, 'dispatchDeadline') ?? -1;
  return ms >= DISPATCH_DEADLINE.minimumMs && ms <= DISPATCH_DEADLINE.maximumMs ? ms : reject(invalidDispatchDeadline);
}

/** Header names are case-insensitive; in one spelling the service's own replace the caller's. */
function lowerCaseKeys(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
