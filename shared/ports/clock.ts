/** One reading of the configured clock source. */
export interface ClockReading {
  /** Unix milliseconds at the moment of reading. */
  readonly epochMs: number;
  /** Whether that clock goes on while we work. A clock that stands still must not get our elapsed time added. */
  readonly running: boolean;
}

/** Where a delivery learns what time it is; asked once per delivery. */
export interface ClockSource {
  read(): Promise<ClockReading>;
}

/** Time within one delivery. */
export interface Clock {
  /** Unix milliseconds of the clock source, plus our own monotonic elapsed time where it runs. */
  nowMs(): number;
  /** Monotonic real milliseconds since the delivery began; for budgets and call deadlines. */
  elapsedMs(): number;
}
