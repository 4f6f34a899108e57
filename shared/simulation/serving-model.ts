import type { RoleName } from '../domain/model-service.ts';
import { EndpointPicker } from './endpoint-picker.ts';
import { Engine } from './engine.ts';
import type { EngineListener, KvTransfer } from './engine-contract.ts';
import { Fifo } from './fifo.ts';
import { type Saturation, saturationOf } from './flow-control.ts';
import type { PerformanceProfile } from './performance.ts';
import { Handovers } from './handovers.ts';
import { leastLoaded, type Replica, type ReplicaState } from './replica.ts';
import type { ServingRequest, Ticket } from './request.ts';
import { Score, type ServingObjectives } from './score.ts';
import { localSequence } from './sequence.ts';

/**
 * The endpoint picker reads its endpoints' metrics every 50 ms (llm-d/llm-d-router, flag `--refresh-metrics-interval`): requests are
 * routed, and KV is handed over, by what was known at the beginning of such a tick. Steps of engines are not bound to ticks.
 */
export const TICK_MS = 50;

export interface ServingModelOptions {
  /** `aggregated`, or `prefill` and `decode`: how fast one replica of the role is. */
  readonly profiles: Readonly<Partial<Record<RoleName, PerformanceProfile>>>;
  /**
   * On: requests wait in the endpoint picker while the pool is saturated or empty. Off: they are sent on at once, and turned away
   * where there is nobody.
   */
  readonly flowControl: boolean;
  readonly kvTransfer: KvTransfer;
  readonly objectives: ServingObjectives;
  readonly startMs: number;
}

export interface Advance {
  readonly untilMs: number;
  /** Arrived since the last call, in order; none before it. */
  readonly arrivals: readonly ServingRequest[];
}

/**
 * A served model: endpoint picker and replicas, advanced in ticks that lie on a fixed grid, so that it does not matter how often
 * anybody looks. No clock and no chance: the same requests and replicas give the same numbers. README.md tells what is left out.
 */
export class ServingModel {
  readonly score: Score;
  arrived = 0;
  /** Begun again on another replica. */
  retried = 0;
  readonly #options: ServingModelOptions;
  readonly #largestRequest: number;
  readonly #arriving = new Fifo<ServingRequest>();
  readonly #replicas = new Map<string, Replica>();
  #picker = new EndpointPicker();
  #hasPicker = true;
  #nowMs: number;
  readonly #handovers = new Handovers();
  /** Replicas that accept, by what they do; an aggregated one does both. */
  #prefillers: readonly Replica[] = [];
  #decoders: readonly Replica[] = [];
  /** Where new requests go. */
  #entrances: readonly Replica[] = [];

  constructor(options: ServingModelOptions) {
    this.#options = options;
    this.#nowMs = options.startMs;
    this.score = new Score(options.objectives);
    const capacities = Object.values(options.profiles).map(({ kvCapacityTokens }) => kvCapacityTokens);
    this.#largestRequest = Math.min(...capacities);
  }

  /** The last tick; never later than what was asked for, at most one tick behind it. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get picker(): EndpointPicker {
    return this.#picker;
  }

  get flowControl(): boolean {
    return this.#options.flowControl;
  }

  /** By id. */
  get replicas(): ReadonlyMap<string, Readonly<Replica>> {
    return this.#replicas;
  }

  /** In an engine, or between two. */
  get underWay(): number {
    let sum = this.#handovers.waiting;
    for (const { engine } of this.#replicas.values()) sum += engine.load;
    return sum;
  }

  get isIdle(): boolean {
    return this.#picker.held.length === 0 && this.#arriving.length === 0 && this.underWay === 0;
  }

  saturation(): Saturation {
    return saturationOf(this.#prefillers, this.#decoders);
  }

  advance({ untilMs, arrivals }: Advance): void {
    for (const arrival of arrivals) this.#arriving.push(arrival);
    const { startMs } = this.#options;
    const lastMs = startMs + Math.floor((untilMs - startMs) / TICK_MS) * TICK_MS;
    while (this.#nowMs < lastMs) {
      const nextMs =
        this.#picker.held.length === 0 && this.underWay === 0 ? this.#arriving.peek()?.arrivalMs : undefined;
      // Nothing happens before the next arrival.
      if (this.isIdle) this.#nowMs = lastMs;
      else if (nextMs !== undefined && nextMs >= this.#nowMs + TICK_MS) {
        this.#nowMs = Math.min(lastMs, startMs + Math.floor((nextMs - startMs) / TICK_MS) * TICK_MS);
      } else this.#tick(this.#nowMs + TICK_MS);
    }
  }

  /** The replicas that there are now. One that is missing is gone with all it had: its requests are tried again. */
  setReplicas(states: readonly ReplicaState[]): void {
    const ids = new Set(states.map(({ id }) => id));
    for (const [id, replica] of this.#replicas) if (!ids.has(id)) this.#remove(replica);
    for (const state of states) {
      const known = this.#replicas.get(state.id);
      if (known === undefined) this.#replicas.set(state.id, this.#makeReplica(state));
      else known.state = state;
    }
    this.#sortReplicas();
  }

  /** Its container starts anew: counters from zero, and what it was at is tried again. */
  restartReplica(id: string): void {
    const replica = this.#replicas.get(id);
    if (replica === undefined) throw new Error(`restarting replica ${id}: there is none`);
    this.#remove(replica);
    this.#replicas.set(id, this.#makeReplica(replica.state));
    this.#sortReplicas();
  }

  /** What it held is lost; what it had sent on goes on, unknown to the new one. */
  restartPicker(): void {
    this.score.lost += this.#picker.held.length;
    this.#picker = new EndpointPicker();
  }

  /** Without a picker nothing gets in: the gateway answers for it. */
  setPickerReady(isReady: boolean): void {
    this.#hasPicker = isReady;
  }

  #tick(endMs: number): void {
    this.#takeArrivals(endMs);
    this.#dispatchHeld();
    for (const { engine, state } of this.#replicas.values()) if (state.role !== 'decode') engine.advance(endMs);
    this.#handovers.place(this.#decoders, this.#nowMs);
    for (const { engine, state } of this.#replicas.values()) if (state.role === 'decode') engine.advance(endMs);
    this.#nowMs = endMs;
  }

  #takeArrivals(endMs: number): void {
    for (let next = this.#arriving.peek(); next !== undefined && next.arrivalMs < endMs; next = this.#arriving.peek()) {
      this.#arriving.take();
      this.arrived++;
      const isTooLarge = next.promptTokens + next.outputTokens > this.#largestRequest;
      if (isTooLarge || !this.#hasPicker) this.score.refused++;
      else this.#picker.held.push({ request: next, firstTokenMs: undefined });
    }
  }

  #dispatchHeld(): void {
    const { held } = this.#picker;
    while (held.length > 0) {
      const target = this.#decoders.length === 0 ? undefined : leastLoaded(this.#entrances);
      if (this.#options.flowControl && (target === undefined || this.saturation().effective >= 1)) return;
      const ticket = held.take();
      if (ticket === undefined) return;
      if (target === undefined) this.score.refused++;
      else this.#dispatch(ticket, target);
    }
  }

  #dispatch(ticket: Ticket, { engine, state }: Replica): void {
    this.#picker.dispatch(ticket, state.endpoint);
    const enqueuedMs = Math.max(ticket.request.arrivalMs, this.#nowMs);
    engine.enqueue(localSequence(ticket, enqueuedMs, enqueuedMs + engine.profile.frontendMs));
  }

  #sortReplicas(): void {
    const accepting = (role: RoleName): Replica[] =>
      [...this.#replicas.values()].filter(({ state }) => state.accepts && state.role === role);
    const aggregated = accepting('aggregated');
    this.#prefillers = [...accepting('prefill'), ...aggregated];
    this.#decoders = [...accepting('decode'), ...aggregated];
    // Without a prefill replica those that decode compute the prompts themselves (llm-d/llm-d-router docs/disaggregation.md).
    this.#entrances = this.#prefillers.length > 0 ? this.#prefillers : this.#decoders;
  }

  #makeReplica(state: ReplicaState): Replica {
    const profile = this.#options.profiles[state.role];
    if (profile === undefined) throw new Error(`adding replica ${state.id}: the model has no role ${state.role}`);
    const listener: EngineListener = {
      firstToken: ({ ticket }, atMs) => this.#seeFirstToken(ticket, atMs),
      prefilled: (sequence, atMs) => this.#handovers.add({ sequence, source: replica, atMs }),
      pulled: (sequence) => this.#handovers.release(sequence),
      finished: ({ ticket }, atMs) => {
        this.#picker.end(ticket, atMs);
        this.score.observeEnd(ticket, atMs);
      },
    };
    const transfer = this.#options.kvTransfer;
    const engine = new Engine({ profile, handsOver: state.role === 'prefill', transfer, listener });
    const replica: Replica = { state, engine };
    return replica;
  }

  #seeFirstToken(ticket: Ticket, atMs: number): void {
    this.#picker.seeFirstToken(ticket, atMs);
    if (ticket.firstTokenMs !== undefined) return;
    ticket.firstTokenMs = atMs;
    this.score.observeFirstToken(ticket, atMs);
  }

  #remove(replica: Replica): void {
    const { id, endpoint } = replica.state;
    this.#replicas.delete(id);
    this.#picker.forgetEndpoint(endpoint);
    const sequences = [...replica.engine.evacuate(), ...this.#handovers.forget(replica)];
    for (const sequence of sequences) {
      this.#handovers.release(sequence);
      this.retried++;
      this.#picker.takeBack(sequence.ticket);
    }
  }
}
