import { systemTime } from '../world/real-time.ts';
import { twice } from './duplicates.ts';
import type { Scenario } from './scenario.ts';

/** Kills in all, and how many of them hit a delivery in flight. */
const KILLS = 34;
const KILLS_IN_FLIGHT = 24;

/** Real time between two looks for something in flight: far below the time that a delivery takes. */
const LOOK_MS = 2;

/** Longest real time that a delivery is left alone before the kill, so that kills fall on every part of the work. */
const MAX_DELAY_MS = 120;

export const crash: Scenario = {
  name: 'crash',
  summary: `the functions' process is killed ${KILLS} times, ${KILLS_IN_FLIGHT} times with a delivery in flight`,
  begin({ world, functions }) {
    let kills = 0;
    let inFlightKills = 0;
    let cancel = () => {};
    // A delivery that has reached the process: what inferctl asks status is no delivery, and a queued one is nobody's work yet.
    const isDelivering = (): boolean => world.courier.inFlight > 0 && functions.inFlight > 0;
    const isTime = (): boolean => isDelivering() === inFlightKills < KILLS_IN_FLIGHT;
    const strike = (): void => {
      const delivering = isDelivering();
      if (isTime() && functions.kill()) {
        kills++;
        if (delivering) inFlightKills++;
      }
      watch();
    };
    const watch = (): void => {
      if (kills >= KILLS) return;
      const delayMs = world.random.between(0, MAX_DELAY_MS, 'crash', kills);
      cancel = isTime() ? systemTime.setTimer(delayMs, strike) : systemTime.setTimer(LOOK_MS, watch);
    };
    watch();
    return () => {
      cancel();
      const creations = world.journal.entries.filter(({ effect }) => effect);
      return [
        `The functions' process was killed ${kills} times with SIGKILL, ${inFlightKills} times with a delivery in flight, and ` +
          `started again ${functions.restarts} times: each time the sweeper or the redelivery found the lease run out, waited until ` +
          'a late call must have landed, read the world again and went on.',
        twice(creations.map(({ method, resource }) => `${method} ${resource}`)),
      ];
    };
  },
};
