/**
 * Timers as Cloud Tasks. One REST call with what is loaded anyway: the Tasks client would be a third generated client, 200 ms of
 * import for a single method.
 */
import { createHash } from 'node:crypto';
import type { Timer, Timers } from '../ports/wakes.ts';
import { userAgent } from '../product.ts';
import { accessTokenOf } from './auth.ts';
import { attempt } from './calls.ts';
import { endpointOf, type GoogleConnection } from './connection.ts';
import { HttpAnswerError } from './google-error-facts.ts';
import { toAutomationError } from './google-errors.ts';

export interface TaskTimersOptions {
  readonly connection: GoogleConnection;
  /** `projects/P/locations/L/queues/Q`. */
  readonly queue: string;
  /** Where the automation's function is called. */
  readonly urlOf: (automation: string) => string;
  /** The account that Cloud Tasks signs its calls as; each token is for the very URL that is called, which Cloud Run checks. */
  readonly serviceAccountEmail: string;
}

// Creating a task takes tens of milliseconds; a lost timer costs a minute, until the sweeper sees it.
const timeoutMs = 10_000;

export function makeTaskTimers(options: TaskTimersOptions): Timers {
  return {
    schedule: (timer) => attempt(`scheduling the check of ${timer.target}`, () => createTask(options, timer)),
  };
}

async function createTask({ connection, queue, ...options }: TaskTimersOptions, timer: Timer): Promise<void> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(`${baseUrl(connection)}/v2/${queue}/tasks`, {
    method: 'POST',
    signal,
    headers: {
      authorization: `Bearer ${await accessTokenOf(connection)}`,
      'content-type': 'application/json',
      'user-agent': userAgent,
    },
    body: JSON.stringify({ task: toTask(queue, options, timer) }),
  });
  const body = await response.text();
  if (response.ok) return;
  const error = new HttpAnswerError(response, body);
  // The name is taken: the timer was scheduled before, and is or was delivered once.
  if (toAutomationError('', error).kind === 'exists') return;
  throw error;
}

/** Fields of `Task` in the Cloud Tasks REST reference v2. */
function toTask(queue: string, options: Omit<TaskTimersOptions, 'connection' | 'queue'>, timer: Timer): object {
  const { automation, target, nextCheckAtMs, wakeSeq } = timer;
  const url = options.urlOf(automation);
  return {
    name: `${queue}/tasks/${taskId(timer)}`,
    scheduleTime: new Date(nextCheckAtMs).toISOString(),
    httpRequest: {
      url,
      httpMethod: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ timer: { automation, target, nextCheckAtMs, wakeSeq } })).toString('base64'),
      oidcToken: { serviceAccountEmail: options.serviceAccountEmail, audience: url },
    },
  };
}

/** Hashed, because Cloud Tasks slows down on ids that share a prefix (Cloud Tasks REST reference, `Task.name`). */
function taskId({ automation, target, nextCheckAtMs, wakeSeq }: Timer): string {
  return createHash('sha256')
    .update(JSON.stringify([automation, target, nextCheckAtMs, wakeSeq]))
    .digest('hex');
}

function baseUrl(connection: GoogleConnection): string {
  const endpoint = endpointOf(connection, 'tasks');
  if (endpoint === undefined) return 'https://cloudtasks.googleapis.com';
  return `${endpoint.tls ? 'https' : 'http'}://${endpoint.host}:${endpoint.port}`;
}
