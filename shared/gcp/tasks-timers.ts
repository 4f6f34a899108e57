/** Timers as Cloud Tasks, a single method of its REST API. */
import { createHash } from 'node:crypto';
import type { Timer, Timers } from '../ports/wakes.ts';
import { attempt } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { toAutomationError } from './google-errors.ts';
import { callRest } from './google-rest.ts';

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
  const body = { task: toTask(queue, options, timer) };
  const path = `/v2/${queue}/tasks`;
  try {
    await callRest(connection, { service: 'tasks', host: 'cloudtasks.googleapis.com', path, body, timeoutMs });
  } catch (thrown) {
    // The name is taken: the timer was scheduled before, and is or was delivered once.
    if (toAutomationError('', thrown).kind === 'exists') return;
    throw thrown;
  }
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
