/** What is kept of queues and tasks, and how tasks are shown. */
import { mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import type { RetryConfig } from './queue.ts';
import type { Progress, TaskTarget } from './task.ts';

export interface Queue {
  resource: JsonMap;
  readonly retry: RetryConfig;
}

export interface Task {
  /** As created, with what the service adds. */
  readonly resource: JsonMap;
  readonly name: string;
  readonly queue: Queue;
  readonly target: TaskTarget;
  progress: Progress;
  /** Attempts begun, one in flight included. */
  dispatchCount: number;
  /** World time of the first attempt. */
  firstAttemptAtMs?: number;
  /** Takes the scheduled dispatch back; absent when it fell due while the queue was paused. */
  cancel?: Cancel;
}

export function isPaused({ resource }: Queue): boolean {
  return resource['state'] === 'PAUSED';
}

/** The full view. The service adds its own user agent to the headers that it shows (aertje/cloud-tasks-emulator, headers.json). */
export function toResource({ resource, progress, dispatchCount }: Task): JsonMap {
  const http = mapOf(resource, 'httpRequest') ?? {};
  return structuredClone({
    ...resource,
    httpRequest: {
      httpMethod: 'POST',
      ...http,
      headers: { ...textsOf(http, 'headers'), 'User-Agent': 'Google-Cloud-Tasks' },
    },
    scheduleTime: new Date(progress.scheduledAtMs).toISOString(),
    dispatchDeadline: textOf(resource, 'dispatchDeadline') ?? '600s',
    ...(dispatchCount > 0 && { dispatchCount }),
  });
}

/** `create_time` is truncated to the second (API reference, Task). */
export function secondsOnly(atMs: number): string {
  return new Date(Math.floor(atMs / 1000) * 1000).toISOString();
}
