import type { Cancel } from '../world/clock.ts';
import type { Message } from './message.ts';

/** One message that a subscription still has to get acknowledged. */
export interface Duty {
  readonly message: Message;
  /** Deliveries that were not acknowledged, of either kind. */
  nacks: number;
  /** Takes back what is on its way: a scheduled push, or the end of a loan. Absent while the message only waits. */
  cancel?: Cancel;
  /** Not to be lent before, because of the backoff; world time. */
  freeAtMs: number;
  /** Somebody has pulled it and may acknowledge it by this id. */
  lent?: { readonly ackId: string };
}

/**
 * What a subscription has to deliver, oldest first, and in ordered delivery which of it may go: "messages published with the same
 * ordering key are delivered in the order in which they are received by the Pub/Sub system" (pubsub.proto, enable_message_ordering),
 * so that one which fails holds back those behind it.
 */
export class Duties {
  readonly #isOrdered: boolean;
  readonly #all = new Set<Duty>();
  readonly #lines = new Map<string, Duty[]>();

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  [Symbol.iterator](): IterableIterator<Duty> {
    return this.#all.values();
  }

  has(duty: Duty): boolean {
    return this.#all.has(duty);
  }

  add(message: Message): Duty {
    const duty: Duty = { message, nacks: 0, freeAtMs: 0 };
    this.#all.add(duty);
    const line = this.#lineOf(duty);
    if (line !== undefined) this.#lines.set(line, [...(this.#lines.get(line) ?? []), duty]);
    return duty;
  }

  /** Returns the next one of its line, if it was the one that the others waited for. */
  remove(duty: Duty): Duty | undefined {
    this.#all.delete(duty);
    const line = this.#lineOf(duty);
    if (line === undefined) return undefined;
    const wasFirst = this.isFirst(duty);
    const rest = this.inLine(duty).filter((other) => other !== duty);
    if (rest.length > 0) this.#lines.set(line, rest);
    else this.#lines.delete(line);
    return wasFirst ? rest[0] : undefined;
  }

  /** Whether nothing has to be acknowledged before it. */
  isFirst(duty: Duty): boolean {
    return this.inLine(duty)[0] === duty;
  }

  /** All of its ordering key, in their order; itself alone if order does not matter. */
  inLine(duty: Duty): readonly Duty[] {
    const line = this.#lineOf(duty);
    return line === undefined ? [duty] : (this.#lines.get(line) ?? []);
  }

  clear(): void {
    this.#all.clear();
    this.#lines.clear();
  }

  /** Messages without a key are in no order. */
  #lineOf({ message }: Duty): string | undefined {
    return this.#isOrdered ? message.orderingKey : undefined;
  }
}
