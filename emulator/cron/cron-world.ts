import type { Courier, Letter, Outcome, TokenClaims } from '../delivery/courier.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import type { WorldBase } from '../world/base.ts';
import type { Cancel } from '../world/clock.ts';
import { ApiError } from '../world/rejection.ts';

/** A job that publishes to a topic or posts to a URL at every full period. */
export type CronJob = {
  readonly name: string;
  /** A multiple of 60: Cloud Scheduler runs at most once a minute (unix-cron format, Cloud Scheduler documentation). */
  readonly everySeconds: number;
  readonly body: string;
} & CronTarget;

export type CronTarget =
  | { readonly topic: string; readonly attributes?: Readonly<Record<string, string>> }
  | { readonly url: string; readonly identity?: TokenClaims };

/** Default `attemptDeadline` of a job with an HTTP target (google/cloud/scheduler/v1/job.proto). */
const ATTEMPT_DEADLINE_MS = 180_000;

/**
 * Cloud Scheduler. Its ticks are periodic events: they do not make the world hurry. A run that fails is not repeated, the next
 * one comes anyway (`retryCount` is 0 unless configured, job.proto).
 */
export class CronWorld {
  readonly #base: WorldBase;
  readonly #courier: Courier;
  readonly #pubsub: PubSubWorld;
  readonly #cancels = new Map<string, Cancel>();
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

  /** Starts the job; its first run is at the next full period, counted from midnight UTC. */
  add(job: CronJob): void {
    if (job.everySeconds <= 0 || job.everySeconds % 60 !== 0) {
      throw new Error(`adding cron job ${job.name}: a period of ${job.everySeconds} s is not a multiple of 60 s`);
    }
    if (this.#cancels.has(job.name)) throw new Error(`adding cron job ${job.name}: it exists already`);
    // A job for a topic that never was is a mistake of whoever set the world up, and said at once.
    if ('topic' in job) this.#pubsub.getTopic(job.topic);
    this.#scheduleNext(job);
  }

  /** A run in flight goes on. */
  remove(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  /** Computed from the clock and not from the last run, so that a late run does not shift the series. */
  #scheduleNext(job: CronJob): void {
    const periodMs = job.everySeconds * 1000;
    const nextAtMs = (Math.floor(this.#base.clock.nowMs() / periodMs) + 1) * periodMs;
    const run = (): void => {
      // First, so that a run that fails cannot end the series.
      this.#scheduleNext(job);
      this.#run(job, nextAtMs);
    };
    this.#cancels.set(job.name, this.#base.clock.schedule(nextAtMs, run, { periodic: true }));
  }

  #run(job: CronJob, scheduledAtMs: number): void {
    this.#runs++;
    if ('topic' in job) {
      this.#publish(job.topic, job.body, job.attributes);
      return;
    }
    const settle = (outcome: Outcome): void => {
      if (outcome.kind === 'unanswered' || outcome.status < 200 || outcome.status > 299) this.#failedRuns++;
    };
    this.#courier.send({ dueAtMs: scheduledAtMs, write: () => toLetter(job, scheduledAtMs), settle });
  }

  #publish(topic: string, body: string, attributes: Readonly<Record<string, string>> = {}): void {
    const data = Buffer.from(body).toString('base64');
    try {
      this.#pubsub.publish(topic, [{ data, attributes: { ...attributes } }]);
    } catch (thrown) {
      // The topic was deleted meanwhile: that fails the run and not the world; which answer it was is lost.
      if (!(thrown instanceof ApiError)) throw thrown;
      this.#failedRuns++;
    }
  }
}

/** Header names: Cloud Scheduler documentation, "HTTP target headers". */
function toLetter(
  job: CronJob & { readonly url: string; readonly identity?: TokenClaims },
  scheduledAtMs: number,
): Letter {
  return {
    url: job.url,
    headers: {
      'content-type': 'application/octet-stream',
      'user-agent': 'Google-Cloud-Scheduler',
      'x-cloudscheduler': 'true',
      'x-cloudscheduler-jobname': job.name,
      'x-cloudscheduler-scheduletime': new Date(scheduledAtMs).toISOString(),
    },
    body: Buffer.from(job.body),
    timeoutMs: ATTEMPT_DEADLINE_MS,
    label: `cron ${job.name}`,
    ...(job.identity && { identity: job.identity }),
  };
}
