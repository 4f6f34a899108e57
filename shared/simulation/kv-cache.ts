import type { Sequence } from './sequence.ts';

/** The KV cache of one engine, in tokens: blocks are not rounded. */
export class KvCache {
  readonly #capacity: number;
  #used = 0;
  /** Given out so far, the same place again and again. */
  #allocated = 0;

  constructor(capacityTokens: number) {
    this.#capacity = capacityTokens;
  }

  get usedRatio(): number {
    return this.#used / this.#capacity;
  }

  fits(tokens: number): boolean {
    return this.#used + tokens <= this.#capacity;
  }

  allocate(tokens: number): void {
    this.#used += tokens;
    this.#allocated += tokens;
  }

  free(tokens: number): void {
    this.#used -= tokens;
  }

  /** Takes the place of a preempted sequence, and remembers when: what it had stays until others overwrite it. */
  evict(sequence: Sequence, tokens: number): void {
    this.free(tokens);
    sequence.contextTokens = tokens;
    sequence.preemptedAtTokens = this.#allocated;
  }

  /** With prefix caching, vLLM's default, a preempted sequence computes again only what others have overwritten meanwhile. */
  recover(sequence: Sequence): void {
    if (sequence.preemptedAtTokens === undefined) return;
    const overwritten = this.#allocated - sequence.preemptedAtTokens;
    sequence.prefillLeft = Math.max(1, Math.min(sequence.contextTokens, overwritten));
    sequence.preemptedAtTokens = undefined;
  }
}
