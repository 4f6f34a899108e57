import type { KeyedRandom } from '../world/random.ts';
import type { Message } from './message.ts';

/** What goes wrong with the deliveries of a subscription, within what Pub/Sub allows itself (at least once, no order). */
export interface Disturbance {
  /** Every message is delivered twice. */
  readonly duplicate?: boolean;
  /** Each first delivery comes 0 to 5 s later than usual. */
  readonly reorder?: boolean;
}

/** Long enough to turn the order of messages around, short against every backoff. */
const MAX_DELAY_MS = 5000;

/** Extra delays of a message's copies; one entry per copy. */
export class Disturber {
  readonly #random: KeyedRandom;
  readonly #seen = new Map<string, number>();
  #rules: readonly { readonly matches: (subscription: string) => boolean; readonly disturbance: Disturbance }[] = [];

  constructor(random: KeyedRandom) {
    this.#random = random;
  }

  /** From now on; a later rule that matches wins over an earlier one. */
  add(matches: (subscription: string) => boolean, disturbance: Disturbance): void {
    this.#rules = [{ matches, disturbance }, ...this.#rules];
  }

  delaysMs(subscription: string, message: Message): readonly number[] {
    const disturbance = this.#rules.find(({ matches }) => matches(subscription))?.disturbance ?? {};
    const copies = disturbance.duplicate === true ? 2 : 1;
    if (disturbance.reorder !== true) return Array.from({ length: copies }, () => 0);
    const key = this.#occurrence(subscription, message);
    return Array.from({ length: copies }, (_, copy) => this.#random.between(0, MAX_DELAY_MS, 'pubsub', ...key, copy));
  }

  /** Keyed by content and how often it came, not by message id: ids depend on who published first. */
  #occurrence(subscription: string, { data, attributes }: Message): readonly (string | number)[] {
    const content = JSON.stringify([subscription, data, attributes]);
    const occurrence = this.#seen.get(content) ?? 0;
    this.#seen.set(content, occurrence + 1);
    return [content, occurrence];
  }
}
