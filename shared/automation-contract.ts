/** What an automation is, and what the loop hands to it. */
import type { Controls } from './domain/controls.ts';
import type { JsonObject } from './domain/json.ts';
import type { Plan, Step, StepMemories, StepResult } from './domain/step.ts';
import type { Clock } from './ports/clock.ts';
import type { FencedCall } from './ports/fence.ts';
import type { Ledger, LedgerTransaction } from './ports/ledger.ts';
import type { Log } from './ports/log.ts';
import type { Timers, WakePublisher } from './ports/wakes.ts';

/** What the loop itself needs; an automation adds its own ports. */
export interface LoopPorts {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a look is about. */
export interface Subject {
  readonly target: string;
  readonly wanted: JsonObject;
  readonly sequence: number;
  /** Seed of request ids, the same for one incarnation of the target. */
  readonly buildId: string;
  readonly memory: StepMemories;
  /** What the last plan handed over. */
  readonly carry?: JsonObject;
  /** What a person has stopped, or set by hand. */
  readonly controls: Controls;
  readonly nowMs: number;
}

/** What a step is applied with. */
export interface ApplyContext {
  readonly subject: Subject;
  /** Checks that we still hold the lease; to be called right before each mutating call (D10). */
  fence(): Promise<FencedCall>;
  /** The same for what is written into the ledger: checked inside the transaction that writes it, before its first write. */
  guard(transaction: LedgerTransaction): Promise<void>;
}

/** One automation: `observe` and `apply` touch the world, `plan` decides and is pure. */
export interface Automation<Observed, S extends Step, Ports> {
  readonly name: string;
  /**
   * Reads the world now, within `LOOK_LIMIT_MS`. Throws `AutomationError` when it cannot: nothing is concluded from that.
   */
  observe(subject: Subject, ports: Ports): Promise<Observed>;
  plan(subject: Subject, observed: Observed): Plan<S>;
  /** Does one step. Runs twice, half-way and late. Throws `AutomationError`. */
  apply(step: S, context: ApplyContext, ports: Ports): Promise<StepResult>;
}
