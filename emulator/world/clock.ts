import { type RealTime, systemTime } from './real-time.ts';

/** Does one thing at its due time. Must not throw and must not wait: start work and take a hold instead. */
export type Action = () => void;

interface Event {
  readonly atMs: number;
  readonly sequence: number;
  readonly action: Action;
  readonly urgency: Urgency;
}

/** `followUp` hurries as work does until the clock rests (`restWhenCalm`); `periodic` never does. */
type Urgency = 'work' | 'followUp' | 'periodic';

export interface ScheduleOptions {
  /** Periodic events (cron) do not keep the world hurrying: when only they are left the clock falls to 1×. */
  readonly periodic?: boolean;
  /** What is delivered to the functions: it may be work or a routine check, and which of them shows in what they change. */
  readonly followUp?: boolean;
}

/** How fast idle gaps pass: a factor of real time, or `max` to jump from event to event. */
export type Speed = number | 'max';

export type Cancel = () => void;
export type Release = () => void;

/**
 * The world's one clock and agenda (D8). Only idle gaps are compressed:
 *
 *   | holds | events left                     | speed | the clock                    |
 *   | > 0   | any                             | max   | stands still                 |
 *   | > 0   | any                             | N     | runs at 1×                   |
 *   | 0     | periodic ones only              | any   | runs at 1×                   |
 *   | 0     | follow-ups, but rests and calm  | any   | runs at 1×                   |
 *   | 0     | others                          | max   | jumps to the next event      |
 *   | 0     | others                          | N     | runs at N× to the next event |
 *
 * Calm: for the time given to `restWhenCalm` nothing was changed and no work came to its end. It never passes an event without firing it, and an event fires at exactly its due time.
 */
export class WorldClock {
  readonly #real: RealTime;
  readonly #speed: Speed;
  #events: Event[] = [];
  #sequence = 0;
  #holds = 0;
  readonly #left: Record<Urgency, number> = { work: 0, followUp: 0, periodic: 0 };
  #calmAfterMs = Number.POSITIVE_INFINITY;
  #stirredAtMs: number;
  #running = false;
  #anchorWorldMs: number;
  #anchorRealMs = 0;
  #rate = 0;
  #cancelTimer: Cancel | undefined;

  constructor(options: { readonly startMs: number; readonly speed: Speed; readonly real?: RealTime }) {
    this.#anchorWorldMs = options.startMs;
    this.#stirredAtMs = options.startMs;
    this.#speed = options.speed;
    this.#real = options.real ?? systemTime;
  }

  /** World time, Unix milliseconds. Never beyond the next event that has not fired. */
  nowMs(): number {
    const elapsedMs = this.#rate === 0 ? 0 : (this.#real.nowMs() - this.#anchorRealMs) * this.#rate;
    const nextMs = this.#events[0]?.atMs ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#anchorWorldMs + elapsedMs, Math.max(nextMs, this.#anchorWorldMs));
  }

  /** Whether world time passes at this moment while somebody works: false only at `max` with something in flight. */
  get runsWhileHeld(): boolean {
    return this.#speed !== 'max';
  }

  /** Number of things in flight. */
  get holds(): number {
    return this.#holds;
  }

  /** Calls `action` at `atMs` (at once, if that is past). Events of one instant fire in the order in which they were scheduled. */
  schedule(atMs: number, action: Action, options: ScheduleOptions = {}): Cancel {
    const event: Event = {
      atMs: Math.max(atMs, this.nowMs()),
      sequence: this.#sequence++,
      action,
      urgency: urgencyOf(options),
    };
    this.#insert(event);
    this.#settle();
    return () => {
      const index = this.#events.indexOf(event);
      if (index < 0) return;
      this.#events.splice(index, 1);
      this.#left[event.urgency]--;
      this.#settle();
    };
  }

  /** Calls `action` after `delayMs` of world time. */
  after(delayMs: number, action: Action, options: ScheduleOptions = {}): Cancel {
    return this.schedule(this.nowMs() + delayMs, action, options);
  }

  /** Something is in flight until the returned function is called; calling it again does nothing. */
  hold(): Release {
    this.#change(() => this.#holds++);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#change(() => this.#holds--);
    };
  }

  /** Something in the world was changed: what follows up on it is work. */
  stir(): void {
    this.#change(() => {
      this.#stirredAtMs = this.#anchorWorldMs;
    });
  }

  /** From now on follow-ups alone do not make the world hurry once nothing has stirred for `calmAfterMs` of world time. */
  restWhenCalm(calmAfterMs: number): void {
    this.#change(() => {
      this.#calmAfterMs = calmAfterMs;
    });
  }

  start(): void {
    this.#change(() => {
      this.#running = true;
    });
  }

  stop(): void {
    this.#change(() => {
      this.#running = false;
    });
  }

  #insert(event: Event): void {
    let index = this.#events.length;
    while (index > 0 && this.#isBefore(event, index - 1)) index--;
    this.#events.splice(index, 0, event);
    this.#left[event.urgency]++;
  }

  #isBefore(event: Event, index: number): boolean {
    const other = this.#events[index];
    return (
      other !== undefined && (event.atMs < other.atMs || (event.atMs === other.atMs && event.sequence < other.sequence))
    );
  }

  #change(mutate: () => void): void {
    this.#anchorWorldMs = this.nowMs();
    this.#anchorRealMs = this.#real.nowMs();
    mutate();
    this.#settle();
  }

  /** Re-anchors at the present, chooses the rate by the table above, and arms the timer for the next event. */
  #settle(): void {
    this.#anchorWorldMs = this.nowMs();
    this.#anchorRealMs = this.#real.nowMs();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#rate = this.#chooseRate();
    const next = this.#events[0];
    if (next === undefined || this.#rate === 0) return;
    const jump = this.#rate === Number.POSITIVE_INFINITY;
    if (jump) this.#rate = 0;
    const waitMs = jump ? 0 : (next.atMs - this.#anchorWorldMs) / this.#rate;
    this.#cancelTimer = this.#real.setTimer(waitMs, () => this.#fire(next));
  }

  #chooseRate(): number {
    if (!this.#running) return 0;
    if (this.#holds > 0) return this.#speed === 'max' ? 0 : 1;
    if (!this.#hurries()) return 1;
    return this.#speed === 'max' ? Number.POSITIVE_INFINITY : this.#speed;
  }

  #hurries(): boolean {
    if (this.#left.work > 0) return true;
    return this.#left.followUp > 0 && this.nowMs() - this.#stirredAtMs < this.#calmAfterMs;
  }

  #fire(event: Event): void {
    this.#events.shift();
    this.#left[event.urgency]--;
    if (event.urgency === 'work') this.#stirredAtMs = event.atMs;
    this.#anchorWorldMs = event.atMs;
    this.#anchorRealMs = this.#real.nowMs();
    this.#rate = 0;
    event.action();
    this.#settle();
  }
}

function urgencyOf({ periodic, followUp }: ScheduleOptions): Urgency {
  if (periodic === true) return 'periodic';
  return followUp === true ? 'followUp' : 'work';
}
