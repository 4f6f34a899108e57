/** Every effect of a run, counted, and the one thing that goes wrong at one of them. */
import type { WorldClock } from '../../emulator/world/clock.ts';
import { LEASE_TTL_MS, MAX_CALL_MS } from '#shared/domain/wake-record.ts';
import { AutomationError } from '#shared/errors.ts';
import type { Delivery } from './delivery-under-test.ts';
import { Writers } from './writers.ts';

export type EffectKind =
  /** Changes the cloud or a cluster. */
  | 'call'
  /** A transaction of the ledger that writes. */
  | 'write'
  /** A wake, a timer, a dead letter. */
  | 'message';

export interface Effect {
  readonly index: number;
  readonly kind: EffectKind;
  /** `clusters.create demo`, `ledger progress/build-cluster:cluster/demo`, … */
  readonly label: string;
  /** How many of this label came before it. */
  readonly nth: number;
}

export type EffectFault =
  /** The process dies before it. */
  | 'before'
  /** The process dies after it. */
  | 'after'
  /** The process dies with the call on its way; it lands `LATE_MS` later. */
  | 'late'
  /** The process freezes between permission and call, sends it as its lease ends, and dies; it lands nearly a call's deadline later. */
  | 'frozen'
  /** The process dies, and its call lands against every promise: between the next holder's look and call. */
  | 'orphan'
  /** As `frozen`, but the process lives and goes on once it has its answer. */
  | 'slow'
  /** The call takes effect; its answer is lost. */
  | 'lost'
  /** The delivery stops after it, for longer than a takeover takes, and goes on then. Its caller has long given it up. */
  | 'stall';

/**
 * What goes wrong, once, in a run, at the effect of this label with this number. Automations that work side by side may come in
 * another order from run to run, while each keeps its own: so an effect is known by what it is and not by its place among all.
 */
export interface Cut extends Pick<Effect, 'label' | 'nth'> {
  readonly fault: EffectFault;
}

/** On the way for most of the longest deadline (ms): after the redelivery has come, before the lease ends. */
const LATE_MS = MAX_CALL_MS - 5_000;

/** Sent just before the end of the lease, of which all is left at a call (the plan was recorded with it), and 24 s on the way; ms. */
const FROZEN_MS = LEASE_TTL_MS + MAX_CALL_MS - 1_000;

/** World time (ms) of a stall: the lease has ended, its takeover has waited, and the next holder has worked. */
const STALL_MS = LEASE_TTL_MS + MAX_CALL_MS + 10_000;

interface Act<T> {
  readonly delivery: Delivery;
  readonly kind: EffectKind;
  readonly label: string;
  readonly run: () => Promise<T>;
}

/** Counts the effects of a run and lets its fault happen. */
export class Effects {
  readonly seen: Effect[] = [];
  readonly writers = new Writers();
  /** What the fault fell on; undefined: it has not fallen. */
  struck: string | undefined;
  readonly #cut: Cut | undefined;
  readonly #counts = new Map<string, number>();
  #clock: WorldClock | undefined;
  #orphan: Act<unknown> | undefined;

  constructor(cut?: Cut) {
    this.#cut = cut;
  }

  /** Whether a wake comes at once when a delivery breaks off: somebody is there while the call is still on its way. */
  get repeatsAtOnce(): boolean {
    return this.#cut !== undefined && this.#cut.fault !== 'before' && this.#cut.fault !== 'after';
  }

  attach(clock: WorldClock): void {
    this.#clock = clock;
  }

  async perform<T>(act: Act<T>): Promise<T> {
    const { delivery, kind, label } = act;
    const nth = this.#counts.get(label) ?? 0;
    this.#counts.set(label, nth + 1);
    this.seen.push({ index: this.seen.length, kind, label, nth });
    const isCut = this.#cut?.label === label && this.#cut.nth === nth;
    const fault = isCut ? this.#cut.fault : undefined;
    if (fault !== undefined) this.struck = label;
    if (fault === 'before') delivery.process.kill();
    delivery.process.check();
    return fault === undefined ? await this.#land(act) : await this.#strike(fault, act);
  }

  async #strike<T>(fault: EffectFault, act: Act<T>): Promise<T> {
    const { process } = act.delivery;
    if (fault === 'late') return this.#sendAndDie(act, LATE_MS);
    if (fault === 'frozen') return this.#sendAndDie(act, FROZEN_MS);
    if (fault === 'orphan') {
      this.#orphan = act;
      return process.die();
    }
    if (fault === 'slow') await this.#stall(act.delivery, FROZEN_MS);
    const result = await this.#land(act);
    if (fault === 'lost') throw new AutomationError('transient', `${act.label}: the connection broke`);
    if (fault === 'stall') await this.#stall(act.delivery, STALL_MS);
    return fault === 'after' ? process.die() : result;
  }

  #sendAndDie(act: Act<unknown>, landsAfterMs: number): never {
    const clock = this.#worldClock();
    clock.after(landsAfterMs, () => void this.#landUnheard(act, clock.hold()));
    return act.delivery.process.die();
  }

  /** Nobody is there any more to hear the answer, be it a refusal. */
  async #landUnheard(act: Act<unknown>, release: () => void): Promise<void> {
    await this.#reach(act).catch((thrown: unknown) => {
      if (!(thrown instanceof AutomationError)) throw thrown;
    });
    release();
  }

  /** World time goes on meanwhile: whoever delivered hears of a broken connection and delivers again. */
  async #stall(delivery: Delivery, ms: number): Promise<void> {
    const clock = this.#worldClock();
    delivery.disconnect();
    await new Promise<void>((resolve) => {
      clock.after(ms, () => {
        void delivery.over.finally(clock.hold());
        resolve();
      });
    });
    delivery.process.check();
  }

  async #land<T>(act: Act<T>): Promise<T> {
    const result = await this.#reach(act);
    await this.#landOrphan(act);
    act.delivery.process.check();
    return result;
  }

  /** The call reaches whom it is for: the moment at which writers may meet. */
  async #reach<T>({ delivery, kind, label, run }: Act<T>): Promise<T> {
    if (kind === 'call' || /(progress|demands)\//.test(label)) this.writers.changes(delivery, label);
    try {
      return await run();
    } catch (thrown) {
      if (kind === 'call' && thrown instanceof AutomationError && thrown.kind === 'exists') this.writers.refused(label);
      throw thrown;
    }
  }

  /** Right after the next holder has recorded what it saw and intends. */
  async #landOrphan({ delivery, label }: Act<unknown>): Promise<void> {
    const orphan = this.#orphan;
    if (orphan === undefined || orphan.delivery === delivery || !label.includes('progress/')) return;
    this.#orphan = undefined;
    await orphan.run();
  }

  #worldClock(): WorldClock {
    if (this.#clock === undefined) throw new Error('letting a fault happen: the effects are attached to no clock');
    return this.#clock;
  }
}
