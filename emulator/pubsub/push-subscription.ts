import type { Courier, Letter, Outcome } from '../delivery/courier.ts';
import { mapOf } from '../delivery/json-fields.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type Message, pushEnvelope, toDeadLetter, writeMessage } from './message.ts';
import { noMessagesAsked, pullOfPush } from './rejections.ts';
import { backoffMs, type Delivery, type PushTarget, readDelivery, readPushTarget } from './subscription.ts';

/** What happened to the messages of all subscriptions so far. */
export interface PubSubCounts {
  /** Push requests sent, repetitions included. */
  deliveries: number;
  /** Copies that exist only because a disturbance asked for them. */
  duplicates: number;
  acks: number;
  /** Other answers, timeouts, broken connections. */
  nacks: number;
  deadLettered: number;
  /** Messages dropped because nobody took them within the retention. */
  expired: number;
}

export interface SubscriptionOptions {
  /** A completed resource. */
  readonly resource: JsonMap;
  readonly name: string;
  readonly clock: WorldClock;
  readonly courier: Courier;
  readonly counts: PubSubCounts;
  /** Publishes to the dead-letter topic; false if that is gone. */
  readonly forward: (topic: string, message: JsonMap) => boolean;
}

/** One message that this subscription still has to get acknowledged. */
interface Duty {
  readonly message: Message;
  nacks: number;
  /** Takes the scheduled push back; absent while the subscription has no endpoint. */
  cancel?: Cancel;
  /** Whoever pulled it last has until then to acknowledge it by this id. */
  lent?: { readonly ackId: string; readonly untilMs: number };
}

/** World time from publication to the push request. Assumed: within one region, nothing queued; the service promises no number. */
const LATENCY_MS = 5;

/** Pub/Sub documentation, "Push subscriptions": any other status is a negative acknowledgement. */
const ACK_STATUSES: readonly number[] = [102, 200, 201, 202, 204];

/**
 * One subscription: pushes each message until it is acknowledged, dead-lettered or too old; without an endpoint it lends them to whoever
 * pulls. Not modelled: push flow control (everything that is due goes out at once), ordering keys (`enableMessageOrdering` is refused),
 * and dead letters of what is pulled.
 */
export class PushSubscription {
  readonly #options: SubscriptionOptions;
  readonly #delivery: Delivery;
  readonly #duties = new Set<Duty>();
  #lent = 0;
  #resource: JsonMap;
  #target: PushTarget | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#resource = options.resource;
    this.#delivery = readDelivery(options.resource);
    this.#target = readPushTarget(mapOf(options.resource, 'pushConfig') ?? {});
  }

  get resource(): JsonMap {
    return structuredClone(this.#resource);
  }

  /** Messages not acknowledged yet, oldest first. */
  get backlog(): readonly Message[] {
    return [...this.#duties].map(({ message }) => message);
  }

  /** What does not match is acknowledged unseen ("Filter messages from a subscription"). */
  matches(message: Message): boolean {
    return this.#delivery.filter(message.attributes);
  }

  /** Takes a message over; one delivery per extra delay. */
  accept(message: Message, extraDelaysMs: readonly number[]): void {
    for (const extraMs of extraDelaysMs) {
      const duty: Duty = { message, nacks: 0 };
      this.#duties.add(duty);
      this.#schedule(duty, LATENCY_MS + extraMs);
    }
    this.#options.counts.duplicates += extraDelaysMs.length - 1;
  }

  /** Without an endpoint the messages wait; with one those that waited go out. */
  setPushConfig(pushConfig: JsonMap): void {
    this.#target = readPushTarget(pushConfig);
    this.#resource = { ...this.#resource, pushConfig };
    for (const duty of this.#duties) {
      if (duty.cancel === undefined) this.#schedule(duty, LATENCY_MS);
    }
  }

  /** Lends the oldest messages that nobody holds, each for the ack deadline (pubsub.proto, Pull). */
  pull(maxMessages: number): readonly JsonMap[] {
    if (this.#target !== undefined) reject(pullOfPush, this.#options.name);
    if (maxMessages < 1) reject(noMessagesAsked);
    const nowMs = this.#options.clock.nowMs();
    const free = [...this.#duties].filter(({ lent }) => lent === undefined || lent.untilMs <= nowMs);
    return free.slice(0, maxMessages).map((duty) => {
      const ackId = `${duty.message.messageId}-${++this.#lent}`;
      duty.lent = { ackId, untilMs: nowMs + this.#delivery.ackDeadlineMs };
      return { ackId, message: writeMessage(duty.message) };
    });
  }

  /** An id that is unknown or whose deadline has passed is let go in silence (pubsub.proto, Acknowledge: it may come again). */
  acknowledge(ackIds: readonly string[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const duty of this.#duties) {
      if (duty.lent === undefined || duty.lent.untilMs <= nowMs || !ackIds.includes(duty.lent.ackId)) continue;
      this.#options.counts.acks++;
      this.#duties.delete(duty);
    }
  }

  /** The topic is gone: what was published before is still delivered. */
  forgetTopic(): void {
    this.#resource = { ...this.#resource, topic: '_deleted-topic_' };
  }

  /** Drops every message; what is in flight is not repeated. */
  delete(): void {
    for (const duty of this.#duties) duty.cancel?.();
    this.#duties.clear();
  }

  #schedule(duty: Duty, delayMs: number): void {
    duty.cancel = this.#options.courier.send({
      dueAtMs: this.#options.clock.nowMs() + delayMs,
      write: () => this.#write(duty),
      settle: (outcome) => this.#settle(duty, outcome),
    });
  }

  /** Written at the due time and not before: endpoint and identity may have been changed meanwhile. */
  #write(duty: Duty): Letter | undefined {
    const { name, counts } = this.#options;
    const target = this.#target;
    if (target === undefined) {
      delete duty.cancel;
      return undefined;
    }
    counts.deliveries++;
    const attempt = duty.nacks + 1;
    const { deadLetter, ackDeadlineMs } = this.#delivery;
    return {
      url: target.endpoint,
      headers: { 'content-type': 'application/json', 'user-agent': 'CloudPubSub-Google' },
      body: pushEnvelope(duty.message, name, deadLetter && attempt),
      timeoutMs: ackDeadlineMs,
      label: `push ${name.slice(name.lastIndexOf('/') + 1)} ${duty.message.messageId} attempt ${attempt}`,
      ...(target.identity && { identity: target.identity }),
    };
  }

  #settle(duty: Duty, outcome: Outcome): void {
    // Deleted meanwhile: whatever the endpoint said, nothing is left to do.
    if (!this.#duties.has(duty)) return;
    if (outcome.kind === 'unanswered' || !ACK_STATUSES.includes(outcome.status)) {
      this.#nack(duty);
      return;
    }
    this.#options.counts.acks++;
    this.#duties.delete(duty);
  }

  /** What follows a failed delivery, first that applies: dead letter, too old, another attempt after the backoff. */
  #nack(duty: Duty): void {
    const { counts, clock } = this.#options;
    counts.nacks++;
    duty.nacks++;
    if (this.#deadLetter(duty)) {
      counts.deadLettered++;
      this.#duties.delete(duty);
      return;
    }
    const waitMs = backoffMs(this.#delivery.backoff, duty.nacks);
    if (clock.nowMs() + waitMs > Date.parse(duty.message.publishTime) + this.#delivery.retentionMs) {
      counts.expired++;
      this.#duties.delete(duty);
      return;
    }
    this.#schedule(duty, waitMs);
  }

  /** Whether the message has left for the dead-letter topic. Attempts are one more than nacks while one is in flight. */
  #deadLetter(duty: Duty): boolean {
    const policy = this.#delivery.deadLetter;
    if (policy === undefined || duty.nacks < policy.maxDeliveryAttempts) return false;
    const source = { subscription: this.#options.name, deliveryCount: duty.nacks };
    return this.#options.forward(policy.topic, toDeadLetter(duty.message, source));
  }
}
