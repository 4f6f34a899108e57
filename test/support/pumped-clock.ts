import { WorldClock } from '../../emulator/world/clock.ts';

export interface PumpedClock {
  readonly clock: WorldClock;
  /** Fires the timer that the clock waits for; false: it waits for none. */
  readonly fire: () => boolean;
}

/** A world clock that is pumped by hand: no real time passes. */
export function makePumpedClock(startMs: number): PumpedClock {
  let due: (() => void) | undefined;
  const real = {
    nowMs: () => 0,
    setTimer: (_delayMs: number, callback: () => void) => {
      due = callback;
      return () => {
        due = undefined;
      };
    },
  };
  const fire = () => {
    const fired = due;
    fired?.();
    return fired !== undefined;
  };
  return { clock: new WorldClock({ startMs, speed: 'max', real }), fire };
}
