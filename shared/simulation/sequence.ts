import type { Ticket } from './request.ts';

/** A request in one engine. Mutable: an engine advances millions of them. */
export interface Sequence {
  readonly ticket: Ticket;
  /** Arrival at this engine: its own latencies count from here. */
  readonly enqueuedMs: number;
  /** Not looked at by the scheduler before. */
  readonly eligibleMs: number;
  /** Its KV comes from a prefill replica instead of being computed here. */
  isRemote: boolean;
  admittedMs: number;
  /** Tokens that must be in the KV cache before it decodes: its prompt, and after a preemption what it had generated. */
  contextTokens: number;
  /** Prompt tokens still to compute. */
  prefillLeft: number;
  /** Tokens still to generate when it does not decode; while it does, `finishStep` knows. */
  outputLeft: number;
  /** When its remote KV is there. */
  kvReadyMs: number;
  /** The engine's count of steps when it began to decode, and when its last token comes. */
  joinStep: number;
  finishStep: number;
  /** What its engine had allocated when it was preempted: later tokens overwrite what is left of its KV. */
  preemptedAtTokens: number | undefined;
  /** First token of this engine, whatever the client has seen before. */
  firstTokenMs: number | undefined;
}

/** A prompt that is computed here. */
export function localSequence(ticket: Ticket, enqueuedMs: number, eligibleMs: number): Sequence {
  const { promptTokens, outputTokens } = ticket.request;
  return {
    ticket,
    enqueuedMs,
    eligibleMs,
    isRemote: false,
    admittedMs: enqueuedMs,
    contextTokens: promptTokens,
    prefillLeft: promptTokens,
    outputLeft: outputTokens,
    kvReadyMs: 0,
    joinStep: 0,
    finishStep: 0,
    preemptedAtTokens: undefined,
    firstTokenMs: undefined,
  };
}

/** A prompt whose KV a prefill replica holds. */
export function remoteSequence(ticket: Ticket, enqueuedMs: number): Sequence {
  return { ...localSequence(ticket, enqueuedMs, enqueuedMs), isRemote: true, prefillLeft: 0 };
}

/** Decoding sequences, the one that finishes first on top: a binary heap by `finishStep`. */
export class FinishHeap {
  #items: Sequence[] = [];

  get length(): number {
    return this.#items.length;
  }

  peek(): Sequence | undefined {
    return this.#items[0];
  }

  all(): readonly Sequence[] {
    return this.#items;
  }

  push(item: Sequence): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.finishStep <= item.finishStep) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): Sequence | undefined {
    const [top] = this.#items;
    const last = this.#items.pop();
    if (last !== undefined && last !== top) this.#sink(last);
    return top;
  }

  /** Rare (a preemption), hence without an index. */
  remove(item: Sequence): void {
    const rest = this.#items.filter((one) => one !== item);
    this.#items = [];
    for (const one of rest) this.push(one);
  }

  #sink(item: Sequence): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let smallest = items[child];
      const right = items[child + 1];
      if (smallest !== undefined && right !== undefined && right.finishStep < smallest.finishStep) {
        child++;
        smallest = right;
      }
      if (smallest === undefined || smallest.finishStep >= item.finishStep) break;
      items[at] = smallest;
      at = child;
    }
    items[at] = item;
  }
}
