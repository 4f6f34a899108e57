/**
 * What controllers tell about objects: `kubectl describe` and `kubectl events` show it. Reasons and texts are those of the real
 * controllers. Like client-go's recorder (tools/record/events_cache.go) one that says the same again counts up, and none outlives an
 * hour, the API server's `--event-ttl`.
 */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { KubernetesCallError, type ObjectRef } from '../kubernetes/client-types.ts';
import { type KubernetesObject, nameOf, namespaceOf, textAt, uidOf } from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';

const ttlMs = 3_600_000;
/** Of one recorder at a time, oldest first to go: a cluster of a thousand pods tells several thousand things when it starts. */
const maxKept = 5_000;

export interface Told {
  readonly type?: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Which part of the object, e.g. `spec.containers{server}`. */
  readonly fieldPath?: string;
  /** The node whose kubelet tells it. */
  readonly host?: string;
}

/** An event that is still there. */
interface Kept {
  readonly ref: ObjectRef;
  readonly key: string;
  lastAtMs: number;
  count: number;
}

export class EventRecorder {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #component: string;
  /** By what they say of which object, the one told last at the end. */
  readonly #kept = new Map<string, Kept>();
  #count = 0;

  /** @param component who tells, as `describe` shows it, e.g. `default-scheduler` */
  constructor(client: KubernetesClient, clock: WorldClock, component: string) {
    this.#client = client;
    this.#clock = clock;
    this.#component = component;
  }

  tell(object: KubernetesObject, told: Told): void {
    const key = [uidOf(object), told.reason, told.message, told.fieldPath].join('\n');
    const known = this.#kept.get(key);
    this.#forgetOld();
    if (known !== undefined && this.#kept.has(key)) this.#repeat(known);
    else this.#create(key, object, told);
  }

  #repeat(kept: Kept): void {
    kept.count++;
    kept.lastAtMs = this.#clock.nowMs();
    this.#kept.delete(kept.key);
    this.#kept.set(kept.key, kept);
    const change = { count: kept.count, lastTimestamp: rfc3339(kept.lastAtMs) };
    this.#unlessGone(() => this.#client.patch(kept.ref, change));
  }

  #create(key: string, object: KubernetesObject, told: Told): void {
    const nowMs = this.#clock.nowMs();
    const at = rfc3339(nowMs);
    // Objects of the whole cluster have theirs in `default` (client-go tools/record/event.go makeEvent).
    const namespace = namespaceOf(object) || 'default';
    // client-go's suffix is the time in ns; the count keeps what is told within one ms of the world apart.
    const suffix = (BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(this.#count++ % 1_000_000)).toString(16);
    const ref = { apiVersion: 'v1', kind: 'Event', name: `${nameOf(object)}.${suffix}`, namespace };
    const { type = 'Normal', reason, message, host } = told;
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: ref.name, namespace },
      involvedObject: referenceTo(object, told),
      reason,
      message,
      source: { component: this.#component, ...(host !== undefined && { host }) },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
      type,
      reportingComponent: this.#component,
      reportingInstance: host ?? '',
    };
    this.#kept.set(key, { ref, key, lastAtMs: nowMs, count: 1 });
    this.#unlessGone(() => this.#client.create(event));
  }

  #forgetOld(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, { ref, lastAtMs }] of this.#kept) {
      if (lastAtMs + ttlMs > nowMs && this.#kept.size < maxKept) return;
      this.#kept.delete(key);
      this.#client.delete(ref);
    }
  }

  /** A namespace that is going takes no more events, and somebody may have deleted one: what it said is lost, as for real. */
  #unlessGone(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      if (!(thrown instanceof KubernetesCallError)) throw thrown;
    }
  }
}

function referenceTo(object: KubernetesObject, { fieldPath }: Told): JsonMap {
  const namespace = namespaceOf(object);
  return {
    kind: textAt(object, 'kind'),
    ...(namespace !== '' && { namespace }),
    name: nameOf(object),
    uid: uidOf(object),
    apiVersion: textAt(object, 'apiVersion'),
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
    ...(fieldPath !== undefined && { fieldPath }),
  };
}
