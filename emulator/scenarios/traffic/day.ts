/** Lets the day pass, and tells it. */
import type { Screen } from '../scenario.ts';
import type { World } from '../../world/world.ts';
import { Account, type Bill } from './account.ts';
import { type Change, type DecisionReader, isOfChange } from './decisions.ts';
import type { Look } from './look.ts';
import { changeLine, headerLine, rowLine } from './view.ts';

/** World time between two looks of the story: node hours are added up from them. */
const LOOK_MS = 60_000;
/** World time between two lines that stay. */
const ROW_MS = 15 * 60_000;
/** Rows between two headers. */
const HEADER_EVERY = 16;

export interface DayParts {
  readonly world: World;
  readonly look: () => Look;
  readonly reader: DecisionReader;
  readonly screen: Screen;
  readonly startMs: number;
  readonly endMs: number;
}

export interface DayRecord {
  readonly last: Look;
  readonly bill: Bill;
  readonly changes: readonly Change[];
}

/** From `startMs` on; resolves when the world has come to `endMs`. */
export function passDay(parts: DayParts): Promise<DayRecord> {
  return new Promise((resolve, reject) => {
    const day = new DayTeller(parts, resolve);
    day.begin(reject);
  });
}

class DayTeller {
  readonly #parts: DayParts;
  readonly #done: (record: DayRecord) => void;
  readonly #account: Account;
  readonly #changes: Change[] = [];
  #seenEntries: number;
  #rows = 0;
  #nextRowMs: number;

  constructor(parts: DayParts, done: (record: DayRecord) => void) {
    this.#parts = parts;
    this.#done = done;
    this.#account = new Account(parts.world);
    this.#seenEntries = parts.world.journal.entries.length;
    this.#nextRowMs = parts.startMs;
  }

  /** Each look holds the clock until it is told, so that lines belong to the moment that they name. */
  begin(fail: (error: unknown) => void): void {
    const { clock } = this.#parts.world;
    const step = (): void => {
      const release = clock.hold();
      void this.#step()
        .then((isOver) => {
          if (!isOver) clock.after(LOOK_MS, step, { periodic: true });
        }, fail)
        .finally(release);
    };
    clock.schedule(this.#parts.startMs, step, { periodic: true });
  }

  /** True at the end. */
  async #step(): Promise<boolean> {
    const { look, endMs, screen } = this.#parts;
    const now = look();
    this.#account.add(now);
    const isOver = now.atMs >= endMs;
    const isRowDue = now.atMs >= this.#nextRowMs || isOver;
    if (isRowDue && this.#rows++ % HEADER_EVERY === 0) screen.say(headerLine());
    if (this.#hasNewCalls() || isOver) await this.#tellChanges();
    if (isRowDue) {
      this.#nextRowMs += ROW_MS;
      screen.say(rowLine(now));
    }
    screen.show(isOver ? '' : rowLine(now));
    if (isOver) this.#done({ last: now, bill: this.#account.bill(), changes: this.#changes });
    return isOver;
  }

  /** A size that changes is a call: without one there is nothing to ask about. */
  #hasNewCalls(): boolean {
    const { entries } = this.#parts.world.journal;
    const fresh = entries.slice(this.#seenEntries);
    this.#seenEntries = entries.length;
    return fresh.some(isOfChange);
  }

  async #tellChanges(): Promise<void> {
    const { reader, screen } = this.#parts;
    for (const change of await reader.news()) {
      this.#changes.push(change);
      screen.say(changeLine(change));
    }
  }
}
