/** A small world for delivery tests: a clock that only jumps, and a function in the place of the network. */
import { Courier } from '../../../emulator/delivery/courier.ts';
import type { Dispatcher, DispatchRequest } from '../../../emulator/delivery/dispatcher.ts';
import type { WorldBase } from '../../../emulator/world/base.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { systemTime } from '../../../emulator/world/real-time.ts';

export const START_MS = Date.UTC(2026, 0, 1, 12, 0, 0);

/** One request that reached its target, with the world time at which it did. */
export interface Arrival extends DispatchRequest {
  /** Milliseconds since the world began. */
  readonly afterMs: number;
}

export type Answer = (request: Arrival, index: number) => number | Promise<number>;

export interface DeliveryWorld {
  readonly base: WorldBase;
  readonly courier: Courier;
  readonly arrivals: Arrival[];
  /** Lets so much world time pass, with everything that is due in it. */
  readonly pass: (ms: number) => Promise<void>;
}

/** `answer` gives the status of each request; it rejects or throws where no answer comes. */
export function makeDeliveryWorld(answer: Answer = () => 204): DeliveryWorld {
  const clock = new WorldClock({ startMs: START_MS, speed: 'max', real: { ...systemTime, nowMs: () => 0 } });
  const base: WorldBase = {
    clock,
    random: new KeyedRandom('seed'),
    journal: new Journal(clock),
    project: 'demo',
    projectNumber: '123456789012',
  };
  const arrivals: Arrival[] = [];
  const dispatcher: Dispatcher = {
    async post(request) {
      const arrival = { ...request, afterMs: clock.nowMs() - START_MS };
      arrivals.push(arrival);
      return { status: await answer(arrival, arrivals.length - 1) };
    },
  };
  const tokens = { token: ({ audience, email }: { audience: string; email: string }) => `${email} for ${audience}` };
  clock.start();
  return {
    base,
    courier: new Courier({ clock, dispatcher, tokens }),
    arrivals,
    pass: (ms) => new Promise((resolve) => clock.after(ms, resolve)),
  };
}

/** An answer that stays out until the test gives it; `started` resolves when the first request is there. */
export function makeHeldAnswer() {
  const started = Promise.withResolvers<void>();
  const status = Promise.withResolvers<number>();
  const answer: Answer = () => {
    started.resolve();
    return status.promise;
  };
  return { answer, started: started.promise, finish: status.resolve };
}
