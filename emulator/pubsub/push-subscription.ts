import type { Courier, Letter, Outcome } from '../delivery/courier.ts';
import { mapOf } from '../delivery/json-fields.ts';
import type { WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { Duties, type Duty } from './duties.ts';
import { Loans } from './loans.ts';
import { type Message, pushEnvelope, toDeadLetter, writeMessage } from './message.ts';
import { ackDeadlineOutOfBounds, noMessagesAsked, pullOfPush } from './rejections.ts';
import {
  backoffMs,
  type Delivery,
  MAX_ACK_DEADLINE_SECONDS,
  PUSH_BACKOFF,
  type PushTarget,
  readDelivery,
  readPushTarget,
} from './subscription.ts';

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

/** World time from publication to the push request. Assumed: within one region, nothing queued; the service promises no number. */
const LATENCY_MS = 5;

/** Pub/Sub documentation, "Push subscriptions": any other status is a negative acknowledgement. */
const ACK_STATUSES: readonly number[] = [102, 200, 201, 202, 204];

/**
 * One subscription: pushes each message until it is acknowledged, dead-lettered or too old; without an endpoint it lends them to whoever
 * pulls, and a loan that ends without acknowledgement is a failed delivery like an unanswered push. Not modelled: push flow control
 * (everything that is due goes out at once), and that in ordered delivery what was acknowledged behind a failure may come again.
 */
export class PushSubscription {
  readonly #options: SubscriptionOptions;
  readonly #duties: Duties;
  readonly #loans: Loans;
  #delivery: Delivery;
  #resource: JsonMap;
  #target: PushTarget | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#resource = options.resource;
    this.#delivery = readDelivery(options.resource);
    this.#duties = new Duties(this.#delivery.isOrdered);
    this.#loans = new Loans({ clock: options.clock, duties: this.#duties, onReturned: (duty) => this.#nack(duty) });
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
      const duty = this.#duties.add(message);
      this.#schedule(duty, LATENCY_MS + extraMs);
    }
    this.#options.counts.duplicates += extraDelaysMs.length - 1;
  }

  /** Without an endpoint the messages wait; with one those that waited go out. */
  setPushConfig(pushConfig: JsonMap): void {
    this.setResource({ ...this.#resource, pushConfig });
  }

  /** Everything but topic, filter and order may change; what is on its way is not called back. Throws before it changes anything. */
  setResource(resource: JsonMap): void {
    const delivery = readDelivery(resource);
    this.#target = readPushTarget(mapOf(resource, 'pushConfig') ?? {});
    this.#delivery = delivery;
    this.#resource = resource;
    for (const duty of this.#duties) this.#schedule(duty, LATENCY_MS);
  }

  /** Lends the oldest messages that may go, each for the ack deadline unless asked otherwise (pubsub.proto, Pull, StreamingPull). */
  pull(maxMessages: number, forSeconds?: number): readonly JsonMap[] {
    if (this.#target !== undefined) reject(pullOfPush);
    if (maxMessages < 1) reject(noMessagesAsked);
    const forMs = forSeconds === undefined ? this.#delivery.ackDeadlineMs : forSeconds * 1000;
    return this.#loans.lend(maxMessages, forMs).map((duty) => {
      const deliveryAttempt = this.#delivery.deadLetter && duty.nacks + 1;
      const message = writeMessage(duty.message);
      return { ackId: duty.lent?.ackId ?? '', message, ...(deliveryAttempt && { deliveryAttempt }) };
    });
  }

  stillLent(ackIds: readonly string[]): readonly string[] {
    return ackIds.length === 0 ? [] : this.#loans.find(ackIds).flatMap(({ lent }) => lent?.ackId ?? []);
  }

  /** An id whose deadline has passed is let go in silence (pubsub.proto, Acknowledge: it may come again). */
  acknowledge(ackIds: readonly string[]): void {
    for (const duty of this.#loans.find(ackIds)) {
      this.#options.counts.acks++;
      this.#done(duty);
    }
  }

  /** From now; 0 gives the messages back at once (pubsub.proto, ModifyAckDeadlineRequest). */
  modifyAckDeadline(ackIds: readonly string[], seconds: number): void {
    if (seconds < 0 || seconds > MAX_ACK_DEADLINE_SECONDS) reject(ackDeadlineOutOfBounds, seconds);
    for (const duty of this.#loans.find(ackIds)) this.#loans.prolong(duty, seconds * 1000);
  }

  /** Everything published before counts as acknowledged (pubsub.proto, SeekRequest.time); what was acknowledged is not kept here. */
  seek(timeMs: number): void {
    for (const duty of this.#duties) {
      if (Date.parse(duty.message.publishTime) < timeMs) this.#done(duty);
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

  /** Nothing is left to do for it; in ordered delivery the next one may go. */
  #done(duty: Duty): void {
    duty.cancel?.();
    const next = this.#duties.remove(duty);
    if (next !== undefined) this.#schedule(next, LATENCY_MS);
  }

  /** Does nothing while there is no endpoint, while it is on its way or lent, and while another one has to go before. */
  #schedule(duty: Duty, delayMs: number): void {
    if (this.#target === undefined || duty.cancel !== undefined || !this.#duties.isFirst(duty)) return;
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
    this.#done(duty);
  }

  /** What follows a failed delivery, first that applies: dead letter, too old, another attempt after the backoff. */
  #nack(duty: Duty): void {
    const { counts, clock } = this.#options;
    counts.nacks++;
    duty.nacks++;
    delete duty.cancel;
    if (this.#deadLetter(duty)) {
      counts.deadLettered++;
      this.#done(duty);
      return;
    }
    const waitMs = this.#backoffMs(duty);
    if (clock.nowMs() + waitMs > Date.parse(duty.message.publishTime) + this.#delivery.retentionMs) {
      counts.expired++;
      this.#done(duty);
      return;
    }
    duty.freeAtMs = clock.nowMs() + waitMs;
    this.#schedule(duty, waitMs);
  }

  /** Without a retry policy a push is repeated by the push backoff, and a pull gets the message at once (pubsub.proto, retry_policy). */
  #backoffMs({ nacks }: Duty): number {
    const { backoff } = this.#delivery;
    if (backoff !== undefined) return backoffMs(backoff, nacks);
    return this.#target === undefined ? 0 : backoffMs(PUSH_BACKOFF, nacks);
  }

  /** Whether the message has left for the dead-letter topic. Attempts are one more than nacks while one is in flight. */
  #deadLetter(duty: Duty): boolean {
    const policy = this.#delivery.deadLetter;
    if (policy === undefined || duty.nacks < policy.maxDeliveryAttempts) return false;
    const source = { subscription: this.#options.name, deliveryCount: duty.nacks };
    return this.#options.forward(policy.topic, toDeadLetter(duty.message, source));
  }
}
