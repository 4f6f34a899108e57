import type { WorldClock } from '../world/clock.ts';
import { reject } from '../world/rejection.ts';
import type { Duties, Duty } from './duties.ts';
import { invalidAckId, noAckIds } from './rejections.ts';

export interface LoansOptions {
  readonly clock: WorldClock;
  readonly duties: Duties;
  /** Told of each loan that has ended without acknowledgement, in the order of the messages. */
  readonly onReturned: (duty: Duty) => void;
}

/** The form of our ack ids: message id and number of the loan. */
const ACK_ID = /^\d+-\d+$/;

/** The messages of one subscription that somebody has pulled and may still acknowledge. */
export class Loans {
  readonly #options: LoansOptions;
  #count = 0;

  constructor(options: LoansOptions) {
    this.#options = options;
  }

  /** Lends the oldest messages that may go. */
  lend(maxMessages: number, forMs: number): readonly Duty[] {
    const lent = new Set<Duty>();
    for (const duty of this.#options.duties) {
      if (lent.size === maxMessages) break;
      if (this.#mayLend(duty, lent)) lent.add(duty);
    }
    for (const duty of lent) this.#lendUntil(duty, `${duty.message.messageId}-${++this.#count}`, forMs);
    return [...lent];
  }

  /** What is still lent by these ids. An id that cannot be one of ours is refused, and then none of them counts. */
  find(ackIds: readonly string[]): readonly Duty[] {
    if (ackIds.length === 0) reject(noAckIds);
    const malformed = ackIds.find((id) => !ACK_ID.test(id));
    if (malformed !== undefined) reject(invalidAckId, malformed);
    return [...this.#options.duties].filter(({ lent }) => lent !== undefined && ackIds.includes(lent.ackId));
  }

  /** From now; 0 gives it back at once. */
  prolong(duty: Duty, forMs: number): void {
    // It may have been given back just now, together with one that it stood behind.
    if (duty.lent === undefined) return;
    if (forMs === 0) this.#giveBack(duty);
    else this.#lendUntil(duty, duty.lent.ackId, forMs);
  }

  /** Not held by anybody, nor on its way to an endpoint that has been taken away, and in ordered delivery only together with all before it. */
  #mayLend(duty: Duty, lent: ReadonlySet<Duty>): boolean {
    const { clock, duties } = this.#options;
    if (duty.cancel !== undefined || duty.freeAtMs > clock.nowMs()) return false;
    const line = duties.inLine(duty);
    return line.slice(0, line.indexOf(duty)).every((before) => lent.has(before));
  }

  #lendUntil(duty: Duty, ackId: string, forMs: number): void {
    const { clock } = this.#options;
    duty.cancel?.();
    duty.lent = { ackId };
    // Nobody waits for the end of a loan, so the world does not hurry towards it.
    duty.cancel = clock.after(forMs, () => this.#giveBack(duty), { periodic: true });
  }

  /** With it comes back what was lent behind it. */
  #giveBack(duty: Duty): void {
    const line = this.#options.duties.inLine(duty);
    const returned = line.slice(line.indexOf(duty)).filter(({ lent }) => lent !== undefined);
    for (const each of returned) {
      each.cancel?.();
      delete each.cancel;
      delete each.lent;
    }
    for (const each of returned) this.#options.onReturned(each);
  }
}
