import type { Delivery } from './delivery-under-test.ts';

/**
 * Holds "one writer per target" against what really happens: once a delivery has looked at the world, no other one of the same
 * function may change anything of the same target any more, because the look would not know of it.
 */
export class Writers {
  readonly breaches: string[] = [];
  /** By function and target: the delivery that looked last of all for the first time. */
  readonly #newest = new Map<string, Delivery>();
  readonly #looked = new WeakSet<Delivery>();
  readonly #requestIds = new Map<string, string>();

  looks(delivery: Delivery): void {
    if (this.#looked.has(delivery)) return;
    this.#looked.add(delivery);
    this.#newest.set(subjectOf(delivery), delivery);
  }

  changes(delivery: Delivery, label: string): void {
    if (this.#newest.get(subjectOf(delivery)) === delivery) return;
    this.breaches.push(`${label} came from a delivery after another one had looked`);
  }

  /** A creation of what stands: whoever sent it had not looked right before. */
  refused(label: string): void {
    this.breaches.push(`${label} was sent although it stands`);
  }

  /** No attempt of these stories ends in failure, so each call keeps its request id whoever repeats it. */
  sends(label: string, requestId: string): void {
    const first = this.#requestIds.get(label) ?? requestId;
    this.#requestIds.set(label, first);
    if (first !== requestId) this.breaches.push(`${label} was repeated with another request id`);
  }
}

const subjectOf = ({ functionName, target }: Delivery): string => `${functionName} ${target}`;
