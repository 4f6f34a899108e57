/** What every controller is made of: a local view of a kind, and a queue of things to look at again. */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { type KindRef, KubernetesCallError } from '../kubernetes/client-types.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '../kubernetes/objects.ts';
import type { ChangeType } from '../kubernetes/store.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';

export const keyOf = (object: KubernetesObject): string => `${namespaceOf(object)}/${nameOf(object)}`;

/** All objects of a kind as the watch has told of them so far. */
export class Informer {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #cancel: Cancel;

  /** @param onChange called after the view has changed */
  constructor(client: KubernetesClient, kind: KindRef, onChange: (type: ChangeType, object: KubernetesObject) => void) {
    this.#cancel = client.watch(kind, (type, object) => {
      if (type === 'DELETED') this.#objects.delete(keyOf(object));
      else this.#objects.set(keyOf(object), object);
      onChange(type, object);
    });
  }

  /** By key, `<namespace>/<name>`. */
  get(key: string): KubernetesObject | undefined {
    return this.#objects.get(key);
  }

  all(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  stop(): void {
    this.#cancel();
  }
}

/** A key that fails is looked at again after 1, 2, 4, 8 and 16 s, then only when something happens (as client-go's queues do). */
const firstRetryMs = 1_000;
/** Without an end, a call that can never succeed would keep the world hurrying for ever. */
const maxRetries = 5;

/**
 * Looks at each key once, however often it was added meanwhile, after all watch events that are under way. Holds the clock until
 * it has looked: a controller with work to do is something in flight (D8). A call that the API refuses is tried again; every
 * other error is a bug and goes on to whoever runs the world.
 */
export class WorkQueue {
  readonly #clock: WorldClock;
  readonly #reconcile: (key: string) => void;
  readonly #waiting = new Set<string>();
  readonly #failures = new Map<string, number>();
  #isStopped = false;

  constructor(clock: WorldClock, reconcile: (key: string) => void) {
    this.#clock = clock;
    this.#reconcile = reconcile;
  }

  add(key: string): void {
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    const release = this.#clock.hold();
    queueMicrotask(() => {
      this.#waiting.delete(key);
      try {
        if (!this.#isStopped) this.#attempt(key);
      } finally {
        release();
      }
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #attempt(key: string): void {
    try {
      this.#reconcile(key);
      this.#failures.delete(key);
    } catch (thrown) {
      if (!(thrown instanceof KubernetesCallError)) throw thrown;
      this.#retry(key);
    }
  }

  #retry(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    if (failures <= maxRetries) this.#clock.after(firstRetryMs * 2 ** (failures - 1), () => this.add(key));
    else this.#failures.delete(key);
  }
}
