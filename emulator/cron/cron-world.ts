import type { Courier, Outcome } from '../delivery/courier.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError, reject } from '../world/rejection.ts';
import { type Job, readJob } from './job.ts';
import { jobExists, jobNotFound } from './rejections.ts';

interface ScheduledJob {
  readonly job: Job;
  cancel: Cancel;
  nextAtMs: number;
  lastAttemptAtMs?: number;
}

/**
 * Cloud Scheduler: jobs that publish to a topic or post to a URL. Their runs are periodic events: they do not make the world hurry. A
 * run that fails is not repeated, the next one comes anyway (`retryCount` is 0 unless configured, job.proto).
 */
export class CronWorld {
  readonly #base: WorldBase;
  readonly #courier: Courier;
  readonly #pubsub: PubSubWorld;
  readonly #jobs = new Map<string, ScheduledJob>();
  #runs = 0;
  #failedRuns = 0;

  constructor(base: WorldBase, courier: Courier, pubsub: PubSubWorld) {
    this.#base = base;
    this.#courier = courier;
    this.#pubsub = pubsub;
  }

  /** Runs started so far, of all jobs. */
  get runs(): number {
    return this.#runs;
  }

  /** Runs that the target did not answer with a 2xx, or whose topic was gone. */
  get failedRuns(): number {
    return this.#failedRuns;
  }

  /** Starts the job; its first run is at the next minute that its schedule names. */
  createJob(request: JsonMap): JsonMap {
    const job = readJob(request);
    if (this.#jobs.has(job.name)) reject(jobExists, job.name);
    // A job for a topic that never was is a mistake of whoever set the world up, and said at once.
    if (job.target.kind === 'topic') this.#pubsub.getTopic(job.target.topic);
    const scheduled: ScheduledJob = { job, cancel: () => {}, nextAtMs: 0 };
    this.#jobs.set(job.name, scheduled);
    this.#scheduleNext(scheduled);
    this.#record('createJob', job.name);
    return this.getJob(job.name);
  }

  getJob(name: string): JsonMap {
    const { job, nextAtMs, lastAttemptAtMs } = this.#jobs.get(name) ?? reject(jobNotFound);
    return {
      ...structuredClone(job.json),
      scheduleTime: new Date(nextAtMs).toISOString(),
      ...(lastAttemptAtMs !== undefined && { lastAttemptTime: new Date(lastAttemptAtMs).toISOString() }),
    };
  }

  /** Jobs of one location (`projects/P/locations/L`), in the order of creation. */
  listJobs(parent: string): readonly JsonMap[] {
    return [...this.#jobs.keys()].filter((name) => name.startsWith(`${parent}/jobs/`)).map((name) => this.getJob(name));
  }

  /** A run in flight goes on. */
  deleteJob(name: string): void {
    const { cancel } = this.#jobs.get(name) ?? reject(jobNotFound);
    cancel();
    this.#jobs.delete(name);
    this.#record('deleteJob', name);
  }

  /** Computed from the clock and not from the last run, so that a late run does not shift the series. */
  #scheduleNext(scheduled: ScheduledJob): void {
    const nextAtMs = scheduled.job.next(this.#base.clock.nowMs());
    const run = (): void => {
      // First, so that a run that fails cannot end the series.
      this.#scheduleNext(scheduled);
      this.#run(scheduled, nextAtMs);
    };
    const cancel = this.#base.clock.schedule(nextAtMs, run, { periodic: true });
    Object.assign(scheduled, { nextAtMs, cancel });
  }

  #run(scheduled: ScheduledJob, scheduledAtMs: number): void {
    this.#runs++;
    Object.assign(scheduled, { lastAttemptAtMs: scheduledAtMs });
    const { target } = scheduled.job;
    if (target.kind === 'topic') {
      this.#publish(target.topic, target.message);
      return;
    }
    const headers = { ...target.headers, 'x-cloudscheduler-scheduletime': new Date(scheduledAtMs).toISOString() };
    const settle = (outcome: Outcome): void => {
      if (outcome.kind === 'unanswered' || outcome.status < 200 || outcome.status > 299) this.#failedRuns++;
    };
    this.#courier.send({ dueAtMs: scheduledAtMs, write: () => ({ ...target.letter, headers }), settle });
  }

  #publish(topic: string, message: JsonMap): void {
    try {
      this.#pubsub.publish(topic, [message]);
    } catch (thrown) {
      // The topic was deleted meanwhile: that fails the run and not the world; which answer it was is lost.
      if (!(thrown instanceof ApiError)) throw thrown;
      this.#failedRuns++;
    }
  }

  #record(method: string, resource: string): void {
    this.#base.journal.record({ service: 'cloudscheduler', method, resource, effect: true });
  }
}
