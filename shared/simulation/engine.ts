import type { EngineOptions } from './engine-contract.ts';
import { EngineStatistics } from './engine-statistics.ts';
import { Fifo } from './fifo.ts';
import { KvCache } from './kv-cache.ts';
import { type PerformanceProfile, stepDurationMs } from './performance.ts';
import { PrefillBatch } from './prefill-batch.ts';
import { FinishHeap, type Sequence } from './sequence.ts';

/**
 * One model server, step by step: continuous batching with chunked prefill, first come, first served, as the scheduler of vLLM V1
 * does it (vllm-project/vllm vllm/v1/core/sched/scheduler.py). All decoding sequences get one token in every step, so that a step
 * costs the same however many there are, and a sequence is touched only when it joins and when it finishes.
 *
 * A step that has begun is finished as it was planned: what arrives meanwhile waits for the next one.
 */
export class Engine {
  readonly profile: PerformanceProfile;
  readonly statistics = new EngineStatistics();
  readonly #options: EngineOptions;
  readonly #queue = new Fifo<Sequence>();
  readonly #prefilling = new PrefillBatch();
  #transferring: Sequence[] = [];
  readonly #decoding = new FinishHeap();
  /** Joined in this step with remote KV: their next token is their first. */
  #fresh: Sequence[] = [];
  #steps = 0;
  readonly #kv: KvCache;
  /** Of the decoding sequences, tokens. */
  #decodeKv = 0;
  /** End of the last step. */
  #nowMs = 0;
  /** End of the step under way. */
  #stepEndMs: number | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.profile = options.profile;
    this.#kv = new KvCache(options.profile.kvCapacityTokens);
  }

  get running(): number {
    return this.#decoding.length + this.#prefilling.length;
  }

  /** Waiting for room. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Waiting for their KV; vLLM counts them among the waiting, with the reason `deferred`. */
  get deferred(): number {
    return this.#transferring.length;
  }

  /** Not begun, or not wholly computed. */
  get waitingPrompts(): number {
    return this.queued + this.#prefilling.length;
  }

  /** Everything that is in it. */
  get load(): number {
    return this.running + this.queued + this.deferred;
  }

  get kvUsedRatio(): number {
    return this.#kv.usedRatio;
  }

  get isIdle(): boolean {
    return this.load === 0;
  }

  /** In order of `enqueuedMs`. */
  enqueue(sequence: Sequence): void {
    this.#queue.push(sequence);
  }

  /** Gives back the KV of a sequence that was handed over; until then it is kept. */
  release(sequence: Sequence): void {
    this.#kv.free(sequence.contextTokens);
  }

  /** Everything that is in it; an engine whose pod is gone. */
  evacuate(): readonly Sequence[] {
    return [...this.#decoding.all(), ...this.#prefilling.all(), ...this.#transferring, ...this.#queue.toArray()];
  }

  /** Ends every step that ends until then. */
  advance(untilMs: number): void {
    while (!this.isIdle) {
      this.#stepEndMs ??= this.#plan();
      if (this.#stepEndMs === undefined) {
        const nextMs = this.#nextEventMs();
        // A release that comes later must not let anything begin earlier.
        this.#nowMs = Math.max(this.#nowMs, Math.min(nextMs, untilMs));
        if (nextMs > untilMs) return;
        continue;
      }
      if (this.#stepEndMs > untilMs) return;
      const beganMs = this.#nowMs;
      this.#nowMs = this.#stepEndMs;
      this.#stepEndMs = undefined;
      this.#complete(this.#nowMs - beganMs);
    }
  }

  /** What a waiting engine waits for: the next arrival, or KV under way. */
  #nextEventMs(): number {
    let nextMs = this.#queue.peek()?.eligibleMs ?? Number.POSITIVE_INFINITY;
    // Its head has arrived and finds no room: only a release or KV under way changes that.
    if (nextMs <= this.#nowMs) nextMs = Number.POSITIVE_INFINITY;
    for (const { kvReadyMs } of this.#transferring) nextMs = Math.min(nextMs, kvReadyMs);
    return nextMs;
  }

  /** Puts the next step together and returns its end; undefined if there is nothing to compute yet. */
  #plan(): number | undefined {
    this.#joinPulled();
    const hadRoom = this.#makeRoom();
    const sequences = this.#decoding.length;
    let budget = this.#prefilling.schedule(this.profile.maxBatchedTokens - sequences);
    // As in vLLM, nothing is admitted in a step for which something had to give way.
    if (hadRoom) budget = this.#admit(budget);
    const promptTokens = this.profile.maxBatchedTokens - sequences - budget;
    if (sequences === 0 && promptTokens === 0) return undefined;
    return this.#nowMs + stepDurationMs(this.profile, { sequences, kvTokens: this.#decodeKv, promptTokens });
  }

  /** First come, first served: the first that does not fit keeps the others waiting. Returns what is left of the token budget. */
  #admit(budget: number): number {
    let left = budget;
    for (let head = this.#queue.peek(); head !== undefined && this.#hasRoomFor(head); head = this.#queue.peek()) {
      if (!head.isRemote && left <= 0) break;
      this.#queue.take();
      if (head.firstTokenMs === undefined) head.admittedMs = this.#nowMs;
      this.#kv.recover(head);
      this.#kv.allocate(head.contextTokens);
      if (head.isRemote) {
        const { setupMs, perTokenMs } = this.#options.transfer;
        head.kvReadyMs = this.#nowMs + setupMs + perTokenMs * head.contextTokens;
        this.#transferring.push(head);
      } else left = this.#prefilling.add(head, left);
    }
    return left;
  }

  #hasRoomFor(sequence: Sequence): boolean {
    return (
      sequence.eligibleMs <= this.#nowMs &&
      this.running + this.deferred < this.profile.maxSequences &&
      this.#kv.fits(sequence.contextTokens + this.#decoding.length)
    );
  }

  #joinPulled(): void {
    if (this.#transferring.length === 0) return;
    const ready = this.#transferring.filter(({ kvReadyMs }) => kvReadyMs <= this.#nowMs);
    if (ready.length === 0) return;
    this.#transferring = this.#transferring.filter((sequence) => !ready.includes(sequence));
    for (const sequence of ready) {
      this.#options.listener.pulled(sequence);
      sequence.isRemote = false;
      this.#join(sequence);
      this.#fresh.push(sequence);
    }
  }

  #join(sequence: Sequence): void {
    sequence.joinStep = this.#steps;
    sequence.finishStep = this.#steps + sequence.outputLeft;
    this.#decodeKv += sequence.contextTokens;
    this.#decoding.push(sequence);
  }

  /**
   * Every decoding sequence needs one more token of KV: the latest give way until they have it (preemption by recomputation).
   * Returns whether none had to.
   */
  #makeRoom(): boolean {
    const preemptions = this.statistics.preemptions;
    while (!this.#kv.fits(this.#decoding.length) && this.#decoding.length > 0) {
      this.#preempt(this.#decoding.all().reduce((latest, one) => (one.admittedMs >= latest.admittedMs ? one : latest)));
    }
    return this.statistics.preemptions === preemptions;
  }

  #preempt(sequence: Sequence): void {
    this.#decoding.remove(sequence);
    this.#fresh = this.#fresh.filter((one) => one !== sequence);
    const kvTokens = this.#kvOf(sequence);
    this.#kv.evict(sequence, kvTokens);
    this.#decodeKv -= kvTokens;
    this.statistics.preemptions++;
    sequence.outputLeft = sequence.finishStep - this.#steps;
    this.#queue.unshift(sequence);
  }

  #kvOf({ contextTokens, joinStep }: Sequence): number {
    return contextTokens + this.#steps - joinStep;
  }

  #complete(stepMs: number): void {
    const sequences = this.#decoding.length;
    this.#steps++;
    this.#kv.allocate(sequences);
    this.#decodeKv += sequences;
    this.statistics.generationTokens += sequences;
    this.statistics.interTokenLatency.observe(stepMs / 1000, sequences - this.#fresh.length);
    for (const sequence of this.#fresh) this.#seeFirstToken(sequence);
    this.#fresh = [];
    for (let top = this.#decoding.peek(); top !== undefined && top.finishStep <= this.#steps; ) {
      this.#decoding.pop();
      this.#decodeKv -= this.#kvOf(top);
      this.#finish(top, this.#kvOf(top));
      top = this.#decoding.peek();
    }
    if (this.#prefilling.length > 0) this.#completePrefills();
  }

  #completePrefills(): void {
    const { tokens, done } = this.#prefilling.complete();
    this.statistics.promptTokens += tokens;
    for (const sequence of done) this.#endPrefill(sequence);
  }

  /** The step that computes the last prompt token generates the first output token. */
  #endPrefill(sequence: Sequence): void {
    this.statistics.generationTokens++;
    this.#seeFirstToken(sequence);
    sequence.outputLeft--;
    if (this.#options.handsOver) {
      this.statistics.observeEnd(sequence, this.#nowMs, 'length');
      this.#options.listener.prefilled(sequence, this.#nowMs);
    } else if (sequence.outputLeft === 0) this.#finish(sequence, sequence.contextTokens);
    else this.#join(sequence);
  }

  #seeFirstToken(sequence: Sequence): void {
    if (sequence.firstTokenMs !== undefined) return;
    sequence.firstTokenMs = this.#nowMs;
    this.statistics.observeFirstToken(sequence, this.#nowMs);
    if (!this.#options.handsOver) this.#options.listener.firstToken(sequence, this.#nowMs);
  }

  #finish(sequence: Sequence, kvTokens: number): void {
    this.#kv.free(kvTokens);
    this.statistics.observeEnd(sequence, this.#nowMs, 'stop');
    this.#options.listener.finished(sequence, this.#nowMs);
  }
}
