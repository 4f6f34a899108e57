/** What the thread of the world and the thread of the wire tell each other. */
import type { MessagePort } from 'node:worker_threads';
import type { ChangeType } from '../kubernetes/store.ts';
import type { JsonMap } from '../world/json.ts';
import type { WebhookIdentity } from './pod-webhook.ts';

/** Given to the wire's thread when it starts. */
export interface WireStart {
  readonly port: MessagePort;
  /** One counter: goes up with each message of the wire, for the world's thread to wait on. */
  readonly signal: Int32Array;
  /** `https://127.0.0.1:<port>`, perhaps with a path. */
  readonly server: string;
  /** PEM */
  readonly ca: string;
  readonly token: string;
  /** What the API server is to know the webhook by. */
  readonly webhook: WebhookIdentity;
}

export interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answered once everything that is there has been told. */
export interface OpenWatch {
  readonly kind: 'watch';
  readonly id: number;
  /** Of a collection, without a query. */
  readonly path: string;
  readonly userAgent: string;
}

export interface CloseWatch {
  readonly kind: 'close';
  /** Of the watch. */
  readonly id: number;
}

/** Serves the webhook and makes the API server ask it; answered once it does. */
export interface ServeWebhook {
  readonly kind: 'webhook';
  readonly id: number;
  /** For the message of a failure. */
  readonly path: 'the pod webhook';
}

export type ToWire = Call | OpenWatch | CloseWatch | ServeWebhook;

export interface Answered {
  readonly kind: 'answer';
  /** Of the call or the watch. */
  readonly id: number;
  readonly status: number;
  readonly body: JsonMap | string;
}

export interface Told {
  readonly kind: 'event';
  /** Of the watch. */
  readonly id: number;
  readonly type: ChangeType;
  readonly object: JsonMap;
}

/** No answer can be had, or a watch cannot go on. */
export interface Failed {
  readonly kind: 'failure';
  readonly id: number;
  readonly message: string;
}

export type FromWire = Answered | Told | Failed;
