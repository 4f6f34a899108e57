import type { Courier, Outcome } from '../delivery/courier.ts';
import { textOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { completeQueue, isExhausted, readRetryConfig, retryBackoffMs } from './queue.ts';
import {
  invalidQueueName,
  invalidTaskId,
  projectDenied,
  queueExists,
  queueMismatch,
  queueNotFound,
  taskExistedTooRecently,
  taskExists,
  taskGone,
  taskNotFound,
} from './rejections.ts';
import { isPaused, type Queue, secondsOnly, type Task, toResource } from './stored.ts';
import { readScheduledAtMs, readTarget, writeDispatch } from './task.ts';

/** What happened to all tasks so far. */
export interface TaskCounts {
  dispatches: number;
  succeeded: number;
  failedAttempts: number;
  /** Second copies sent by the lever. */
  duplicates: number;
  /** Tasks given up after their last attempt. */
  exhausted: number;
}

/** Longest delay of a second copy, world time. */
const MAX_COPY_DELAY_MS = 5_000;

/** A name cannot be used again for about an hour after its task was executed or deleted (API reference, CreateTask). */
const NAME_REUSE_MS = 3_600_000;

const QUEUE_NAME = /^projects\/([^/]+)\/locations\/[a-z0-9-]+\/queues\/[A-Za-z0-9-]{1,100}$/;
const TASK_ID = /^[A-Za-z0-9_-]{1,500}$/;

/** Cloud Tasks: queues of HTTP tasks, each posted at its time and repeated until a 2xx. Names are full resource names. */
export class TasksWorld {
  readonly counts: TaskCounts = { dispatches: 0, succeeded: 0, failedAttempts: 0, duplicates: 0, exhausted: 0 };
  readonly #base: WorldBase;
  readonly #courier: Courier;
  readonly #queues = new Map<string, Queue>();
  readonly #tasks = new Map<string, Task>();
  /** World time at which a name became free, by task name. */
  readonly #goneAtMs = new Map<string, number>();
  #created = 0;
  #duplicating = false;

  constructor(base: WorldBase, courier: Courier) {
    this.#base = base;
    this.#courier = courier;
  }

  /** Ready at once; the service asks for a minute's patience. */
  createQueue(request: JsonMap): JsonMap {
    const name = textOf(request, 'name') ?? '';
    const [, project] = QUEUE_NAME.exec(name) ?? reject(invalidQueueName);
    if (project !== this.#base.project) reject(projectDenied, project ?? '');
    if (this.#queues.has(name)) reject(queueExists);
    const resource = completeQueue(structuredClone(request));
    this.#queues.set(name, { resource, retry: readRetryConfig(resource) });
    this.#record('createQueue', name);
    return this.getQueue(name);
  }

  getQueue(name: string): JsonMap {
    return structuredClone(this.#queue(name).resource);
  }

  /** Of one location, `projects/P/locations/L`, in the order of creation. */
  listQueues(location: string): readonly JsonMap[] {
    const resources = [...this.#queues.values()].map(({ resource }) => structuredClone(resource));
    return resources.filter((queue) => (textOf(queue, 'name') ?? '').startsWith(`${location}/queues/`));
  }

  /** Takes tasks and dispatches none; what is in flight goes on (API reference, PauseQueue). */
  pauseQueue(name: string): JsonMap {
    const queue = this.#queue(name);
    queue.resource = { ...queue.resource, state: 'PAUSED' };
    this.#record('pauseQueue', name);
    return this.getQueue(name);
  }

  /** Everything that fell due meanwhile goes out at once: rate limits are not modelled. */
  resumeQueue(name: string): JsonMap {
    const queue = this.#queue(name);
    queue.resource = { ...queue.resource, state: 'RUNNING' };
    for (const task of this.#tasks.values()) {
      if (task.queue === queue && task.cancel === undefined) this.#schedule(task);
    }
    this.#record('resumeQueue', name);
    return this.getQueue(name);
  }

  /** A named task is created once: the same name again is ALREADY_EXISTS, for an hour after its end, too. */
  createTask(queueName: string, request: JsonMap): JsonMap {
    const queue = this.#queue(queueName);
    const nowMs = this.#base.clock.nowMs();
    const name = this.#claimName(queueName, textOf(request, 'name'));
    const target = readTarget(request);
    const scheduledAtMs = readScheduledAtMs(request, nowMs);
    const task: Task = {
      resource: { ...structuredClone(request), name, createTime: secondsOnly(nowMs) },
      name,
      queue,
      target,
      progress: { scheduledAtMs, attempts: 0, executions: 0 },
      dispatchCount: 0,
    };
    this.#tasks.set(name, task);
    this.#schedule(task);
    this.#record('createTask', name);
    return this.getTask(name);
  }

  getTask(name: string): JsonMap {
    return toResource(this.#task(name));
  }

  /** Tasks that have not succeeded, were not deleted and not given up, in the order of creation. */
  listTasks(queueName: string): readonly JsonMap[] {
    this.#queue(queueName);
    return [...this.#tasks.values()].filter(({ name }) => name.startsWith(`${queueName}/tasks/`)).map(toResource);
  }

  /**
   * Lever: from now on every dispatch comes a second time, 0 to 5 s later: "at least once" (Cloud Tasks documentation, "Common
   * pitfalls and limitations"). What becomes of the second one is nobody's business.
   */
  duplicate(): void {
    this.#duplicating = true;
  }

  /** An attempt in flight goes on, but is not repeated. */
  deleteTask(name: string): void {
    const task = this.#task(name);
    task.cancel?.();
    this.#forget(task);
    this.#record('deleteTask', name);
  }

  #schedule(task: Task): void {
    task.cancel = this.#courier.send({
      dueAtMs: task.progress.scheduledAtMs,
      write: () => {
        if (isPaused(task.queue)) {
          delete task.cancel;
          return undefined;
        }
        this.counts.dispatches++;
        task.dispatchCount++;
        task.firstAttemptAtMs ??= this.#base.clock.nowMs();
        return writeDispatch(task.name, task.target, task.progress);
      },
      settle: (outcome) => this.#settle(task, outcome),
    });
    if (this.#duplicating) this.#sendCopy(task);
  }

  #sendCopy(task: Task): void {
    const { scheduledAtMs, attempts } = task.progress;
    const lateMs = this.#base.random.between(0, MAX_COPY_DELAY_MS, 'tasks', task.name, attempts);
    this.#courier.send({
      dueAtMs: scheduledAtMs + lateMs,
      write: () => {
        if (isPaused(task.queue)) return undefined;
        this.counts.duplicates++;
        return writeDispatch(task.name, task.target, task.progress);
      },
      settle: () => {},
    });
  }

  /** Any 2xx ends the task; anything else schedules the next attempt, until the queue's limits are reached. */
  #settle(task: Task, outcome: Outcome): void {
    // Deleted while in flight.
    if (this.#tasks.get(task.name) !== task) return;
    if (outcome.kind === 'answered' && outcome.status >= 200 && outcome.status <= 299) {
      this.counts.succeeded++;
      this.#forget(task);
      return;
    }
    this.counts.failedAttempts++;
    const nowMs = this.#base.clock.nowMs();
    const attempts = task.dispatchCount;
    if (isExhausted(task.queue.retry, attempts, nowMs - (task.firstAttemptAtMs ?? nowMs))) {
      this.counts.exhausted++;
      this.#forget(task);
      return;
    }
    const executed = outcome.kind === 'answered' && outcome.status < 500;
    task.progress = {
      scheduledAtMs: nowMs + retryBackoffMs(task.queue.retry, attempts),
      attempts,
      executions: task.progress.executions + (executed ? 1 : 0),
      ...(outcome.kind === 'answered' && { previousStatus: outcome.status }),
    };
    this.#schedule(task);
  }

  #forget(task: Task): void {
    this.#tasks.delete(task.name);
    this.#goneAtMs.set(task.name, this.#base.clock.nowMs());
  }

  /** Full name of a new task; refuses one that is taken, was until lately, or belongs to another queue. */
  #claimName(queueName: string, wanted: string | undefined): string {
    // Generated ids are long decimal numbers, unlike anything a caller picks.
    if (wanted === undefined) return `${queueName}/tasks/${this.#generateId()}`;
    const split = wanted.lastIndexOf('/tasks/');
    const [named, id] = [wanted.slice(0, split), wanted.slice(split + '/tasks/'.length)];
    if (split < 0 || !TASK_ID.test(id)) reject(invalidTaskId, id);
    if (named !== queueName) reject(queueMismatch, queueName, named);
    if (this.#tasks.has(wanted)) reject(taskExists);
    if (this.#wasRecently(wanted)) reject(taskExistedTooRecently);
    return wanted;
  }

  /** Twenty digits, like the ids that the service makes up. */
  #generateId(): string {
    return `${Math.floor(this.#base.clock.nowMs())}${String(++this.#created).padStart(7, '0')}`;
  }

  #wasRecently(name: string): boolean {
    const goneAtMs = this.#goneAtMs.get(name);
    return goneAtMs !== undefined && this.#base.clock.nowMs() - goneAtMs < NAME_REUSE_MS;
  }

  #queue(name: string): Queue {
    return this.#queues.get(name) ?? reject(queueNotFound);
  }

  #task(name: string): Task {
    return this.#tasks.get(name) ?? reject(this.#wasRecently(name) ? taskGone : taskNotFound);
  }

  #record(method: string, resource: string): void {
    this.#base.journal.record({ service: 'tasks', method, resource, effect: true });
  }
}
