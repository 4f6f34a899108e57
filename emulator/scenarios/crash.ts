import type { LocalCloud } from '../local-cloud.ts';
import type { KeyedRandom } from '../world/random.ts';
import { type RealTime, systemTime } from '../world/real-time.ts';
import type { World } from '../world/world.ts';
import { twice } from './duplicates.ts';
import type { Scenario } from './scenario.ts';

/** Kills in all. Every third falls when nothing is in flight, most of those on a process that is only starting. */
export const KILLS = 36;
const KILLS_IN_FLIGHT = (KILLS * 2) / 3;

/**
 * Most deliveries that are left to succeed before the next kill in flight: a build has some 250, and most of them only look. One that
 * has changed something since the last kill is not spared.
 */
const MAX_SPARED = 18;

/** Real time between two looks for something in flight: far below the time that a delivery takes. */
const LOOK_MS = 2;

/** Longest real time that a delivery is left alone before the kill, so that kills fall on every part of its work. */
const MAX_DELAY_MS = 120;

/** Deliveries that a line names; there are seldom more. */
const NAMED = 3;

/** The functions' process, as far as killing it goes. */
export interface Victim {
  /** What it is working on, e.g. `build-cluster (task)`. What inferctl asks status is no delivery, and a queued one is nobody's work yet. */
  inFlight(): readonly string[];
  /** Deliveries that have succeeded so far. */
  delivered(): number;
  /** The latest thing that the functions have changed. */
  lastChange(): string | undefined;
  /** False: there was nothing to kill. */
  kill(): boolean;
}

export interface Kills {
  readonly all: number;
  readonly inFlight: number;
}

export interface Strikes {
  readonly kills: Kills;
  /** No more of them. */
  stop(): void;
}

export interface StrikeParts {
  readonly real: RealTime;
  readonly random: KeyedRandom;
  readonly say: (line: string) => void;
}

/** Begins to kill, and says of each kill what it fell on. */
export function strike(victim: Victim, { real, random, say }: StrikeParts): Strikes {
  const kills = { all: 0, inFlight: 0 };
  let cancel = () => {};
  let spareUntil = 0;
  let changeAtKill: string | undefined;
  const wantsDelivery = (): boolean => kills.all % 3 !== 2;
  const isTime = (): boolean => {
    const isDelivering = victim.inFlight().length > 0;
    if (!wantsDelivery()) return !isDelivering;
    return isDelivering && (victim.delivered() >= spareUntil || victim.lastChange() !== changeAtKill);
  };
  const kill = (): void => {
    const labels = victim.inFlight();
    const change = victim.lastChange();
    if (isTime() && victim.kill()) {
      kills.all++;
      if (labels.length > 0) kills.inFlight++;
      changeAtKill = change;
      spareUntil = victim.delivered() + Math.round(random.between(0, MAX_SPARED, 'crash', 'spared', kills.all));
      say(killLine(kills.all, labels, change));
    }
    watch();
  };
  const watch = (): void => {
    if (kills.all >= KILLS) return;
    const delayMs = wantsDelivery() ? random.between(0, MAX_DELAY_MS, 'crash', kills.all) : 0;
    cancel = isTime() ? real.setTimer(delayMs, kill) : real.setTimer(LOOK_MS, watch);
  };
  watch();
  return { kills, stop: () => cancel() };
}

function killLine(count: number, labels: readonly string[], change: string | undefined): string {
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : '';
  const what = labels.length === 0 ? 'nothing in flight' : `in flight: ${labels.slice(0, NAMED).join(', ')}${more}`;
  return `SIGKILL ${count} of ${KILLS}, ${what}${change === undefined ? '' : `; last change: ${change}`}`;
}

export const crash: Scenario = {
  name: 'crash',
  summary: `the functions' process is killed ${KILLS} times, ${KILLS_IN_FLIGHT} times with a delivery in flight`,
  speaksMeanwhile: true,
  begin({ world, functions }, _story, say) {
    const strikes = strike(victimIn(world, functions), { real: systemTime, random: world.random, say });
    return () => {
      strikes.stop();
      const { all, inFlight } = strikes.kills;
      const creations = world.journal.entries.filter(({ effect }) => effect);
      return [
        `The functions' process was killed ${all} times with SIGKILL, ${inFlight} times with a delivery in flight, and ` +
          `started again ${functions.restarts} times: each time the sweeper or the redelivery found the lease run out, waited until ` +
          'a late call must have landed, read the world again and went on.',
        twice(creations.map(({ method, resource }) => `${method} ${resource}`)),
      ];
    };
  },
};

/** Services whose changes are the build; messages and timers are only how it goes on. */
const BUILT = ['compute', 'container', 'kubernetes'];

function victimIn({ courier, pubsub, tasks, journal }: World, functions: LocalCloud['functions']): Victim {
  return {
    inFlight: () => (functions.inFlight === 0 ? [] : courier.lettersInFlight.map(nameOf)),
    delivered: () => pubsub.counts.acks + tasks.counts.succeeded,
    lastChange() {
      const last = journal.entries.findLast(({ service, effect }) => effect && BUILT.includes(service));
      return last && `${last.method} ${last.resource.split('/').slice(-2).join('/')}`;
    },
    kill: () => functions.kill(),
  };
}

/** The function that it goes to and how it comes. Example: `…/functions/tick` of a push: `tick (push)`. */
function nameOf({ url, label }: { readonly url: string; readonly label: string }): string {
  return `${url.slice(url.lastIndexOf('/') + 1)} (${label.split(' ', 1)[0]})`;
}
