import type { LocalCloud } from '../local-cloud.ts';
import type { KeyedRandom } from '../world/random.ts';
import { type RealTime, systemTime } from '../world/real-time.ts';
import type { World } from '../world/world.ts';
import { names } from '../provision.ts';
import { type JournalEntry, worksServices } from '../world/journal.ts';
import { twice } from './duplicates.ts';
import { killsUntilEndOf, mayKill, type Phase, phaseAfter } from './kill-budget.ts';
import type { Scenario } from './scenario.ts';

/** Every third kill falls when nothing is in flight, most of those on a process that is only starting. */
const IDLE_EVERY = 3;

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
  /** Which part of the build that belongs to. */
  phase(): Phase;
  /** World time since the document was accepted. */
  elapsedMs(): number;
  /** False: there was nothing to kill. */
  kill(): boolean;
}

export interface Kills {
  readonly all: number;
  readonly inFlight: number;
  readonly inPhase: ReadonlyMap<Phase, number>;
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

/** Begins to kill, and says of each kill when it was and what it fell on. */
export function strike(victim: Victim, parts: StrikeParts): Strikes {
  const striker = new Striker(victim, parts);
  striker.watch();
  return striker;
}

class Striker implements Strikes {
  readonly kills = { all: 0, inFlight: 0, inPhase: new Map<Phase, number>() };
  readonly #victim: Victim;
  readonly #parts: StrikeParts;
  #cancel = () => {};
  #aims = 0;
  #spareUntil = 0;
  #changeAtKill: string | undefined;

  constructor(victim: Victim, parts: StrikeParts) {
    this.#victim = victim;
    this.#parts = parts;
  }

  stop(): void {
    this.#cancel();
  }

  /** Looks for a moment, takes aim when there is one, and looks again afterwards. */
  watch(): void {
    if (this.kills.all >= killsUntilEndOf.readiness) return;
    const { real } = this.#parts;
    this.#cancel = this.#isTime()
      ? real.setTimer(this.#delayMs(), () => this.#strike())
      : real.setTimer(LOOK_MS, () => this.watch());
  }

  get #wantsDelivery(): boolean {
    return this.kills.all % IDLE_EVERY !== IDLE_EVERY - 1;
  }

  #isTime(): boolean {
    const victim = this.#victim;
    if (!mayKill(victim.phase(), this.kills.all)) return false;
    const isDelivering = victim.inFlight().length > 0;
    if (!this.#wantsDelivery) return !isDelivering;
    return isDelivering && (victim.delivered() >= this.#spareUntil || victim.lastChange() !== this.#changeAtKill);
  }

  /** Drawn for each aim anew: a delivery that is over sooner than that is missed. The first kill of a phase comes at once, some are short. */
  #delayMs(): number {
    const isFirst = !this.kills.inPhase.has(this.#victim.phase());
    return isFirst || !this.#wantsDelivery
      ? 0
      : this.#parts.random.between(0, MAX_DELAY_MS, 'crash', this.kills.all, this.#aims++);
  }

  #strike(): void {
    const victim = this.#victim;
    const { kills } = this;
    const fell = { labels: victim.inFlight(), change: victim.lastChange(), elapsedMs: victim.elapsedMs() };
    const phase = victim.phase();
    if (this.#isTime() && victim.kill()) {
      const { random, say } = this.#parts;
      kills.all++;
      if (fell.labels.length > 0) kills.inFlight++;
      kills.inPhase.set(phase, (kills.inPhase.get(phase) ?? 0) + 1);
      this.#changeAtKill = fell.change;
      this.#spareUntil = victim.delivered() + Math.round(random.between(0, MAX_SPARED, 'crash', 'spared', kills.all));
      say(killLine(kills.all, fell));
    }
    this.watch();
  }
}

interface Fell {
  readonly labels: readonly string[];
  readonly change: string | undefined;
  readonly elapsedMs: number;
}

/** Example: `+4m20s     SIGKILL 8, in flight: build-cluster (task); last change: createCluster clusters/demo`. */
function killLine(count: number, { labels, change, elapsedMs }: Fell): string {
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : '';
  const what = labels.length === 0 ? 'nothing in flight' : `in flight: ${labels.slice(0, NAMED).join(', ')}${more}`;
  const since = change === undefined ? '' : `; last change: ${change}`;
  return `${elapsedText(elapsedMs).padEnd(10)} SIGKILL ${count}, ${what}${since}`;
}

/** As the lines of the build between which it stands: `+45s`, `+2m55s`, `+1h10m35s`. */
function elapsedText(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (count: number): string => String(count).padStart(2, '0');
  if (hours > 0) return `+${hours}h${two(minutes)}m${two(seconds % 60)}s`;
  return minutes > 0 ? `+${minutes}m${two(seconds % 60)}s` : `+${seconds}s`;
}

export const crash: Scenario = {
  name: 'crash',
  summary:
    `the functions' process is killed up to ${killsUntilEndOf.readiness} times, in every part of the build, ` +
    'two times of three with a delivery in flight',
  speaksMeanwhile: true,
  begin({ world, functions }, _story, say) {
    const strikes = strike(victimIn(world, functions), { real: systemTime, random: world.random, say });
    return () => {
      strikes.stop();
      const { all, inFlight, inPhase } = strikes.kills;
      const creations = world.journal.entries.filter(({ effect }) => effect);
      return [
        `The functions' process was killed ${all} times with SIGKILL, ${inFlight} times with a delivery in flight, and ` +
          `started again ${functions.restarts} times: each time the sweeper or the redelivery found the lease run out, waited until ` +
          'a late call must have landed, read the world again and went on.',
        `Kills by what was being built: ${[...inPhase].map(([phase, count]) => `${phase} ${count}`).join(', ')}.`,
        twice(creations.map(({ method, resource }) => `${method} ${resource}`)),
      ];
    };
  },
};

function victimIn({ clock, courier, pubsub, tasks, journal }: World, functions: LocalCloud['functions']): Victim {
  const isWork = ({ service, effect }: JournalEntry): boolean => effect && worksServices.includes(service);
  // Whoever accepts a document wakes the build at that instant.
  const isWake = ({ method, resource }: JournalEntry): boolean =>
    method === 'publish' && resource.endsWith(`/${names.wakes}`);
  return {
    inFlight: () => (functions.inFlight === 0 ? [] : courier.lettersInFlight.map(nameOf)),
    delivered: () => pubsub.counts.acks + tasks.counts.succeeded,
    lastChange() {
      const last = journal.entries.findLast(isWork);
      return last && `${last.method} ${last.resource.split('/').slice(-2).join('/')}`;
    },
    phase: () => phaseAfter(journal.entries.filter(isWork)),
    elapsedMs: () => clock.nowMs() - (journal.entries.find(isWake)?.atMs ?? clock.nowMs()),
    kill: () => functions.kill(),
  };
}

/** The function that it goes to and how it comes. Example: `…/functions/tick` of a push: `tick (push)`. */
function nameOf({ url, label }: { readonly url: string; readonly label: string }): string {
  return `${url.slice(url.lastIndexOf('/') + 1)} (${label.split(' ', 1)[0]})`;
}
