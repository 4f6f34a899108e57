/** What the in-world client takes and gives. */
import type { HttpRequest } from '../wires/http.ts';
import type { WorldClock } from '../world/clock.ts';
import { type KubernetesObject, nameOf, namespaceOf, textAt } from './objects.ts';
import type { AnswerReply, KubernetesReply } from './reply.ts';
import type { ChangeType } from './store.ts';

/** Whoever answers requests at once: the emulated API, or a real one for which the world's thread waits. */
export interface ApiDoor {
  readonly clock: WorldClock;
  handle(request: HttpRequest): KubernetesReply;
}

/** A kind as manifests name it. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ObjectRef extends KindRef {
  readonly name: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
}

/** Without a namespace: all of them. */
export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** How an in-world controller deletes; in the background unless told otherwise. */
export interface DeleteOptions {
  readonly graceSeconds?: number;
  /** Delete only the object with this uid, not a successor of the same name. */
  readonly uid?: string;
  /** What the object owns goes first. */
  readonly isForeground?: true;
}

export type WatchListener = (type: ChangeType, object: KubernetesObject) => void;

/** An answer that is not a success. */
export class KubernetesCallError extends Error {
  override readonly name = 'KubernetesCallError';
  readonly status: number;
  /** `NotFound`, `AlreadyExists`, `Conflict`, … */
  readonly reason: string;

  constructor(call: string, reply: AnswerReply) {
    const text = typeof reply.body === 'string' ? reply.body : textAt(reply.body, 'message');
    super(`${call}: ${reply.status} ${text}`);
    this.status = reply.status;
    this.reason = typeof reply.body === 'string' ? '' : textAt(reply.body, 'reason');
  }
}

/** Where an object is, from what it says itself. */
export function refOf(object: KubernetesObject): ObjectRef {
  const namespace = namespaceOf(object);
  return {
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    name: nameOf(object),
    ...(namespace !== '' && { namespace }),
  };
}
