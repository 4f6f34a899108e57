/** One automation's look at one target. */
export interface Wake {
  readonly automation: string;
  /** `cluster/<name>`, `pool/<cluster>/<pool>`, … */
  readonly target: string;
}

/** Sends a wake to the automation's function. At least once, perhaps late, perhaps never: the sweeper covers that. */
export interface WakePublisher {
  publish(wake: Wake): Promise<void>;
}

/** A look at a certain time. */
export interface Timer extends Wake {
  /** The check that this timer serves; the ledger's value must still be equal when it fires. */
  readonly nextCheckAtMs: number;
  /** Part of the task's name, so that a later wake at the same instant is another task. */
  readonly wakeSeq: number;
}

export interface Timers {
  /** Schedules one delivery; scheduling the same timer twice is one delivery. */
  schedule(timer: Timer): Promise<void>;
}
