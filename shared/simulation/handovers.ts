import { leastLoaded, type Replica } from './replica.ts';
import { remoteSequence, type Sequence } from './sequence.ts';

interface Handover {
  readonly sequence: Sequence;
  /** Keeps the KV until a decode replica has pulled it. */
  readonly source: Replica;
  readonly atMs: number;
}

/** What is between prefill and decode. A decode replica that is full leaves the KV where it is, and prefill fills up with it. */
export class Handovers {
  #waiting: Handover[] = [];
  /** Sent to a decode replica, by the sequence that it is there. */
  readonly #sent = new Map<Sequence, Handover>();

  /** Not at a decode replica yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(handover: Handover): void {
    this.#waiting.push(handover);
  }

  /** Each to the least loaded, in the order in which their prompts were done. Without a decode replica they wait. */
  place(decode: readonly Replica[], nowMs: number): void {
    if (this.#waiting.length === 0 || decode.length === 0) return;
    for (const handover of this.#waiting.sort((a, b) => a.atMs - b.atMs)) {
      const remote = remoteSequence(handover.sequence.ticket, Math.max(handover.atMs, nowMs));
      this.#sent.set(remote, handover);
      leastLoaded(decode)?.engine.enqueue(remote);
    }
    this.#waiting = [];
  }

  /** Its KV has arrived, or is not wanted any more. */
  release(remote: Sequence): void {
    const handover = this.#sent.get(remote);
    this.#sent.delete(remote);
    handover?.source.engine.release(handover.sequence);
  }

  /**
   * A prefill replica is gone. What nobody had taken over begins anew and is returned; what waits at a decode replica is computed there
   * (vLLM, `kv_load_failure_policy: recompute`); what is being pulled arrives.
   */
  forget(source: Replica): readonly Sequence[] {
    const lost = this.#waiting.filter((handover) => handover.source === source);
    this.#waiting = this.#waiting.filter((handover) => handover.source !== source);
    for (const [remote, handover] of this.#sent) {
      if (handover.source !== source || remote.kvReadyMs > 0) continue;
      this.#sent.delete(remote);
      remote.isRemote = false;
      remote.prefillLeft = remote.contextTokens;
    }
    return lost.map(({ sequence }) => sequence);
  }
}
